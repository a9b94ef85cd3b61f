import { isFault } from '../../../model/fault.ts';
import type { VerifierKey } from '../note/verifier-key.ts';
import { type TreeHead, verifyConsistency } from '../tree/verify-proof.ts';
import type { AddCheckpointAsked } from './add-checkpoint.ts';
import { verifyLogSignature } from './checkpoint.ts';

/** Why a witness does not cosign. C2SP tlog-witness gives each its own status: 404, 403, 409, 409, 422. */
export type SubmissionRefusal =
  | { readonly kind: 'unknown-log' }
  | { readonly kind: 'not-signed'; readonly why: string }
  /** The size that was cosigned last is another one than the log thinks. */
  | { readonly kind: 'other-size'; readonly size: number }
  /** Signed by the log, of the size that was cosigned last, and with another root: the log has two histories. */
  | { readonly kind: 'other-root' }
  | { readonly kind: 'bad-proof'; readonly why: string };

const whyNot = (check: () => unknown): string | undefined => {
  try {
    check();
    return undefined;
  } catch (thrown) {
    if (isFault(thrown) && thrown.code === 'not-verified') return thrown.message;
    throw thrown;
  }
};

/** Is it a checkpoint of a log that this witness was given the key of? Answers undefined when it is. */
export const judgeSubmitter = (
  { signed }: AddCheckpointAsked,
  logKeys: readonly VerifierKey[],
): SubmissionRefusal | undefined => {
  if (!logKeys.some(({ name }) => name === signed.origin)) return { kind: 'unknown-log' };
  const why = whyNot(() => verifyLogSignature(signed, logKeys));
  return why === undefined ? undefined : { kind: 'not-signed', why };
};

/**
 * May a witness that cosigned `latest` last (size 0: nothing) cosign what the log now asks? Answers undefined when it
 * may. Judge the submitter first.
 */
export const judgeSubmission = (
  { oldSize, proof, signed }: AddCheckpointAsked,
  latest: TreeHead,
): SubmissionRefusal | undefined => {
  if (oldSize !== latest.size) return { kind: 'other-size', size: latest.size };
  if (oldSize === signed.size && !signed.root.equals(latest.root)) return { kind: 'other-root' };
  // From an empty tree there is nothing to show: the proof must be empty then.
  const why =
    oldSize === 0
      ? proof.length > 0
        ? 'from size 0 the consistency proof is empty'
        : undefined
      : whyNot(() => verifyConsistency(latest, signed, proof));
  return why === undefined ? undefined : { kind: 'bad-proof', why };
};
