import { sql } from 'kysely';
import type { AgentId, ApprovalId } from '../../model/id.ts';
import { formatInstant, type Instant, later } from '../../model/instant.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import { timestamp } from '../../platform/postgres/timestamp.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import type { ApprovalDecision, ApprovalRequest } from './approval-request.ts';
import { requestOf } from './approval-row.ts';

/** How long one person may take to put their decision on the record before another may try. */
const claimMs = 30_000;

export interface ApprovalWriter {
  /** Adds a request. One that the same entry already made stays as it is. */
  add(request: Omit<ApprovalRequest, 'decision'>): Promise<void>;
  /**
   * Takes the right to decide a waiting request, for half a minute, so that only one decision goes on the record.
   * Undefined when there is no such request, it was decided, it has expired, or someone else is deciding it.
   */
  claim(id: ApprovalId, by: AgentId, now: Instant): Promise<ApprovalRequest | undefined>;
  /** Gives the right back undecided. */
  unclaim(id: ApprovalId, by: AgentId): Promise<void>;
  /** Lets a decision take effect. False when the right was lost meanwhile: nothing has changed then. */
  settle(id: ApprovalId, decision: ApprovalDecision, endsAt: Instant): Promise<boolean>;
}

export const approvalWriter = (store: CaseboundDatabase['kysely']): ApprovalWriter => ({
  async add(request) {
    await faulting(
      store
        .insertInto('approval')
        .values({
          id: request.id,
          seq: request.seq,
          asked_by: request.askedBy,
          case_id: request.caseId,
          customer_id: request.customerId,
          fields: [...request.fields],
          reason: request.reason,
          asked_at: formatInstant(request.askedAt),
          ends_at: formatInstant(request.endsAt),
          decided_by: null,
          claimed_by: null,
          granted: null,
        })
        .onConflict((conflict) => conflict.column('seq').doNothing())
        .execute(),
    );
  },

  async claim(id, by, now) {
    const row = await faulting(
      store
        .updateTable('approval')
        .set({ claimed_by: by, claimed_until: formatInstant(later(now, claimMs)) })
        .where('id', '=', id)
        .where('decided_at', 'is', null)
        .where('ends_at', '>', timestamp(now))
        .where((is) =>
          is.or([
            is('claimed_until', 'is', null),
            is('claimed_until', '<=', timestamp(now)),
            is('claimed_by', '=', by),
          ]),
        )
        .returningAll()
        .executeTakeFirst(),
    );
    return row && requestOf(row);
  },

  async unclaim(id, by) {
    await faulting(
      store
        .updateTable('approval')
        .set({ claimed_by: null, claimed_until: null })
        .where('id', '=', id)
        .where('claimed_by', '=', by)
        .where('decided_at', 'is', null)
        .execute(),
    );
  },

  async settle(id, { granted, decidedBy, decidedAt }, endsAt) {
    const settled = await faulting(
      sql`
        update approval
        set decided_by = ${decidedBy}, decided_at = ${timestamp(decidedAt)}, granted = ${granted}, ends_at = ${timestamp(endsAt)}
        where id = ${id} and decided_at is null and claimed_by = ${decidedBy}`.execute(store),
    );
    return settled.numAffectedRows === 1n;
  },
});
