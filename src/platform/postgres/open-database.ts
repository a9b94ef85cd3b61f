import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Fault } from '../../model/fault.ts';
import { exposeClientConfig } from './client-config.ts';
import type { Database } from './database.ts';
import type { DatabaseConnection } from './database-connection.ts';
import { columnTypes } from './type-parsers.ts';

export interface DatabaseLimits {
  /** Connections that the pool opens at most. */
  readonly connectionsMax?: number;
  /** The longest a query may wait for a connection of the pool. */
  readonly connectWaitMs?: number;
  /** The longest one statement may run. */
  readonly statementMs?: number;
  /** The longest a transaction may sit idle before the server ends it. */
  readonly idleTransactionMs?: number;
  /** The longest a statement may wait for a lock. */
  readonly lockWaitMs?: number;
  /**
   * For pools whose statements are few, prepared and answered from indexes: each is planned once and always uses
   * its index. Left to itself the server plans with what the tables held at first use, and a statement that was
   * prepared on an empty table would scan it for ever.
   */
  readonly steadyPlans?: boolean;
  /** What operators see in pg_stat_activity. */
  readonly applicationName?: string;
  /** Asked when connecting fails: whoever supervises the server may know better why. */
  readonly whyDown?: () => Fault | undefined;
}

const defaults = {
  connectionsMax: 10,
  connectWaitMs: 5_000,
  statementMs: 15_000,
  idleTransactionMs: 30_000,
  lockWaitMs: 10_000,
  steadyPlans: false,
  applicationName: 'casebound',
} as const satisfies DatabaseLimits;

/** The driver alone waits for an answer this much longer than the server may take: for a network gone silent. */
const silenceMs = 5_000;

type Connected = (error: Error | null, client?: pg.Client) => void;

/** A client that keeps the address to itself, so that a pool that is printed shows no password. */
const clientFor = (connection: DatabaseConnection, whyDown: DatabaseLimits['whyDown']) =>
  class extends pg.Client {
    constructor(config: pg.ClientConfig = {}) {
      super({ ...config, ...exposeClientConfig(connection) });
    }
    override connect(): Promise<pg.Client>;
    override connect(callback: Connected): void;
    override connect(callback?: Connected): Promise<pg.Client> | undefined {
      if (!callback) return super.connect();
      super.connect((error: Error | null, client?: pg.Client) =>
        callback((error && whyDown?.()) ?? error, client),
      );
      return undefined;
    }
  };

/**
 * Opens a database. Nothing connects until the first query; connections that break are replaced, so that after
 * the server comes back the next query works. Errors are the driver's own: see asDatabaseFault.
 * @throws Fault `storage-unusable` when the connection is a URL of the wrong form.
 */
export const openDatabase = <Tables>(
  connection: DatabaseConnection,
  limits: DatabaseLimits = {},
): Database<Tables> => {
  const bound = { ...defaults, ...limits };
  exposeClientConfig(connection);
  const pool = new pg.Pool({
    Client: clientFor(connection, limits.whyDown),
    types: columnTypes,
    max: bound.connectionsMax,
    connectionTimeoutMillis: bound.connectWaitMs,
    statement_timeout: bound.statementMs,
    query_timeout: bound.statementMs + silenceMs,
    lock_timeout: bound.lockWaitMs,
    idle_in_transaction_session_timeout: bound.idleTransactionMs,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    application_name: bound.applicationName,
    ...(bound.steadyPlans ? { options: '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off' } : {}),
  });
  // A connection that breaks while nobody queries must not crash the process: the next query finds another.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  let closing: Promise<void> | undefined;
  return {
    pool,
    kysely,
    close: () => {
      closing ??= pool.end();
      return closing;
    },
  };
};
