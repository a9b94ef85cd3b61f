import type { BreakGlassId } from '../../model/id.ts';
import { formatInstant, type Instant } from '../../model/instant.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import type { BrokenGlass } from './broken-glass.ts';

export interface BreakGlassWriter {
  /** From here on the rules know of it. Broken by the same entry before: nothing changes. */
  add(broken: Omit<BrokenGlass, 'endedAt'>): Promise<void>;
  /** Ends it before its time. Ending an ended one changes nothing. */
  end(id: BreakGlassId, now: Instant): Promise<void>;
}

export const breakGlassWriter = (store: CaseboundDatabase['kysely']): BreakGlassWriter => ({
  async add({ id, seq, agentId, customerId, startedAt, endsAt }) {
    await faulting(
      store
        .insertInto('break_glass')
        .values({
          id,
          seq,
          agent_id: agentId,
          customer_id: customerId,
          started_at: formatInstant(startedAt),
          ends_at: formatInstant(endsAt),
        })
        .onConflict((conflict) => conflict.column('seq').doNothing())
        .execute(),
    );
  },
  async end(id, now) {
    await faulting(
      store
        .updateTable('break_glass')
        .set({ ended_at: formatInstant(now) })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .execute(),
    );
  },
});
