import pg from 'pg';
import { lockClass, lockNumber } from './advisory-locks.ts';
import { superuserName } from './init-cluster.ts';

/** Our own standing connection to the embedded server. As long as it lives, the server does. */
export interface ServerSession {
  /** Resolves when the connection has ended, for whatever reason. */
  readonly lost: Promise<void>;
  isLost(): boolean;
  /** Asks the server something, to see whether it serves. */
  isAnswering(): Promise<boolean>;
  /** Becomes the one supervisor; false when another process is. Ends with the session, even by kill -9. */
  trySupervise(): Promise<boolean>;
  /** Whoever supervises now. */
  findSupervisorPid(): Promise<number | undefined>;
  /** Marks the server as in use by us. */
  markUse(): Promise<void>;
  /** Gives up our own mark; true when no other process has one. */
  leaveUnused(): Promise<boolean>;
  ensureDatabase(name: string): Promise<void>;
  end(): Promise<void>;
}

const namePrefix = 'casebound supervisor ';
const answerWaitMs = 10_000;

const identifier = (name: string): string => pg.escapeIdentifier(name);

/** Makes a database and the role of the same name that owns it: no superuser, so SQL cannot reach the machine. */
const ensureDatabase = async (client: pg.Client, name: string): Promise<void> => {
  await client.query('select pg_advisory_lock($1, $2)', [lockClass, lockNumber.prepare]);
  const role = await client.query('select 1 from pg_roles where rolname = $1', [name]);
  if (role.rowCount === 0) await client.query(`create role ${identifier(name)} login`);
  const database = await client.query('select 1 from pg_database where datname = $1', [name]);
  if (database.rowCount === 0)
    await client.query(`create database ${identifier(name)} owner ${identifier(name)}`);
  await client.query('select pg_advisory_unlock($1, $2)', [lockClass, lockNumber.prepare]);
};

/** @throws the driver's error when nobody answers (yet). */
export const openServerSession = async (socketDirectory: string): Promise<ServerSession> => {
  const client = new pg.Client({
    host: socketDirectory,
    user: superuserName,
    database: 'postgres',
    application_name: `${namePrefix}${process.pid}`,
    connectionTimeoutMillis: answerWaitMs,
    query_timeout: answerWaitMs,
  });
  let isLost = false;
  const lost = new Promise<void>((resolve) => {
    const lose = (): void => {
      isLost = true;
      resolve();
    };
    client.once('end', lose);
    client.on('error', lose);
  });
  try {
    await client.connect();
  } catch (error) {
    client.end().catch(() => undefined);
    throw error;
  }
  const ask = async (text: string, lock: number): Promise<boolean> => {
    const { rows } = await client.query<{ answer: boolean }>(text, [lockClass, lock]);
    return rows[0]?.answer === true;
  };
  return {
    lost,
    isLost: () => isLost,
    async isAnswering() {
      return (
        !isLost &&
        client.query('select 1').then(
          () => true,
          () => false,
        )
      );
    },
    trySupervise: () => ask('select pg_try_advisory_lock($1, $2) as answer', lockNumber.supervise),
    async findSupervisorPid() {
      const { rows } = await client.query<{ name: string }>(
        `select a.application_name as name from pg_locks l join pg_stat_activity a on a.pid = l.pid
          where l.locktype = 'advisory' and l.classid = $1::int and l.objid = $2::int and l.granted`,
        [lockClass, lockNumber.supervise],
      );
      const pid = Number(rows[0]?.name.slice(namePrefix.length));
      return Number.isInteger(pid) && pid > 0 ? pid : undefined;
    },
    async markUse() {
      await client.query('select pg_advisory_lock_shared($1, $2)', [lockClass, lockNumber.use]);
    },
    async leaveUnused() {
      await client.query('select pg_advisory_unlock_shared($1, $2)', [lockClass, lockNumber.use]);
      return ask('select pg_try_advisory_lock($1, $2) as answer', lockNumber.use);
    },
    ensureDatabase: (name) => ensureDatabase(client, name),
    end: () => client.end(),
  };
};
