import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import type { DatabaseConnection } from '../../src/platform/postgres/database-connection.ts';
import type { DatabaseLimits } from '../../src/platform/postgres/open-database.ts';
import { openMigratedDatabase } from '../../src/records/schema/open-casebound-database.ts';
import type { CaseboundDatabase } from '../../src/records/schema/tables.ts';
import './provided-context.ts';
import { connectionTo, withAdmin } from './test-connection.ts';

export interface FreshDatabase {
  readonly db: CaseboundDatabase;
  readonly connection: DatabaseConnection;
  /** Closes and removes the database. What a test forgets is removed when the run ends. */
  drop(): Promise<void>;
}

/** A database of one's own, with the tables and nothing in them. */
export const freshDatabase = async (limits?: DatabaseLimits): Promise<FreshDatabase> => {
  const server = inject('testServer');
  const name = `${server.prefix}${randomBytes(6).toString('hex')}`;
  await withAdmin(server.admin, (client) =>
    client.query(
      `create database ${name} template ${server.template} strategy file_copy${server.owner ? ` owner ${server.owner}` : ''}`,
    ),
  );
  const connection = connectionTo(server, name);
  const db = openMigratedDatabase(connection, limits);
  return {
    db,
    connection,
    async drop() {
      await db.close();
      await withAdmin(server.admin, (client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
};

/** A database of one's own with nothing in it at all. */
export const emptyDatabase = async (): Promise<Omit<FreshDatabase, 'db'>> => {
  const server = inject('testServer');
  const name = `${server.prefix}${randomBytes(6).toString('hex')}`;
  await withAdmin(server.admin, (client) =>
    client.query(`create database ${name} strategy file_copy${server.owner ? ` owner ${server.owner}` : ''}`),
  );
  return {
    connection: connectionTo(server, name),
    async drop() {
      await withAdmin(server.admin, (client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
};
