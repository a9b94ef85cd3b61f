import { type Selectable, sql } from 'kysely';
import { Fault } from '../../model/fault.ts';
import type { AgentId, CaseId, CustomerId, HoldId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import { timestamp } from '../../platform/postgres/timestamp.ts';
import type { CaseboundDatabase, Tables } from '../schema/tables.ts';
import type { Hold, HoldCover } from './hold.ts';

export interface HoldReader {
  find(id: HoldId): Promise<Hold | undefined>;
  /** By the entry that put it on. */
  findBySeq(seq: number): Promise<Hold | undefined>;
  /** Newest first; those that have ended only when asked for. */
  list(ask: {
    readonly now: Instant;
    readonly ended: boolean;
    readonly countMax: number;
  }): Promise<readonly Hold[]>;
}

type HoldRow = Selectable<Tables['hold']>;

const coverOf = ({ id, scope, target_id, from_at, to_at }: HoldRow): HoldCover => {
  if (scope === 'customer') return { scope, id: target_id as CustomerId };
  if (scope === 'agent') return { scope, id: target_id as AgentId };
  if (scope === 'case') return { scope, id: target_id as CaseId };
  if (from_at === null || to_at === null) throw new Fault('bug', `the hold ${id} covers nothing`);
  return { scope, from: from_at, to: to_at };
};

const holdOf = (row: HoldRow): Hold => ({
  id: row.id,
  seq: row.seq,
  cover: coverOf(row),
  until: row.until_at ?? undefined,
  reason: row.reason,
  putBy: row.put_by,
  putAt: row.put_at,
  liftAsked:
    row.lift_asked_by && row.lift_asked_at ? { by: row.lift_asked_by, at: row.lift_asked_at } : undefined,
  lifted: row.lifted_by && row.lifted_at ? { by: row.lifted_by, at: row.lifted_at } : undefined,
});

export const holdReader = (store: CaseboundDatabase['kysely']): HoldReader => ({
  async find(id) {
    const row = await faulting(store.selectFrom('hold').selectAll().where('id', '=', id).executeTakeFirst());
    return row && holdOf(row);
  },
  async findBySeq(seq) {
    const row = await faulting(
      store.selectFrom('hold').selectAll().where('seq', '=', seq).executeTakeFirst(),
    );
    return row && holdOf(row);
  },
  async list({ now, ended, countMax }) {
    const all = store.selectFrom('hold').selectAll();
    const asked = ended
      ? all
      : all.where(sql<boolean>`lifted_at is null and (until_at is null or until_at > ${timestamp(now)})`);
    const rows = await faulting(
      asked.orderBy('put_at', 'desc').orderBy('id', 'desc').limit(countMax).execute(),
    );
    return rows.map(holdOf);
  },
});
