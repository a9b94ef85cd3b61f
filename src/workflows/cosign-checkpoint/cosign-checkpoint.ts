import { type AddCheckpointAsked, readAddCheckpoint } from '../../analysis/tlog/checkpoint/add-checkpoint.ts';
import {
  judgeSubmission,
  judgeSubmitter,
  type SubmissionRefusal,
} from '../../analysis/tlog/checkpoint/judge-submission.ts';
import { formatNote, formatSignatureLine } from '../../analysis/tlog/note/note.ts';
import { cosignText, type SignerKey } from '../../analysis/tlog/note/signer-key.ts';
import type { VerifierKey } from '../../analysis/tlog/note/verifier-key.ts';
import { Fault, isFault } from '../../model/fault.ts';
import type { Clock } from '../../model/ports.ts';
import type { WitnessMemory } from '../../records/witness/witness-memory.ts';

export interface CosignPorts {
  readonly signer: SignerKey;
  /** The logs that it cosigns for. */
  readonly logKeys: readonly VerifierKey[];
  readonly memory: WitnessMemory;
  readonly clock: Clock;
}

export type Cosigned =
  | { readonly kind: 'cosigned'; readonly lines: string; readonly origin: string; readonly size: number }
  | { readonly kind: 'unreadable'; readonly why: string }
  | SubmissionRefusal;

/** How often it looks again when another request of the same log is faster. */
const attemptsMax = 20;

const readAsked = (body: Uint8Array): AddCheckpointAsked | { readonly kind: 'unreadable'; why: string } => {
  try {
    return readAddCheckpoint(body);
  } catch (thrown) {
    if (isFault(thrown) && thrown.code === 'not-verified') return { kind: 'unreadable', why: thrown.message };
    throw thrown;
  }
};

/** What is remembered: the checkpoint with the log's own signatures, and nobody else's. */
const asLogSigned = ({ signed }: AddCheckpointAsked, keys: readonly VerifierKey[]): string => {
  const signatures = signed.note.signatures.filter((one) =>
    keys.some(({ name, keyId }) => name === signed.origin && name === one.name && keyId === one.keyId),
  );
  return formatNote({ text: signed.note.text, signatures });
};

/**
 * Takes a request for a cosignature (C2SP tlog-witness, add-checkpoint): cosigns when the new checkpoint continues
 * what this witness cosigned last, and remembers it for good before the cosignature leaves.
 * @throws Fault `storage-full`, `storage-down`, `ledger-stopped`: then nothing was cosigned
 */
export const cosignCheckpoint = async (ports: CosignPorts, body: Uint8Array): Promise<Cosigned> => {
  const { signer, logKeys, memory, clock } = ports;
  const asked = readAsked(body);
  if ('kind' in asked) return asked;
  const refusal = judgeSubmitter(asked, logKeys);
  if (refusal) return refusal;
  const { origin, size, note } = asked.signed;
  const kept = asLogSigned(asked, logKeys);
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const latest = await memory.latest(origin);
    const refused = judgeSubmission(asked, latest);
    if (refused?.kind === 'other-root') await memory.keepContradiction(kept);
    if (refused) return refused;
    // The judgement and the new memory are one step: whoever comes second is judged anew.
    if (size !== latest.size && !(await memory.advance(origin, latest, kept))) continue;
    const cosignature = cosignText(note.text, Math.floor(clock.now() / 1_000), signer);
    return { kind: 'cosigned', lines: formatSignatureLine(cosignature), origin, size };
  }
  throw new Fault('busy', `other requests of ${origin} were faster ${attemptsMax} times in a row`);
};
