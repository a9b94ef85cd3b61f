import type { Selectable } from 'kysely';
import type { AgentId, TraceId } from '../../model/id.ts';
import { formatInstant, type Instant } from '../../model/instant.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import type { CaseboundDatabase, Tables } from '../schema/tables.ts';

/** One question "whose account?", and its answer once there is one. */
export interface TraceRun {
  readonly id: TraceId;
  readonly askedAt: Instant;
  readonly askedBy: AgentId;
  /** The entry of the question. */
  readonly askedSeq: number;
  /** The answer was drawn from the accesses below this place of the ledger. */
  readonly ledgerSize: number;
  readonly reports: number;
  readonly state: 'running' | 'done' | 'failed';
  /** JSON; undefined until it is done. */
  readonly result: string | undefined;
}

export interface TraceRecords {
  add(run: Omit<TraceRun, 'state' | 'result'>): Promise<void>;
  /** Ends a run, once. */
  settle(id: TraceId, result: string | undefined): Promise<void>;
  find(id: TraceId): Promise<TraceRun | undefined>;
  newestFirst(countMax: number): Promise<readonly Omit<TraceRun, 'result'>[]>;
}

const runOf = (row: Omit<Selectable<Tables['trace']>, 'result'>): Omit<TraceRun, 'result'> => ({
  id: row.id,
  askedAt: row.asked_at,
  askedBy: row.asked_by,
  askedSeq: row.asked_seq,
  ledgerSize: row.ledger_size,
  reports: row.reports,
  state: row.state,
});

const told = ['id', 'asked_at', 'asked_by', 'asked_seq', 'ledger_size', 'reports', 'state'] as const;

export const traceRecords = (store: CaseboundDatabase['kysely']): TraceRecords => ({
  async add({ id, askedAt, askedBy, askedSeq, ledgerSize, reports }) {
    await faulting(
      store
        .insertInto('trace')
        .values({
          id,
          asked_at: formatInstant(askedAt),
          asked_by: askedBy,
          asked_seq: askedSeq,
          ledger_size: ledgerSize,
          reports,
        })
        .execute(),
    );
  },
  async settle(id, result) {
    await faulting(
      store
        .updateTable('trace')
        .set({ state: result === undefined ? 'failed' : 'done', result: result ?? null })
        .where('id', '=', id)
        .where('state', '=', 'running')
        .execute(),
    );
  },
  async find(id) {
    const row = await faulting(store.selectFrom('trace').selectAll().where('id', '=', id).executeTakeFirst());
    return row && { ...runOf(row), result: row.result ?? undefined };
  },
  async newestFirst(countMax) {
    const rows = await faulting(
      store
        .selectFrom('trace')
        .select(told)
        .orderBy('asked_at', 'desc')
        .orderBy('id', 'desc')
        .limit(countMax)
        .execute(),
    );
    return rows.map(runOf);
  },
});
