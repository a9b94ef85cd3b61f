import type { Instant } from '../../model/instant.ts';
import type { DatabaseConnection } from '../../platform/postgres/database-connection.ts';
import { asDatabaseFault } from '../../platform/postgres/database-fault.ts';
import { migrate } from '../../platform/postgres/migrate.ts';
import { type DatabaseLimits, openDatabase } from '../../platform/postgres/open-database.ts';
import { ensurePartitions } from './partitions.ts';
import type { CaseboundDatabase, Tables } from './tables.ts';

/** The folder of the SQL files. */
export const schemaFolder: string = import.meta.dirname;

/** The tables in a database that has them already: nothing is changed. */
export const openMigratedDatabase = (
  connection: DatabaseConnection,
  limits?: DatabaseLimits,
): CaseboundDatabase => openDatabase<Tables>(connection, limits);

/**
 * Opens the database of Casebound, ready for use: schema up to date, partitions for `now` in place.
 * @throws Fault `storage-unusable` when the schema does not fit this program, `storage-down`, `storage-full`.
 */
export const openCaseboundDatabase = async (
  connection: DatabaseConnection,
  now: Instant,
  limits?: DatabaseLimits,
): Promise<CaseboundDatabase> => {
  await migrate(connection, schemaFolder);
  const db = openMigratedDatabase(connection, limits);
  try {
    await ensurePartitions(db, now);
    return db;
  } catch (thrown) {
    await db.close();
    throw asDatabaseFault(thrown);
  }
};
