import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freshDatabase } from '../../../../test/support/fresh-database.ts';
import { projectDir } from '../../../../test/support/run-program.ts';
import { temporaryDirectory } from '../../../../test/support/temporary-directory.ts';
import { exposePlaintext } from '../../../model/plain.ts';
import type { DatabaseConnection } from '../../../platform/postgres/database-connection.ts';

const main = join(import.meta.dirname, '..', 'main.ts');

const urlOf = (connection: DatabaseConnection): string =>
  connection.kind === 'url'
    ? exposePlaintext(connection.url)
    : `postgresql://${connection.user}@localhost/${connection.database}?host=${encodeURIComponent(connection.directory)}`;

/** A folder of files and a database of its own, and the real command line to bring the ones into the other. */
const installation = async () => {
  const folder = temporaryDirectory();
  const { connection, drop } = await freshDatabase();
  onTestFinished(drop);
  return {
    path: (name: string): string => join(folder, name),
    write: (name: string, ...lines: string[]): void =>
      writeFileSync(join(folder, name), `${lines.join('\n')}\n`),
    casebound: (...words: string[]) => {
      const cache = join(projectDir, 'node_modules', '.cache', 'compiled');
      const env = { ...process.env, DATABASE_URL: urlOf(connection), NODE_COMPILE_CACHE: cache };
      const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], {
        cwd: folder,
        env,
        encoding: 'utf8',
      });
      return { status, stdout, stderr };
    },
  };
};

describe('casebound import customers', { timeout: 120_000 }, () => {
  it('keeps the good rows, lists the others, and names the columns it does not store', async () => {
    const { path, write, casebound } = await installation();
    write('all.csv', 'ref,name,pin', 'u1,Ann Lee,1234', 'u2,Bob Roe,9999', ',Nobody,1');
    expect(casebound('import', 'customers', 'all.csv')).toEqual({
      status: 1,
      stdout: '2 customers kept, 2 of them new\n1 row not kept: see all.csv.rejects.ndjson\n',
      stderr: expect.stringMatching(/^100 %: .*\nnot stored, because not in the field catalogue: pin\n$/),
    });
    const rejects = readFileSync(path('all.csv.rejects.ndjson'), 'utf8');
    expect(JSON.parse(rejects)).toMatchObject({ line: 4, field: 'ref' });
    expect(rejects).not.toContain('Nobody');
  });

  it('has nothing against a file in which everything is right, twice', async () => {
    const { write, casebound } = await installation();
    write('all.csv', 'ref,name', 'u1,Ann Lee');
    for (const customersNew of [1, 0]) {
      const { status, stdout } = casebound('import', 'customers', 'all.csv', '--json');
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        ended: 'whole',
        rows_kept: 1,
        customers_new: customersNew,
        rows_bad: 0,
      });
    }
  });

  it('says in one line that a file is not there or cannot be used', async () => {
    const { write, casebound } = await installation();
    write('odd.csv', 'name', 'Ann Lee');
    const missing = casebound('import', 'customers', 'none.csv');
    expect(missing).toMatchObject({ status: 2, stdout: '' });
    expect(missing.stderr).toBe(
      'casebound: none.csv cannot be read (ENOENT): check the path and its permissions\n',
    );
    const odd = casebound('import', 'customers', 'odd.csv');
    expect(odd).toMatchObject({ status: 2, stdout: '' });
    expect(odd.stderr).toMatch(/^casebound: odd\.csv line 1: the header names no column "ref".*\n$/);
  });
});

describe('casebound import cases', { timeout: 120_000 }, () => {
  it('keeps the good rows once, and lists the others', async () => {
    const { path, write, casebound } = await installation();
    write(
      'cases.csv',
      'at,case,change,agent,customer',
      '2026-11-01T10:00:00Z,c1,opened,ann,u1',
      '2026-11-01T10:00:01Z,c1,exploded,ann,u1',
    );
    const first = casebound('import', 'cases', 'cases.csv', '--rejects', 'bad.ndjson');
    expect(first).toMatchObject({
      status: 1,
      stdout: '1 change new, 0 known before\n1 row not kept: see bad.ndjson\n',
    });
    expect(JSON.parse(readFileSync(path('bad.ndjson'), 'utf8'))).toMatchObject({ line: 3 });
    const again = casebound('import', 'cases', 'cases.csv', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ rows_new: 0, rows_repeated: 1, rows_bad: 1 });
  });
});

describe('casebound import directory', { timeout: 120_000 }, () => {
  const agent = (role: string): string =>
    JSON.stringify({ entry: 'agent', ref: 'ann', name: 'Ann Lee', role, subject: 'ann' });

  it('keeps all of a file that is right', async () => {
    const { write, casebound } = await installation();
    write('all.ndjson', JSON.stringify({ entry: 'organisation', name: 'Acme' }), agent('analyst'));
    expect(casebound('import', 'directory', 'all.ndjson')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('agents: 1 added, 0 changed\n'),
      stderr: expect.stringContaining('role of ann: new, now analyst\n'),
    });
    expect(casebound('import', 'directory', 'all.ndjson')).toMatchObject({
      status: 0,
      stdout: 'nothing changed\n',
    });
  });

  it('keeps nothing of a file with something wrong, and says where', async () => {
    const { path, write, casebound } = await installation();
    write('all.ndjson', JSON.stringify({ entry: 'organisation', name: 'Acme' }), agent('king'));
    const { status, stdout, stderr } = casebound('import', 'directory', 'all.ndjson');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^casebound: all\.ndjson, line 2: .*role[\s\S]*\ncasebound: nothing was kept\n$/);
    expect(existsSync(path('all.ndjson.rejects.ndjson'))).toBe(false);
  });
});
