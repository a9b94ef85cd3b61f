import type { CaseState } from '../../model/case.ts';
import type { CaseId, CustomerId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';

/** A case as it stands, with the customer whom a look-up found for it. */
export interface CaseRecord extends CaseState {
  readonly id: CaseId;
  readonly ref: string;
  /** Set by a look-up while the help desk named nobody; gone as soon as the desk names someone. */
  readonly foundCustomerId: CustomerId | undefined;
}

/** The row of support_case as the driver reads it. */
export interface CaseRow {
  readonly id: CaseId;
  readonly ref: string;
  readonly open: boolean;
  readonly holder_ref: string | null;
  readonly helper_refs: string[];
  readonly customer_ref_hash: Buffer | null;
  readonly found_customer_id: CustomerId | null;
  readonly queue_ref: string | null;
  readonly topic: string | null;
  readonly channel: CaseState['channel'] | null;
  readonly initiated_by: CaseState['initiatedBy'] | null;
  readonly opened_at: Instant;
  readonly closed_at: Instant | null;
  readonly held_since: Instant | null;
  readonly last_change_at: Instant;
}

export const readCaseRow = (row: CaseRow): CaseRecord => ({
  id: row.id,
  ref: row.ref,
  open: row.open,
  holderRef: row.holder_ref ?? undefined,
  helperRefs: row.helper_refs,
  customerRefHash: row.customer_ref_hash?.toString('hex'),
  foundCustomerId: row.found_customer_id ?? undefined,
  queueRef: row.queue_ref ?? undefined,
  topic: row.topic ?? undefined,
  channel: row.channel ?? undefined,
  initiatedBy: row.initiated_by ?? undefined,
  openedAt: row.opened_at,
  closedAt: row.closed_at ?? undefined,
  heldSince: row.held_since ?? undefined,
  lastChangeAt: row.last_change_at,
});
