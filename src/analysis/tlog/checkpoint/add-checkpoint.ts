import { Fault } from '../../../model/fault.ts';
import { notVerified } from '../not-verified.ts';
import { type Note, type NoteSignature, readSignatureLine, signatureLinesMax } from '../note/note.ts';
import { hashBytes, readHash } from '../text/base64.ts';
import { readDecimal } from '../text/decimal.ts';
import { readUtf8 } from '../text/utf8.ts';
import { readCheckpoint, type SignedCheckpoint } from './checkpoint.ts';

const requestBytesMax = 1_100_000;
/** C2SP tlog-witness: a request has at most 63 consistency proof lines. */
export const consistencyLinesMax = 63;

/** What a log asks of a witness (C2SP tlog-witness add-checkpoint). */
export interface AddCheckpoint {
  /** The size that the witness cosigned last, as far as the log knows; 0 for none. */
  readonly oldSize: number;
  readonly proof: readonly Buffer[];
  /** The checkpoint word for word, with its signatures. */
  readonly checkpoint: string;
}

export const formatAddCheckpoint = ({ oldSize, proof, checkpoint }: AddCheckpoint): string => {
  if (!Number.isSafeInteger(oldSize) || oldSize < 0 || proof.length > consistencyLinesMax)
    throw new Fault('bug', 'an add-checkpoint has a whole old size and at most 63 hashes');
  if (proof.some(({ length }) => length !== hashBytes))
    throw new Fault('bug', 'a consistency hash has 32 bytes');
  const lines = proof.map((hash) => `${hash.toString('base64')}\n`).join('');
  return `old ${oldSize}\n${lines}\n${checkpoint}`;
};

/** A request as it was read: the witness still has all its checks to make. */
export interface AddCheckpointAsked extends AddCheckpoint {
  readonly signed: SignedCheckpoint;
}

/**
 * Reads a request's body. What is refused here is answered 400; signature, size and proof are the witness's own
 * checks with answers of their own (403, 409, 422).
 *
 * @throws Fault `not-verified` with the line that is wrong
 */
export const readAddCheckpoint = (bytes: Uint8Array): AddCheckpointAsked => {
  const place = 'add-checkpoint';
  if (bytes.length > requestBytesMax) throw notVerified(place, `over ${requestBytesMax} bytes`);
  const text = readUtf8(bytes, place);
  const split = text.indexOf('\n\n');
  if (split === -1) throw notVerified(place, 'no empty line before the checkpoint');
  const [first = '', ...lines] = text.slice(0, split).split('\n');
  if (!first.startsWith('old ')) throw notVerified(`${place}, line 1`, 'not old N');
  const oldSize = readDecimal(first.slice('old '.length), `${place}, line 1`);
  if (lines.length > consistencyLinesMax) throw notVerified(place, `over ${consistencyLinesMax} hashes`);
  const proof = lines.map((line, at) => readHash(line, `${place}, line ${at + 2}`));
  const checkpoint = text.slice(split + 2);
  const signed = readCheckpoint(Buffer.from(checkpoint), `${place}, checkpoint`);
  if (oldSize > signed.size) throw notVerified(`${place}, line 1`, 'the old size is over the new one');
  return { oldSize, proof, checkpoint, signed };
};

/**
 * Reads a witness's answer 200: signature lines. Which of them hold is for `verifyNote` to say, over
 * `{ text: checkpoint's text, signatures }`.
 *
 * @throws Fault `not-verified`
 */
export const readCosignatures = (bytes: Uint8Array): NoteSignature[] => {
  const place = 'witness answer';
  if (bytes.length > requestBytesMax) throw notVerified(place, `over ${requestBytesMax} bytes`);
  const text = readUtf8(bytes, place);
  if (!text.endsWith('\n')) throw notVerified(place, 'the last line does not end with a newline');
  const lines = text.slice(0, -1).split('\n');
  if (lines.length > signatureLinesMax) throw notVerified(place, `over ${signatureLinesMax} lines`);
  return lines.map((line, at) => readSignatureLine(line, `${place}, line ${at + 1}`));
};

/** Reads the body of a witness's answer 409 (`text/x.tlog.size`): the size that it cosigned last. */
export const readWitnessSize = (bytes: Uint8Array): number => {
  const text = readUtf8(bytes.subarray(0, 32), 'witness answer');
  if (!text.endsWith('\n') || bytes.length > 32)
    throw notVerified('witness answer', 'not one line with a size');
  return readDecimal(text.slice(0, -1), 'witness answer');
};

/** The same checkpoint with more signatures, each at most once. */
export const withSignatures = (note: Note, more: readonly NoteSignature[]): Note => {
  const isNew = (added: NoteSignature): boolean =>
    !note.signatures.some(
      ({ name, keyId, signature }) =>
        name === added.name && keyId === added.keyId && signature.equals(added.signature),
    );
  return { text: note.text, signatures: [...note.signatures, ...more.filter(isNew)] };
};
