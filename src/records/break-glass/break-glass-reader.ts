import type { Selectable } from 'kysely';
import type { BreakGlassId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import { timestamp } from '../../platform/postgres/timestamp.ts';
import type { CaseboundDatabase, Tables } from '../schema/tables.ts';
import type { BrokenGlass } from './broken-glass.ts';

const brokenGlassPerListMax = 200;

export interface BreakGlassReader {
  find(id: BreakGlassId): Promise<BrokenGlass | undefined>;
  /** By the entry that broke it. */
  findBySeq(seq: number): Promise<BrokenGlass | undefined>;
  /** What is broken right now, newest first. */
  liveAt(now: Instant): Promise<readonly BrokenGlass[]>;
}

const brokenGlassOf = (row: Selectable<Tables['break_glass']>): BrokenGlass => ({
  id: row.id,
  seq: row.seq,
  agentId: row.agent_id,
  customerId: row.customer_id,
  startedAt: row.started_at,
  endsAt: row.ends_at,
  endedAt: row.ended_at ?? undefined,
});

export const breakGlassReader = (store: CaseboundDatabase['kysely']): BreakGlassReader => ({
  async find(id) {
    const row = await faulting(
      store.selectFrom('break_glass').selectAll().where('id', '=', id).executeTakeFirst(),
    );
    return row && brokenGlassOf(row);
  },
  async findBySeq(seq) {
    const row = await faulting(
      store.selectFrom('break_glass').selectAll().where('seq', '=', seq).executeTakeFirst(),
    );
    return row && brokenGlassOf(row);
  },
  async liveAt(now) {
    const rows = await faulting(
      store
        .selectFrom('break_glass')
        .selectAll()
        .where('ended_at', 'is', null)
        .where('ends_at', '>', timestamp(now))
        .orderBy('started_at', 'desc')
        .limit(brokenGlassPerListMax)
        .execute(),
    );
    return rows.map(brokenGlassOf);
  },
});
