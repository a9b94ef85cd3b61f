import { sql } from 'kysely';
import type { AgentId, CaseId, CustomerId, SessionId, ViewId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import { timestamp } from '../../platform/postgres/timestamp.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';

/** Who was shown whom under which view id, as the sequence of accesses has it. */
export interface IssuedViewRow {
  readonly viewId: ViewId;
  readonly agentId: AgentId;
  readonly customerId: CustomerId | undefined;
  readonly caseId: CaseId | undefined;
  readonly at: Instant;
  readonly seq: number;
}

export interface IssuedViewReader {
  find(viewId: ViewId): Promise<IssuedViewRow | undefined>;
  /** Was this view opened in this session, later than `since`? From the views that may still be worked in. */
  isShownIn(viewId: ViewId, sessionId: SessionId, since: Instant): Promise<boolean>;
  /** Ids of the views shown from `from` until before `to`, latest first, at most `countMax`. */
  between(from: Instant, to: Instant, countMax: number): Promise<readonly ViewId[]>;
}

/**
 * Finds views for ever, by the accesses themselves: the table of views that may still be worked in forgets, and a
 * photo may turn up years later.
 */
export const issuedViewReader = (store: CaseboundDatabase['kysely']): IssuedViewReader => {
  const shown = store.selectFrom('access').where('action', '=', 'view').where('outcome', '=', 'permitted');
  return {
    async find(viewId) {
      const row = await faulting(
        shown
          .select(['seq', 'at', 'agent_id', 'customer_id', 'case_id'])
          .where('view_id', '=', viewId)
          .orderBy('seq')
          .executeTakeFirst(),
      );
      return (
        row && {
          viewId,
          agentId: row.agent_id,
          customerId: row.customer_id ?? undefined,
          caseId: row.case_id ?? undefined,
          at: row.at,
          seq: row.seq,
        }
      );
    },
    async isShownIn(viewId, sessionId, since) {
      const row = await faulting(
        store
          .selectFrom('shown_view')
          .select('view_id')
          .where('view_id', '=', viewId)
          .where('session_id', '=', sessionId)
          .where(sql<boolean>`at > ${timestamp(since)}`)
          .executeTakeFirst(),
      );
      return row !== undefined;
    },
    async between(from, to, countMax) {
      const rows = await faulting(
        shown
          .select('view_id')
          .where('view_id', 'is not', null)
          .where(sql<boolean>`at >= ${timestamp(from)} and at < ${timestamp(to)}`)
          .orderBy('seq', 'desc')
          .limit(countMax)
          .execute(),
      );
      return rows.flatMap((row) => (row.view_id ? [row.view_id] : []));
    },
  };
};
