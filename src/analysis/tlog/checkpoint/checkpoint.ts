import { Fault } from '../../../model/fault.ts';
import { notVerified } from '../not-verified.ts';
import { formatNote, type Note, readNote, type VerifiedSignature, verifyNote } from '../note/note.ts';
import { type SignerKey, signText } from '../note/signer-key.ts';
import { signatureTypes, type VerifierKey } from '../note/verifier-key.ts';
import { hashBytes, readHash } from '../text/base64.ts';
import { readDecimal } from '../text/decimal.ts';
import { emptyRoot } from '../tree/merkle-hash.ts';
import type { TreeHead } from '../tree/verify-proof.ts';

/** A tree head with the log's name. */
export interface Checkpoint extends TreeHead {
  /** The log's one name for all time: the first line. */
  readonly origin: string;
  /** Lines after the third. We write none: no monitor can check them. */
  readonly extensions: readonly string[];
}

/** A checkpoint as it was read: nothing in it is to be believed before its signatures are checked. */
export interface SignedCheckpoint extends Checkpoint {
  readonly note: Note;
}

/** C2SP tlog-checkpoint: the text that is signed. */
export const formatCheckpointText = ({ origin, size, root, extensions }: Checkpoint): string => {
  if (!Number.isSafeInteger(size) || size < 0 || root.length !== hashBytes)
    throw new Fault('bug', 'a checkpoint has a whole size and a hash for its root');
  const lines = [origin, String(size), root.toString('base64'), ...extensions];
  if (lines.some((line) => line === '' || line.includes('\n')))
    throw new Fault('bug', 'a line of a checkpoint is empty or holds a newline');
  return `${lines.join('\n')}\n`;
};

/** Signs a tree head. The origin is the key's name, so that one text tells both. */
export const signCheckpoint = ({ size, root }: TreeHead, signer: SignerKey): string => {
  const text = formatCheckpointText({ origin: signer.verifierKey.name, size, root, extensions: [] });
  const signers = [signer, ...(signer.also ?? [])];
  return formatNote({ text, signatures: signers.map((each) => signText(text, each)) });
};

/** @throws Fault `not-verified` */
export const readCheckpointText = (text: string, place = 'checkpoint'): Checkpoint => {
  const [origin = '', sizeText = '', rootText = '', ...extensions] = text.slice(0, -1).split('\n');
  if (!text.endsWith('\n') || origin === '') throw notVerified(`${place}, line 1`, 'no origin');
  const size = readDecimal(sizeText, `${place}, line 2`);
  const root = readHash(rootText, `${place}, line 3`);
  if (size === 0 && !root.equals(emptyRoot))
    throw notVerified(`${place}, line 3`, 'an empty tree has another root');
  for (const [at, line] of extensions.entries())
    if (line === '') throw notVerified(`${place}, line ${at + 4}`, 'an empty line');
  return { origin, size, root, extensions };
};

/**
 * Reads a checkpoint without believing it.
 *
 * @throws Fault `not-verified` with the line that is wrong
 */
export const readCheckpoint = (bytes: Uint8Array, place = 'checkpoint'): SignedCheckpoint => {
  const note = readNote(bytes, place);
  return { ...readCheckpointText(note.text, place), note };
};

/**
 * Reads a checkpoint and believes it when the log signed it: `logKey` comes from whoever checks, never from the
 * bundle that is checked.
 *
 * @throws Fault `not-verified`
 */
export const openCheckpoint = (
  bytes: Uint8Array,
  logKey: VerifierKey,
  place = 'checkpoint',
): SignedCheckpoint => {
  const checkpoint = readCheckpoint(bytes, place);
  verifyLogSignature(checkpoint, [logKey], place);
  return checkpoint;
};

/**
 * Checks that one of the keys signed as the log: the key's name is the origin, and the key is no witness key.
 *
 * @throws Fault `not-verified`
 */
export const verifyLogSignature = (
  checkpoint: SignedCheckpoint,
  logKeys: readonly VerifierKey[],
  place = 'checkpoint',
): VerifiedSignature => {
  const keys = logKeys.filter(
    ({ name, type }) => name === checkpoint.origin && type === signatureTypes.ed25519,
  );
  if (keys.length === 0) throw notVerified(`${place}, line 1`, 'the origin is not the name of a trusted log');
  const [first] = verifyNote(checkpoint.note, keys, place);
  if (first === undefined) throw notVerified(place, 'no trusted key signed it');
  return first;
};
