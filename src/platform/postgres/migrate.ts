import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { Fault } from '../../model/fault.ts';
import { lockClass, lockNumber } from './advisory-locks.ts';
import { exposeClientConfig } from './client-config.ts';
import type { DatabaseConnection } from './database-connection.ts';
import { asDatabaseFault } from './database-fault.ts';

interface Migration {
  readonly name: string;
  readonly sha256: string;
  readonly sql: string;
}

export interface Migrated {
  /** Names of the files that this run applied, in order. */
  readonly applied: readonly string[];
}

const shape = /^\d{4}-[a-z0-9-]+\.sql$/;
const statementMs = 600_000;
const lockWaitMs = 120_000;

/** Reads the ordered files `0001-name.sql` of a folder. @throws Fault `storage-unusable` for a name out of form. */
const readMigrations = async (folder: string): Promise<readonly Migration[]> => {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const wrong = names.find(
    (name, at) => !shape.test(name) || name.slice(0, 4) === names[at + 1]?.slice(0, 4),
  );
  if (wrong !== undefined)
    throw new Fault('storage-unusable', `${wrong}: name migrations 0001-words.sql, each number once`);
  return Promise.all(
    names.map(async (name) => {
      // A checkout with other line ends is still the same migration.
      const sql = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n');
      return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') };
    }),
  );
};

/**
 * What is left to apply, given what the database says was applied: always a tail of `known`.
 * @throws Fault `storage-unusable` when an applied file has changed or gone, when the database is newer than
 * this program, or when a file was slipped in before applied ones.
 */
export const judgeMigrations = <M extends Pick<Migration, 'name' | 'sha256'>>(
  known: readonly M[],
  recorded: readonly Pick<Migration, 'name' | 'sha256'>[],
): readonly M[] => {
  const last = known.at(-1)?.name ?? '';
  for (const [at, { name, sha256 }] of recorded.entries()) {
    const same = known.find((migration) => migration.name === name);
    if (!same && name > last)
      throw new Fault(
        'storage-unusable',
        `the database is newer than this program (${name} was applied): start the version that applied it, or a later one`,
      );
    if (!same)
      throw new Fault('storage-unusable', `${name} was applied but its file is missing: restore the file`);
    if (same.sha256 !== sha256)
      throw new Fault(
        'storage-unusable',
        `${name} was changed after it was applied: restore its text and put the change in a new file`,
      );
    if (known[at] !== same)
      throw new Fault(
        'storage-unusable',
        `${known[at]?.name} comes before ${name}, which was applied already: give the new file the next number`,
      );
  }
  return known.slice(recorded.length);
};

const apply = async (client: pg.Client, migration: Migration): Promise<void> => {
  await client.query('begin');
  try {
    // One query text with many statements goes through the simple protocol, as the files need.
    await client.query(migration.sql);
    await client.query('insert into schema_migration (name, sha256) values ($1, $2)', [
      migration.name,
      migration.sha256,
    ]);
    await client.query('commit');
  } catch (thrown) {
    await client.query('rollback').catch(() => undefined);
    const fault = asDatabaseFault(thrown);
    if (fault.code !== 'bug') throw fault;
    throw new Fault('storage-unusable', `${migration.name} could not be applied: ${fault.message}`);
  }
};

/**
 * Brings a database to the schema that the files of `folder` describe. Each file runs in a transaction of its
 * own and is recorded with the SHA-256 of its text. Any number of processes may do this at once: an advisory lock
 * lets one work while the others wait and then find nothing left to do.
 * @throws Fault `storage-unusable` as judgeMigrations says, or when a file does not run; `storage-down`,
 * `storage-full` when the database cannot be reached or has no room.
 */
export const migrate = async (connection: DatabaseConnection, folder: string): Promise<Migrated> => {
  const known = await readMigrations(folder);
  const client = new pg.Client({
    ...exposeClientConfig(connection),
    connectionTimeoutMillis: 10_000,
    statement_timeout: statementMs,
    lock_timeout: lockWaitMs,
    application_name: 'casebound migrate',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select pg_advisory_lock($1, $2)', [lockClass, lockNumber.migrate]);
    await client.query(`create table if not exists schema_migration (
      name text primary key,
      sha256 text not null,
      applied_at timestamptz not null default clock_timestamp()
    )`);
    const recorded = await client.query<Migration>('select name, sha256 from schema_migration order by name');
    const pending = judgeMigrations(known, recorded.rows);
    for (const migration of pending) await apply(client, migration);
    return { applied: pending.map((migration) => migration.name) };
  } catch (thrown) {
    throw asDatabaseFault(thrown);
  } finally {
    // Ending the session frees the lock.
    await client.end().catch(() => undefined);
  }
};
