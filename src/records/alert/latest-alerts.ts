import type { AlertId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import { timestamp } from '../../platform/postgres/timestamp.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import type { Alert } from './alert.ts';
import { alertOf } from './alert-reader.ts';

/** The last alert of one page: the next page begins before it. */
export interface AlertPlace {
  readonly at: Instant;
  readonly id: AlertId;
}

/** Alerts, newest first, at most `countMax`, from before `before` on. For the list that everyone on duty sees. */
export const latestAlerts = async (
  store: CaseboundDatabase['kysely'],
  countMax: number,
  before?: AlertPlace,
): Promise<readonly Alert[]> => {
  const all = store.selectFrom('alert').selectAll();
  const page =
    before === undefined
      ? all
      : all.where((is) =>
          is.or([
            is('at', '<', timestamp(before.at)),
            is.and([is('at', '=', timestamp(before.at)), is('id', '<', before.id)]),
          ]),
        );
  const rows = await faulting(page.orderBy('at', 'desc').orderBy('id', 'desc').limit(countMax).execute());
  return rows.map(alertOf);
};
