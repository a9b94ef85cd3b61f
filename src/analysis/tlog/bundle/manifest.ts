import { formatNote } from '../note/note.ts';
import { type SignerKey, signText } from '../note/signer-key.ts';
import { sha256 } from '../tree/merkle-hash.ts';

/** Files by their paths in the bundle. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>;

export const manifestPath = 'manifest.txt';
export const manifestNotePath = 'manifest.note';

/** One line a file, in the order of the paths: the hash in hexadecimal, two spaces, the path, as `sha256sum` writes it. */
export const formatManifest = (files: BundleFiles): string =>
  [...files]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([path, bytes]) => `${sha256(bytes).toString('hex')}  ${path}\n`)
    .join('');

/**
 * Signs a manifest with the log's key. The first line can be no log's name, since a name holds no space: so this
 * signature can never be taken for one over a checkpoint.
 */
export const signManifest = (manifest: string, signer: SignerKey): string => {
  const digest = sha256(Buffer.from(manifest)).toString('base64');
  const text = `casebound evidence bundle v1\n${signer.verifierKey.name}\n${digest}\n`;
  return formatNote({ text, signatures: [signText(text, signer)] });
};
