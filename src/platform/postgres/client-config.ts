import type pg from 'pg';
import { Fault } from '../../model/fault.ts';
import { exposePlaintext } from '../../model/plain.ts';
import type { DatabaseConnection } from './database-connection.ts';

const looksLikePostgresUrl = (text: string): boolean =>
  /^postgres(ql)?:\/\//.test(text) && URL.canParse(text) && new URL(text).pathname.length > 1;

/**
 * What a pg client needs to connect. The result holds the password of a URL: give it to a client at once and
 * keep it nowhere.
 * @throws Fault `storage-unusable` when the URL is none. The text never repeats it.
 */
export const exposeClientConfig = (connection: DatabaseConnection): pg.ClientConfig => {
  if (connection.kind === 'socket')
    return { host: connection.directory, database: connection.database, user: connection.user };
  const url = exposePlaintext(connection.url);
  if (!looksLikePostgresUrl(url))
    throw new Fault(
      'storage-unusable',
      'DATABASE_URL is not of the form postgres://name:password@host:port/database: correct it, with special characters percent-encoded',
    );
  return { connectionString: url };
};
