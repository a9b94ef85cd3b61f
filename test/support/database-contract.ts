import { inspect } from 'node:util';
import { sql } from 'kysely';
import { expect, onTestFinished } from 'vitest';
import { instantOf } from '../../src/model/instant.ts';
import type { Database } from '../../src/platform/postgres/database.ts';
import type { DatabaseConnection } from '../../src/platform/postgres/database-connection.ts';
import { asDatabaseFault } from '../../src/platform/postgres/database-fault.ts';
import { type DatabaseLimits, openDatabase } from '../../src/platform/postgres/open-database.ts';
import { timestamp } from '../../src/platform/postgres/timestamp.ts';
import { openCaseboundDatabase } from '../../src/records/schema/open-casebound-database.ts';

const open = (connection: DatabaseConnection, limits?: DatabaseLimits): Database<unknown> => {
  const db = openDatabase<unknown>(connection, limits);
  onTestFinished(() => db.close());
  return db;
};

const faultOf = async (work: Promise<unknown>) =>
  asDatabaseFault(
    await work.then(
      () => 'no error',
      (thrown) => thrown,
    ),
  );

/** What every database must do, embedded or external: title and proof. Each gets a database with nothing in it. */
export const databaseContract: Readonly<Record<string, (connection: DatabaseConnection) => Promise<void>>> = {
  'gives bigint as number, timestamptz as Instant and bytea as Buffer': async (connection) => {
    const db = open(connection);
    const at = instantOf(Date.UTC(2026, 10, 23, 12, 45, 6, 789));
    const { rows } = await sql<Record<string, unknown>>`
      select ${timestamp(at)} as at, '2026-11-23 12:45:06.789999+05:30'::timestamptz as finer,
        9007199254740991::bigint as most, ${Buffer.from([0, 255])}::bytea as bytes, null::timestamptz as none`.execute(
      db.kysely,
    );
    expect(rows).toEqual([
      { at, finer: at - 19_800_000, most: Number.MAX_SAFE_INTEGER, bytes: Buffer.from([0, 255]), none: null },
    ]);
    await expect(db.pool.query('select 9007199254740992::bigint')).rejects.toThrow('beyond 2^53 - 1');
    expect((await db.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  },

  'ends a statement that runs too long, as storage-down': async (connection) => {
    const db = open(connection, { statementMs: 50 });
    expect(await faultOf(db.pool.query('select pg_sleep(20)'))).toMatchObject({ code: 'storage-down' });
  },

  'waits for a lock no longer than it may, as storage-down': async (connection) => {
    const db = open(connection, { lockWaitMs: 50 });
    await db.pool.query('create table held (x int)');
    const holder = await db.pool.connect();
    await holder.query('begin; lock table held');
    expect(await faultOf(db.pool.query('select * from held'))).toMatchObject({ code: 'storage-down' });
    holder.release(true);
  },

  'makes a query wait for a free connection no longer than it may, as storage-down': async (connection) => {
    const db = open(connection, { connectionsMax: 1, connectWaitMs: 50 });
    const holder = await db.pool.connect();
    expect(await faultOf(db.pool.query('select 1'))).toMatchObject({ code: 'storage-down' });
    holder.release();
    expect((await db.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  },

  'says of a refused row which rule it broke, and nothing of what was in it': async (connection) => {
    const db = open(connection);
    await db.pool.query('create table person (mail text primary key, age int check (age > 0))');
    await db.pool.query("insert into person values ('zoe@example.org', 70417)");
    const faults = [
      await faultOf(db.pool.query("insert into person values ('zoe@example.org', 70418)")),
      await faultOf(db.pool.query("insert into person values ('yan@example.org', -70418)")),
      await faultOf(db.pool.query('insert into person values ($1, $2)', ['a', 'zoe@example.org'])),
    ];
    expect(faults.map((fault) => fault.code)).toEqual(['bug', 'bug', 'bug']);
    expect(faults[0]?.message).toMatch(/SQLSTATE 23505.*table person.*constraint person_pkey/);
    for (const fault of faults) expect(inspect(fault, { depth: 9 })).not.toMatch(/example\.org|7041/);
  },

  'goes on after its connections were cut, with one storage-down for each query under way': async (
    connection,
  ) => {
    const db = open(connection);
    const idle = await Promise.all([1, 2, 3].map(() => db.pool.connect()));
    for (const client of idle) client.release();
    const busy = db.pool.query('select pg_sleep(20)');
    const cutter = open(connection, { applicationName: 'cutter' });
    const cut = async (): Promise<number> => {
      const { rowCount } = await cutter.pool.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'casebound' and datname = current_database()",
      );
      return rowCount ?? 0;
    };
    const [fault, cutConnections] = await Promise.all([faultOf(busy), cut()]);
    expect(fault).toMatchObject({ code: 'storage-down' });
    // Each cut connection may reach us late and fail one query more, never two.
    for (let query = 0; query < cutConnections; query += 1) {
      const outcome = await db.pool.query('select 1').then(() => undefined, asDatabaseFault);
      if (outcome) expect(outcome).toMatchObject({ code: 'storage-down' });
    }
    expect((await db.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  },

  'survives a cut while a transaction sits idle': async (connection) => {
    const db = open(connection, { idleTransactionMs: 30 });
    const fault = await faultOf(
      db.kysely.transaction().execute(async (transaction) => {
        await sql`select 1`.execute(transaction);
        await new Promise((resolve) => setTimeout(resolve, 300));
        await sql`select 1`.execute(transaction);
      }),
    );
    expect(fault).toMatchObject({ code: 'storage-down' });
    expect((await db.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  },

  'keeps a committed transaction and nothing of a broken one': async (connection) => {
    const db = open(connection);
    await db.pool.query('create table kept (x int)');
    await db.kysely
      .transaction()
      .execute((transaction) => sql`insert into kept values (1)`.execute(transaction));
    await expect(
      db.kysely.transaction().execute(async (transaction) => {
        await sql`insert into kept values (2)`.execute(transaction);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    expect((await db.pool.query('select x from kept')).rows).toEqual([{ x: 1 }]);
  },

  'prints no password': async (connection) => {
    const db = open(connection);
    await db.pool.query('select 1');
    const secrets = connection.kind === 'url' ? [/:\/\/\w+:\w+@/, /password: '\w/] : [];
    const printed = inspect([db, connection], { depth: 12 }) + JSON.stringify(connection);
    for (const secret of secrets) expect(printed).not.toMatch(secret);
  },

  'takes the whole schema, from two processes at once': async (connection) => {
    const now = instantOf(Date.UTC(2026, 10, 23));
    const both = await Promise.all([
      openCaseboundDatabase(connection, now),
      openCaseboundDatabase(connection, now),
    ]);
    for (const db of both) onTestFinished(() => db.close());
    expect(await both[0].kysely.selectFrom('ledger_head').selectAll().execute()).toEqual([
      { one: true, size: 0 },
    ]);
  },
};
