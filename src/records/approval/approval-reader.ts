import type { AgentId, ApprovalId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import { timestamp } from '../../platform/postgres/timestamp.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import type { ApprovalRequest } from './approval-request.ts';
import { requestOf } from './approval-row.ts';

/** Most requests that one list holds; older ones come first, so nothing waits unseen behind newer ones. */
export const requestsPerListMax = 200;

export interface ApprovalReader {
  find(id: ApprovalId): Promise<ApprovalRequest | undefined>;
  /** By the entry that asked. */
  findBySeq(seq: number): Promise<ApprovalRequest | undefined>;
  /** Undecided and not expired, oldest first. */
  waiting(now: Instant): Promise<readonly ApprovalRequest[]>;
  /** How many of this agent's requests wait now. */
  waitingCountOf(agentId: AgentId, now: Instant): Promise<number>;
  /** What this agent asked since then, newest first: for their own screen. */
  askedBy(agentId: AgentId, since: Instant): Promise<readonly ApprovalRequest[]>;
}

export const approvalReader = (store: CaseboundDatabase['kysely']): ApprovalReader => {
  const all = () => store.selectFrom('approval').selectAll();
  const waiting = (now: Instant) =>
    all().where('decided_at', 'is', null).where('ends_at', '>', timestamp(now));
  return {
    async find(id) {
      const row = await faulting(all().where('id', '=', id).executeTakeFirst());
      return row && requestOf(row);
    },
    async findBySeq(seq) {
      const row = await faulting(all().where('seq', '=', seq).executeTakeFirst());
      return row && requestOf(row);
    },
    async waiting(now) {
      const rows = await faulting(
        waiting(now).orderBy('asked_at').orderBy('id').limit(requestsPerListMax).execute(),
      );
      return rows.map(requestOf);
    },
    async waitingCountOf(agentId, now) {
      const rows = await faulting(
        waiting(now).where('asked_by', '=', agentId).limit(requestsPerListMax).execute(),
      );
      return rows.length;
    },
    async askedBy(agentId, since) {
      const rows = await faulting(
        all()
          .where('asked_by', '=', agentId)
          .where('asked_at', '>=', timestamp(since))
          .orderBy('asked_at', 'desc')
          .limit(requestsPerListMax)
          .execute(),
      );
      return rows.map(requestOf);
    },
  };
};
