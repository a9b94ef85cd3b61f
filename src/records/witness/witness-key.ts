import { formatSignerKey, readSignerKey, type SignerKey } from '../../analysis/tlog/note/signer-key.ts';
import { isKeyName, signatureTypes } from '../../analysis/tlog/note/verifier-key.ts';
import { Fault } from '../../model/fault.ts';
import { plain } from '../../model/plain.ts';
import type { Chance } from '../../model/ports.ts';
import { createSecretFile, readSecretFile } from '../../platform/keys/secret-file.ts';

export interface WitnessKeyFile {
  readonly file: string;
  readonly chance: Chance;
  /** The witness's name; undefined: the one in the file, or a made-up one for a new witness. */
  readonly name: string | undefined;
}

/** A name that can never be mistaken for somebody's real address (RFC 6761). */
const madeUpName = (chance: Chance): string =>
  `witness.invalid/${Buffer.from(chance.bytes(6)).toString('hex')}`;

/**
 * Opens the key of a witness, or makes it at the first start.
 * @throws Fault `unprocessable` for a bad name or another one than the key's, `ledger-stopped` for a broken file
 */
export const openWitnessKey = async ({ file, chance, name }: WitnessKeyFile): Promise<SignerKey> => {
  if (name !== undefined && !isKeyName(name))
    throw new Fault(
      'unprocessable',
      `the witness's name ${JSON.stringify(name)} is empty or holds a space or a plus`,
    );
  const text =
    (await readSecretFile(file)) ??
    (await createSecretFile(
      file,
      formatSignerKey({
        name: name ?? madeUpName(chance),
        type: signatureTypes.cosignature,
        seed: plain(chance.bytes(32)),
      }),
      chance,
    ));
  const key = readSignerKey(text);
  if (key.verifierKey.type !== signatureTypes.cosignature)
    throw new Fault('ledger-stopped', `${file} is not the key of a witness`);
  if (name !== undefined && key.verifierKey.name !== name)
    throw new Fault(
      'unprocessable',
      `${file} is the key of ${key.verifierKey.name}: a witness keeps its name; another one takes another folder`,
    );
  return key;
};
