import type { CaseChange } from '../../model/case.ts';
import { formatInstant, type Instant } from '../../model/instant.ts';

/** A change as it came to us. */
export interface ReceivedChange extends CaseChange {
  /** What the sender's clock said, when it ran so far ahead that `at` was held back. */
  readonly claimedAt: Instant | undefined;
  readonly receivedAt: Instant;
}

/** The row of case_change as the driver reads it. */
export interface ChangeRow {
  readonly message_id: string;
  readonly case_ref: string;
  readonly kind: CaseChange['kind'];
  readonly at: Instant;
  readonly claimed_at: Instant | null;
  readonly agent_ref: string | null;
  readonly customer_ref_hash: Buffer | null;
  readonly queue_ref: string | null;
  readonly topic: string | null;
  readonly channel: CaseChange['channel'] | null;
  readonly initiated_by: CaseChange['initiatedBy'] | null;
}

export const readChangeRow = (row: ChangeRow): CaseChange => ({
  messageId: row.message_id,
  caseRef: row.case_ref,
  kind: row.kind,
  at: row.at,
  agentRef: row.agent_ref ?? undefined,
  customerRefHash: row.customer_ref_hash?.toString('hex'),
  queueRef: row.queue_ref ?? undefined,
  topic: row.topic ?? undefined,
  channel: row.channel ?? undefined,
  initiatedBy: row.initiated_by ?? undefined,
});

/** The change as one row of a JSON array that the database unpacks. */
export const writeChangeRow = (change: ReceivedChange) => ({
  message_id: change.messageId,
  case_ref: change.caseRef,
  kind: change.kind,
  at: formatInstant(change.at),
  claimed_at: change.claimedAt === undefined ? null : formatInstant(change.claimedAt),
  received_at: formatInstant(change.receivedAt),
  agent_ref: change.agentRef ?? null,
  customer_ref_hash: change.customerRefHash ?? null,
  queue_ref: change.queueRef ?? null,
  topic: change.topic ?? null,
  channel: change.channel ?? null,
  initiated_by: change.initiatedBy ?? null,
});

/**
 * What the sender said, in one line: two messages of one id are the same message when this is equal. The time
 * is the claimed one, since `at` of a clock that runs ahead depends on when the message came.
 */
export const contentOf = (change: CaseChange & { readonly claimedAt?: Instant | undefined }): string =>
  JSON.stringify([
    change.caseRef,
    change.kind,
    change.claimedAt ?? change.at,
    change.agentRef ?? null,
    change.customerRefHash ?? null,
    change.queueRef ?? null,
    change.topic ?? null,
    change.channel ?? null,
    change.initiatedBy ?? null,
  ]);
