import type { AlertId } from '../../model/id.ts';
import { formatInstant, type Instant } from '../../model/instant.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import type { Alert } from './alert.ts';

export interface AlertWriter {
  /** From here on it is delivered sooner or later, whatever crashes. */
  add(alert: Omit<Alert, 'deliveredAt'>): Promise<void>;
  /** Says which entry it is about, and its final reasons. */
  tie(id: AlertId, seq: number, reasons: readonly string[]): Promise<void>;
  /** Takes an undelivered alert back whose occasion did not come about. */
  withdraw(id: AlertId): Promise<void>;
  markDelivered(id: AlertId, now: Instant): Promise<void>;
}

export const alertWriter = (store: CaseboundDatabase['kysely']): AlertWriter => ({
  async add({ id, at, kind, agentId, seq, reasons }) {
    await faulting(
      store
        .insertInto('alert')
        .values({
          id,
          at: formatInstant(at),
          kind,
          agent_id: agentId ?? null,
          seq: seq ?? null,
          reasons: [...reasons],
        })
        .execute(),
    );
  },
  async tie(id, seq, reasons) {
    await faulting(
      store
        .updateTable('alert')
        .set({ seq, reasons: [...reasons] })
        .where('id', '=', id)
        .execute(),
    );
  },
  async withdraw(id) {
    await faulting(
      store.deleteFrom('alert').where('id', '=', id).where('delivered_at', 'is', null).execute(),
    );
  },
  async markDelivered(id, now) {
    await faulting(
      store
        .updateTable('alert')
        .set({ delivered_at: formatInstant(now) })
        .where('id', '=', id)
        .where('delivered_at', 'is', null)
        .execute(),
    );
  },
});
