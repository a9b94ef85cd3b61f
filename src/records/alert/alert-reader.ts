import type { Selectable } from 'kysely';
import type { AlertId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import { timestamp } from '../../platform/postgres/timestamp.ts';
import type { CaseboundDatabase, Tables } from '../schema/tables.ts';
import type { Alert } from './alert.ts';

export interface AlertReader {
  find(id: AlertId): Promise<Alert | undefined>;
  /** Not delivered, and from this instant or before, oldest first. */
  waiting(upTo: Instant, countMax: number): Promise<readonly Alert[]>;
}

const alertOf = (row: Selectable<Tables['alert']>): Alert => ({
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
