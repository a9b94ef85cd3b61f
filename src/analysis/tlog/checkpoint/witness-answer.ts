import { isFault } from '../../../model/fault.ts';
import { formatSignatureLine, verifyNote } from '../note/note.ts';
import type { VerifierKey } from '../note/verifier-key.ts';
import { readCosignatures, readWitnessSize } from './add-checkpoint.ts';

/** What came back over the wire, unread. */
export interface WitnessReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/**
 * What a witness's answer to an add-checkpoint means for the log.
 *
 * `cosigned`: the signature line that holds, and its time in seconds since 1970. `other-size`: it cosigned another
 * size last. `other-root`: it cosigned another root for this very size. `refused`: it says no, and asking the same
 * again changes nothing. `unusable`: it is in trouble, or answers what no witness would.
 */
export type WitnessAnswer =
  | { readonly kind: 'cosigned'; readonly line: string; readonly time: number }
  | { readonly kind: 'other-size'; readonly size: number }
  | { readonly kind: 'other-root' }
  | { readonly kind: 'refused'; readonly status: 400 | 403 | 404 | 422; readonly why: string }
  | { readonly kind: 'unusable'; readonly why: string };

const refusals = {
  400: 'it cannot read what this log sends',
  403: 'it does not accept the signature: it was given another key of this log',
  404: 'it does not know this log: give its operator the log’s key',
  422: 'it does not accept the consistency proof: it may hold another history of this log',
} as const;

const isRefusal = (status: number): status is keyof typeof refusals => status in refusals;

const judgeCosignatures = (body: Uint8Array, text: string, key: VerifierKey): WitnessAnswer => {
  const signatures = readCosignatures(body).filter(
    ({ name, keyId }) => name === key.name && keyId === key.keyId,
  );
  const [first] = signatures;
  if (first === undefined) return { kind: 'unusable', why: 'it answered with no cosignature by its own key' };
  const [verified] = verifyNote({ text, signatures }, [key], 'witness answer');
  // C2SP tlog-cosignature: a time of 0 says nothing about when.
  if (!verified?.time) return { kind: 'unusable', why: 'its cosignature has no time' };
  return { kind: 'cosigned', line: formatSignatureLine(first), time: verified.time };
};

const judgeConflict = ({ contentType, body }: WitnessReply, asked: AskedOfWitness): WitnessAnswer => {
  // C2SP tlog-witness: only a 409 of this type holds a size; the other 409 is for two roots of one size.
  const isSize = contentType.split(';')[0]?.trim().toLowerCase() === 'text/x.tlog.size';
  if (!isSize) return { kind: 'other-root' };
  const size = readWitnessSize(body);
  if (size !== asked.oldSize) return { kind: 'other-size', size };
  return asked.oldSize === asked.size
    ? { kind: 'other-root' }
    : { kind: 'unusable', why: 'it names as its size the one that it was asked from' };
};

/** What the witness was asked, and the key that it is known by. */
export interface AskedOfWitness {
  readonly oldSize: number;
  readonly size: number;
  /** The checkpoint's text: what is cosigned. */
  readonly text: string;
  readonly key: VerifierKey;
}

/** Judges a witness's answer (C2SP tlog-witness, add-checkpoint). Nothing that it sends is believed unchecked. */
export const judgeWitnessReply = (reply: WitnessReply, asked: AskedOfWitness): WitnessAnswer => {
  const { status } = reply;
  try {
    if (status === 200) return judgeCosignatures(reply.body, asked.text, asked.key);
    if (status === 409) return judgeConflict(reply, asked);
  } catch (thrown) {
    if (!isFault(thrown) || thrown.code !== 'not-verified') throw thrown;
    return { kind: 'unusable', why: thrown.message };
  }
  if (isRefusal(status)) return { kind: 'refused', status, why: refusals[status] };
  return { kind: 'unusable', why: `it answered with status ${status}` };
};
