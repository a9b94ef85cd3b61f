import { formatInstant, type Instant, later } from '../../model/instant.ts';
import { asDatabaseFault } from '../../platform/postgres/database-fault.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';

/** No view may be worked in for longer than a day; two leave room for clocks. */
const keptMs = 48 * 3_600_000;

/**
 * Deletes from the short list of views those that nobody can work in any more. The ledger keeps them all.
 * @returns how many
 */
export const forgetOldViews = async (db: CaseboundDatabase, now: Instant): Promise<number> => {
  const { rowCount } = await db.pool
    .query('delete from shown_view where at < $1', [formatInstant(later(now, -keptMs))])
    .catch((cause: unknown) => Promise.reject(asDatabaseFault(cause)));
  return rowCount ?? 0;
};
