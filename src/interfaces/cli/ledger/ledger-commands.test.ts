import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freshDatabase } from '../../../../test/support/fresh-database.ts';
import { projectDir } from '../../../../test/support/run-program.ts';
import { temporaryDirectory } from '../../../../test/support/temporary-directory.ts';
import { instantOf } from '../../../model/instant.ts';
import { exposePlaintext } from '../../../model/plain.ts';
import { systemChance } from '../../../platform/chance/system-chance.ts';
import type { DatabaseConnection } from '../../../platform/postgres/database-connection.ts';
import { PostgresLedger } from '../../../records/ledger/postgres-ledger.ts';

const main = join(import.meta.dirname, '..', 'main.ts');
const verifier = join(projectDir, 'verifier', 'verify.js');

const urlOf = (connection: DatabaseConnection): string =>
  connection.kind === 'url'
    ? exposePlaintext(connection.url)
    : `postgresql://${connection.user}@localhost/${connection.database}?host=${encodeURIComponent(connection.directory)}`;

/** A data folder and a database with some entries, and the real command line on both. */
const installation = async () => {
  const folder = temporaryDirectory();
  const { connection, db, drop } = await freshDatabase();
  onTestFinished(drop);
  const ledger = new PostgresLedger({ db, chance: systemChance, onCommitted: () => {} });
  const run = (words: readonly string[], more: Record<string, string> = {}) => {
    const cache = join(projectDir, 'node_modules', '.cache', 'compiled');
    const env = {
      ...process.env,
      DATABASE_URL: urlOf(connection),
      NODE_COMPILE_CACHE: cache,
      CASEBOUND_LEDGER_ORIGIN: 'ledger.example/acme/2026',
      ...more,
    };
    const { status, stdout, stderr } = spawnSync(process.execPath, [...words], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };
  return {
    db,
    path: (name: string): string => join(folder, name),
    run,
    casebound: (...words: string[]) => run([main, ...words]),
    append: (count: number) =>
      Promise.all(
        Array.from({ length: count }, () =>
          ledger.append({ kind: 'config/v1', at: instantOf(1_790_000_000_000) }),
        ),
      ),
  };
};
const keyIn = (stdout: string): string => /^key (.+)$/m.exec(stdout)?.[1] ?? '';

describe('casebound ledger', { timeout: 120_000 }, () => {
  it('exports a log that it and the independent verifier accept, again and again, and against older checkpoints', async () => {
    const { append, casebound, path, run } = await installation();
    await append(300);
    const first = casebound('ledger', 'export', '--out', 'out');
    expect(first).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^300 entries of ledger\.example\/acme\/2026 in out\n/),
    });
    const key = keyIn(first.stdout);
    writeFileSync(path('held'), readFileSync(path('out/checkpoint')));
    await append(300);
    expect(casebound('ledger', 'export', '--out', 'out').status).toBe(0);
    expect(casebound('ledger', 'verify', 'out', '--key', key, '--held', 'held')).toMatchObject({
      status: 0,
      stdout: 'verified: 600 entries of ledger.example/acme/2026\n',
    });
    expect(run([verifier, 'ledger', 'out', '--key', key, '--held', 'held', '--json'])).toMatchObject({
      status: 0,
    });
    expect(casebound('ledger', 'audit', '--json').stdout).toMatch(/"verified":true.*"size":600/);
  });

  it('proves an entry to the independent verifier', async () => {
    const { append, casebound, run } = await installation();
    await append(20);
    const proved = casebound('ledger', 'prove', '17', '--out', 'proofs');
    expect(proved.status).toBe(0);
    const checked = run([
      verifier,
      'proof',
      'proofs/17.tlog-proof',
      '--entry',
      'proofs/17.bin',
      '--key',
      keyIn(proved.stdout),
    ]);
    expect(checked).toMatchObject({ status: 0, stdout: expect.stringMatching(/^verified\nindex: 17\n/) });
    expect(casebound('ledger', 'prove', '20', '--out', 'proofs')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/no published entry 20: the checkpoint has 20 entries/),
    });
  });

  it('answers no, with the place, for a changed file, another key, a rewritten database', async () => {
    const { append, casebound, db, path } = await installation();
    await append(300);
    const key = keyIn(casebound('ledger', 'export', '--out', 'out').stdout);
    const bytes = readFileSync(path('out/tile/0/001.p/44'));
    bytes[33] = (bytes[33] ?? 0) ^ 1;
    writeFileSync(path('out/tile/0/001.p/44'), bytes);
    expect(casebound('ledger', 'verify', 'out', '--key', key)).toMatchObject({
      status: 1,
      stdout: 'NOT VERIFIED: tile/0/001.p/44, hash 1: does not fit entry 257\n',
    });
    const other = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
    expect(casebound('ledger', 'verify', 'out', '--key', other)).toMatchObject({ status: 1 });
    await db.pool.query(
      `update entry set (bytes, leaf_hash) = (select bytes, leaf_hash from entry where seq = 2) where seq = 1`,
    );
    expect(casebound('ledger', 'audit')).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^NOT VERIFIED: tile\/0\/000: the database has other entries/),
    });
  });

  it('tells wrong use in one line with status 2', async () => {
    const { casebound, path } = await installation();
    mkdirSync(path('empty'));
    const key = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
    for (const words of [
      ['export'],
      ['export', '--out', 'out'],
      ['verify', 'empty'],
      ['verify', 'nowhere', '--key', key],
      ['verify', 'empty', '--policy', 'nowhere'],
      ['prove', '01', '--out', 'x'],
      ['prove', '1'],
      ['restart'],
    ]) {
      const { status, stdout, stderr } = casebound('ledger', ...words);
      expect([words, status, stdout]).toEqual([words, 2, '']);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    }
  });

  it('begins a new log under a new name when the key is lost, and keeps the old one’s name from ever coming back', async () => {
    const { append, casebound, path, run } = await installation();
    await append(5);
    expect(casebound('ledger', 'export', '--out', 'out').status).toBe(0);
    rmSync(path('data/keys/log-key'));
    expect(casebound('ledger', 'export', '--out', 'out')).toMatchObject({
      status: 69,
      stderr: expect.stringMatching(/log-key is missing.*restore it.*ledger restart/),
    });
    expect(casebound('ledger', 'restart', '--origin', 'ledger.example/acme/2026')).toMatchObject({
      status: 2,
    });
    const restarted = casebound('ledger', 'restart', '--origin', 'ledger.example/acme/2026b');
    expect(restarted.status).toBe(0);
    const named = { CASEBOUND_LEDGER_ORIGIN: 'ledger.example/acme/2026b' };
    expect(run([main, 'ledger', 'export', '--out', 'out'], named)).toMatchObject({ status: 2 });
    expect(run([main, 'ledger', 'export', '--out', 'out-b'], named)).toMatchObject({ status: 0 });
    expect(casebound('ledger', 'verify', 'out-b', '--key', keyIn(restarted.stdout))).toMatchObject({
      status: 0,
    });
    expect(casebound('ledger', 'export', '--out', 'out')).toMatchObject({
      status: 69,
      stderr: expect.stringMatching(/never changes its name/),
    });
  });
});
