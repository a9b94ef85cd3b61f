import { type Selectable, sql } from 'kysely';
import type { AlertId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import { timestamp } from '../../platform/postgres/timestamp.ts';
import type { CaseboundDatabase, Tables } from '../schema/tables.ts';
import type { Alert } from './alert.ts';

/** Where one page of alerts ended: the next one begins before it. */
export interface AlertPlace {
  readonly at: Instant;
  readonly id: AlertId;
}

export interface AlertReader {
  find(id: AlertId): Promise<Alert | undefined>;
  /** Not delivered, and from this instant or before, oldest first. */
  waiting(upTo: Instant, countMax: number): Promise<readonly Alert[]>;
  /** Newest first, from before `before` on; from the newest when that is left out. */
  newestFirst(countMax: number, before: AlertPlace | undefined): Promise<readonly Alert[]>;
}

export const alertOf = (row: Selectable<Tables['alert']>): Alert => ({
  id: row.id,
  at: row.at,
  kind: row.kind,
  agentId: row.agent_id ?? undefined,
  seq: row.seq ?? undefined,
  reasons: row.reasons,
  deliveredAt: row.delivered_at ?? undefined,
});

export const alertReader = (store: CaseboundDatabase['kysely']): AlertReader => ({
  async find(id) {
    const row = await faulting(store.selectFrom('alert').selectAll().where('id', '=', id).executeTakeFirst());
    return row && alertOf(row);
  },
  async newestFirst(countMax, before) {
    const all = store.selectFrom('alert').selectAll();
    const page = before ? all.where(sql<boolean>`(at, id) < (${timestamp(before.at)}, ${before.id})`) : all;
    const rows = await faulting(page.orderBy('at', 'desc').orderBy('id', 'desc').limit(countMax).execute());
    return rows.map(alertOf);
  },
  async waiting(upTo, countMax) {
    const rows = await faulting(
      store
        .selectFrom('alert')
        .selectAll()
        .where('delivered_at', 'is', null)
        .where('at', '<=', timestamp(upTo))
        .orderBy('at')
        .orderBy('id')
        .limit(countMax)
        .execute(),
    );
    return rows.map(alertOf);
  },
});
