import { formatAddCheckpoint } from '../../../analysis/tlog/checkpoint/add-checkpoint.ts';
import { readCheckpoint } from '../../../analysis/tlog/checkpoint/checkpoint.ts';
import {
  judgeWitnessReply,
  type WitnessAnswer,
  type WitnessReply,
} from '../../../analysis/tlog/checkpoint/witness-answer.ts';
import type { VerifierKey } from '../../../analysis/tlog/note/verifier-key.ts';
import type { TreeHead } from '../../../analysis/tlog/tree/verify-proof.ts';
import type { LogStore } from '../../../platform/log-store/log-store.ts';
import { proveConsistency } from './stored-proof.ts';

/** Sends one add-checkpoint to a witness. The answer says so when there is none. */
export type SendToWitness = (
  submissionUrl: string,
  body: string,
) => Promise<WitnessReply | { readonly unreachable: string }>;

export interface Witness {
  /** Its name in the policy. */
  readonly name: string;
  readonly key: VerifierKey;
  /** The submission prefix, without `/add-checkpoint`. */
  readonly url: string;
}

export interface Submission {
  readonly witness: Witness;
  /** The checkpoint as the log signed it. */
  readonly note: string;
  /** What the witness cosigned last, as far as the log knows: size 0 for nothing. */
  readonly from: TreeHead;
}

export interface SubmitPorts {
  readonly store: Pick<LogStore, 'read'>;
  readonly send: SendToWitness;
}

/**
 * Asks a witness once to cosign a checkpoint.
 * @throws Fault `not-verified` when the log's own tiles give no proof
 */
export const submitToWitness = async (
  { store, send }: SubmitPorts,
  { witness, note, from }: Submission,
): Promise<WitnessAnswer> => {
  const checkpoint = readCheckpoint(Buffer.from(note));
  const proof = await proveConsistency(store, from, checkpoint);
  const reply = await send(witness.url, formatAddCheckpoint({ oldSize: from.size, proof, checkpoint: note }));
  if ('unreachable' in reply) return { kind: 'unusable', why: reply.unreachable };
  const asked = {
    oldSize: from.size,
    size: checkpoint.size,
    text: checkpoint.note.text,
    key: witness.key,
  };
  return judgeWitnessReply(reply, asked);
};

/**
 * Asks a witness what it cosigned last. C2SP tlog-witness: a request from size 0 is answered with the size when there
 * is one. When there is none the witness cosigns the checkpoint, which this log has signed in any case.
 */
export const askWitnessSize = (
  send: SendToWitness,
  witness: Witness,
  note: string,
): Promise<WitnessAnswer> => {
  const nothing: Pick<LogStore, 'read'> = { read: async () => undefined };
  return submitToWitness({ store: nothing, send }, { witness, note, from: { size: 0, root: Buffer.of() } });
};
