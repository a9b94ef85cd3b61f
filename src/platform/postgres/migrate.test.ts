import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { emptyDatabase } from '../../../test/support/fresh-database.ts';
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { exposePlaintext, plain } from '../../model/plain.ts';
import type { DatabaseConnection } from './database-connection.ts';
import { judgeMigrations, migrate } from './migrate.ts';
import { openDatabase } from './open-database.ts';

const made = async (): Promise<DatabaseConnection> => {
  const { connection, drop } = await emptyDatabase();
  onTestFinished(drop);
  return connection;
};

const folderOf = (files: Readonly<Record<string, string>>): string => {
  const folder = temporaryDirectory();
  for (const [name, sql] of Object.entries(files)) writeFileSync(join(folder, name), sql);
  return folder;
};

const two = {
  '0001-first.sql': 'create table a (x int);\ninsert into a values (1);\ncreate schema s;',
  '0002-second.sql': 'alter table a add column y int; create table s.b (z int);',
};

const ask = async (connection: DatabaseConnection, text: string): Promise<unknown[]> => {
  const db = openDatabase(connection);
  try {
    return (await db.pool.query(text)).rows;
  } finally {
    await db.close();
  }
};

describe('migrating', () => {
  it('applies each file once, in order, many statements and all', async () => {
    const connection = await made();
    const folder = folderOf(two);
    expect(await migrate(connection, folder)).toEqual({ applied: ['0001-first.sql', '0002-second.sql'] });
    expect(await migrate(connection, folder)).toEqual({ applied: [] });
    expect(await ask(connection, 'select x, y from a')).toEqual([{ x: 1, y: null }]);
  });

  it('is done once when many processes do it at the same time', async () => {
    const connection = await made();
    const folder = folderOf(two);
    const runs = await Promise.all([1, 2, 3, 4].map(() => migrate(connection, folder)));
    expect(runs.flatMap((run) => run.applied).toSorted()).toEqual(['0001-first.sql', '0002-second.sql']);
    expect(await ask(connection, 'select count(*) as count from a')).toEqual([{ count: 1 }]);
  });

  it('leaves nothing of a file that fails, names it, and goes on there the next time', async () => {
    const connection = await made();
    const folder = folderOf({
      ...two,
      '0003-third.sql': "create table c (x int); insert into c values ('Zoe Ray');",
    });
    const failed = await migrate(connection, folder).catch((thrown: unknown) => thrown);
    expect(failed).toMatchObject({
      code: 'storage-unusable',
      message: expect.stringMatching(/^0003-third\.sql could not be applied: .*SQLSTATE 22P02/),
    });
    expect(String(failed)).not.toContain('Zoe');
    expect(await ask(connection, "select to_regclass('c') as c")).toEqual([{ c: null }]);
    writeFileSync(join(folder, '0003-third.sql'), 'create table c (x int)');
    expect(await migrate(connection, folder)).toEqual({ applied: ['0003-third.sql'] });
  });

  it('refuses a file that was changed after it was applied', async () => {
    const connection = await made();
    const folder = folderOf(two);
    await migrate(connection, folder);
    writeFileSync(join(folder, '0001-first.sql'), 'create table a (x bigint);');
    await expect(migrate(connection, folder)).rejects.toMatchObject({
      code: 'storage-unusable',
      message: expect.stringContaining('0001-first.sql was changed after it was applied'),
    });
  });

  it('takes a file with other line ends for the same', async () => {
    const connection = await made();
    await migrate(connection, folderOf(two));
    const crlf = { ...two, '0001-first.sql': two['0001-first.sql'].replaceAll('\n', '\r\n') };
    expect(await migrate(connection, folderOf(crlf))).toEqual({ applied: [] });
  });

  it.each([
    ['first.sql', 'name migrations 0001-words.sql'],
    ['0002-twin.sql', 'each number once'],
  ])('refuses a folder with a file named %s', async (name, text) => {
    await expect(migrate(await made(), folderOf({ ...two, [name]: 'select 1' }))).rejects.toMatchObject({
      code: 'storage-unusable',
      message: expect.stringContaining(text),
    });
  });

  it('says that the database cannot be reached without saying the password', async () => {
    const url = plain('postgres://ann:s3cret@127.0.0.1:1/casebound');
    const fault = await migrate({ kind: 'url', url }, folderOf(two)).catch((thrown: unknown) => thrown);
    expect(fault).toMatchObject({ code: 'storage-down' });
    expect(JSON.stringify(fault) + String(fault)).not.toContain('s3cret');
    expect(exposePlaintext(url)).toContain('s3cret');
  });
});

describe('judging what is left to apply', () => {
  const known = ['0001-a.sql', '0002-b.sql', '0003-c.sql'].map((name) => ({ name, sha256: name }));
  const named = (...names: string[]) => names.map((name) => ({ name, sha256: name }));

  it('is what follows the applied ones', () => {
    expect(judgeMigrations(known, named('0001-a.sql'))).toEqual(known.slice(1));
    expect(judgeMigrations(known, named())).toEqual(known);
  });

  it('refuses a database that is newer than the program', () => {
    expect(() => judgeMigrations(known, [...known, ...named('0004-d.sql')])).toThrow(
      'the database is newer than this program (0004-d.sql was applied)',
    );
  });

  it('refuses an applied file that is missing', () => {
    expect(() => judgeMigrations(known, named('0001-a.sql', '0002-gone.sql'))).toThrow(
      '0002-gone.sql was applied but its file is missing',
    );
  });

  it('refuses a file slipped in before applied ones', () => {
    expect(() => judgeMigrations(known, named('0001-a.sql', '0003-c.sql'))).toThrow(
      '0002-b.sql comes before 0003-c.sql, which was applied already',
    );
  });
});
