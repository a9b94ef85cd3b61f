import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ErasureGround } from '../../../../test/support/erasure-ground.ts';
import { type FreshDatabase, freshDatabase } from '../../../../test/support/fresh-database.ts';
import { projectDir } from '../../../../test/support/run-program.ts';
import { temporaryDirectory } from '../../../../test/support/temporary-directory.ts';
import { exposePlaintext } from '../../../model/plain.ts';
import { systemChance } from '../../../platform/chance/system-chance.ts';
import { openKeyRingFile } from '../../../platform/keys/key-ring-file.ts';

/** A data folder and a database of one's own, and the real command line on both. */
const installation = async () => {
  const fresh = await freshDatabase();
  onTestFinished(fresh.drop);
  const folder = temporaryDirectory();
  const file = join(folder, 'data', 'keys', 'key-ring');
  const keys = await openKeyRingFile({ file, chance: systemChance, neededKeyIds: [] });
  return {
    ground: new ErasureGround(fresh.db, keys),
    path: (name: string): string => join(folder, name),
    casebound: (...words: string[]) => run({ fresh, folder }, words),
  };
};

const run = (
  { fresh: { connection }, folder }: { fresh: FreshDatabase; folder: string },
  words: readonly string[],
) => {
  const url =
    connection.kind === 'url'
      ? exposePlaintext(connection.url)
      : `postgresql://${connection.user}@localhost/${connection.database}?host=${encodeURIComponent(connection.directory)}`;
  const env = {
    ...process.env,
    DATABASE_URL: url,
    NODE_COMPILE_CACHE: join(projectDir, 'node_modules', '.cache', 'compiled'),
    CASEBOUND_LEDGER_ORIGIN: 'ledger.example/acme/2026',
  };
  const main = join(projectDir, 'src/interfaces/cli/main.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};

describe('casebound erase, hold, retention and keys', { timeout: 120_000 }, () => {
  it('erase a customer unless a hold stands, certify it, wrap all keys anew, and count what is past its time', async () => {
    const { casebound, ground, path } = await installation();
    const pia = await ground.person('responder');
    const rosa = await ground.customer('DESK-77');
    await ground.look(rosa, pia.agentId, 3);
    const by = ['--by', `ref-${pia.agentId}`];
    const reason = 'claim before the district court';
    const put = casebound('hold', 'put', '--customer', 'DESK-77', '--reason', reason, ...by, '--json');
    expect(put).toMatchObject({ status: 0, stderr: '' });
    const { hold } = JSON.parse(put.stdout);
    const erase = ['erase', 'customer', 'DESK-77', '--request', 'DSR-1', '--basis', 'objection', ...by];
    expect(casebound(...erase)).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^refused: A legal hold/),
    });
    expect(casebound('hold', 'list').stdout).toContain(`${hold} stands: customer ${rosa.id}`);
    await ground.db.pool.query("update hold set until_at = now() - interval '1 day'");
    const done = casebound(...erase, '--json');
    expect(done).toMatchObject({ status: 0, stderr: '' });
    expect(await ground.count('customer')).toBe(0);

    const key = /^key (.+)$/m.exec(casebound('ledger', 'export', '--out', 'log').stdout)?.[1] ?? '';
    const { erasure } = JSON.parse(done.stdout);
    expect(casebound('erase', 'certificate', erasure, '--out', 'rosa.json')).toMatchObject({ status: 0 });
    const verified = casebound('erase', 'verify', 'rosa.json', '--key', key);
    expect(verified).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^verified: request DSR-1, customer/),
    });
    const text = readFileSync(path('rosa.json'), 'utf8');
    expect(text).not.toContain(rosa.id);
    const forged = text.replace(/index (\d+)/, (_whole, index: string) => `index ${Number(index) + 1}`);
    writeFileSync(path('forged.json'), forged);
    expect(casebound('erase', 'verify', 'forged.json', '--key', key)).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^NOT VERIFIED: /),
    });

    await ground.customer();
    expect(casebound('keys', 'rewrap')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/keys wrapped anew; destroyed: kek_/),
    });
    expect(casebound('retention')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^disclosure {3}due 0, held 0$/m),
    });
  });

  it('tell wrong use in one line with status 2', async () => {
    const { casebound } = await installation();
    for (const words of [
      ['erase', 'customer', 'DESK-1'],
      ['erase', 'customer', 'NOBODY', '--request', 'R1', '--basis', 'objection', '--by', 'nobody'],
      ['erase', 'customer', 'DESK-1', '--request', 'R1', '--basis', 'because', '--by', 'x'],
      [
        'erase',
        'verify',
        'nowhere.json',
        '--key',
        'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
      ],
      ['hold', 'put', '--reason', 'claim before the court', '--by', 'x'],
      ['hold', 'lift', 'hld_1', '--reason', 'x', '--by', 'x'],
    ]) {
      const { status, stderr, stdout } = casebound(...words);
      expect([words, status, stdout]).toEqual([words, 2, '']);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    }
  });
});
