import pg from 'pg';
import { plain } from '../../src/model/plain.ts';
import type { DatabaseConnection } from '../../src/platform/postgres/database-connection.ts';
import type { TestServer } from './provided-context.ts';

/** One of the databases on the tests' server, as the account that owns it. */
export const connectionTo = (server: TestServer, database: string): DatabaseConnection => {
  if (server.admin.kind === 'socket')
    return { ...server.admin, database, user: server.owner ?? server.admin.user };
  const url = new URL(server.admin.url);
  url.pathname = `/${database}`;
  return { kind: 'url', url: plain(url.toString()) };
};

/** Runs something on a short connection that may make and drop databases. */
export const withAdmin = async <T>(
  admin: TestServer['admin'],
  work: (client: pg.Client) => Promise<T>,
): Promise<T> => {
  const client = new pg.Client(
    admin.kind === 'url'
      ? { connectionString: admin.url }
      : { host: admin.directory, database: admin.database, user: admin.user },
  );
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};
