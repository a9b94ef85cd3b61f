import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freshDatabase } from '../../../../test/support/fresh-database.ts';
import { projectDir } from '../../../../test/support/run-program.ts';
import { temporaryDirectory } from '../../../../test/support/temporary-directory.ts';
import { startWitnessProcess } from '../../../../test/support/witness-process.ts';
import { instantOf } from '../../../model/instant.ts';
import { exposePlaintext } from '../../../model/plain.ts';
import { systemChance } from '../../../platform/chance/system-chance.ts';
import { PostgresLedger } from '../../../records/ledger/postgres-ledger.ts';

const main = join(import.meta.dirname, '..', 'main.ts');
const verifier = join(projectDir, 'verifier', 'verify.js');

describe('casebound with witnesses', { timeout: 120_000 }, () => {
  it('publishes, exports, proves and bundles under a quorum of witnesses that run by themselves', async () => {
    const folder = temporaryDirectory();
    const { connection, db, drop } = await freshDatabase();
    onTestFinished(drop);
    const url =
      connection.kind === 'url'
        ? exposePlaintext(connection.url)
        : `postgresql://${connection.user}@localhost/${connection.database}?host=${encodeURIComponent(connection.directory)}`;
    const env = {
      ...process.env,
      DATABASE_URL: url,
      CASEBOUND_LEDGER_ORIGIN: 'ledger.example/acme/2026',
      NODE_COMPILE_CACHE: join(projectDir, 'node_modules', '.cache', 'compiled'),
    };
    const run = (...words: string[]) =>
      spawnSync(process.execPath, words, { cwd: folder, env, encoding: 'utf8' });
    const ledger = new PostgresLedger({ db, chance: systemChance, onCommitted: () => undefined });
    const append = (count: number) =>
      Promise.all(
        Array.from({ length: count }, () =>
          ledger.append({ kind: 'config/v1', at: instantOf(1_790_000_000_000) }),
        ),
      );
    await append(3);
    const key = /^key (.+)$/m.exec(run(main, 'ledger', 'export', '--out', 'first').stdout)?.[1] ?? '';
    const witnesses = await Promise.all(
      ['w1.example', 'w2.example'].map((name) =>
        startWitnessProcess(join(folder, name), ['--log', key, '--name', name]),
      ),
    );
    onTestFinished(() => {
      for (const { child } of witnesses) child.kill('SIGKILL');
    });
    const lines = witnesses.map(({ url: at, vkey }, index) => `witness w${index} ${vkey} ${at}`);
    const policy = `log ${key}\n${lines.join('\n')}\ngroup both all w0 w1\nquorum both\n`;
    mkdirSync(join(folder, 'data'), { recursive: true });
    writeFileSync(join(folder, 'data', 'ledger-policy'), policy);
    await append(300);
    expect(run(main, 'ledger', 'export', '--out', 'out')).toMatchObject({ status: 0 });
    const verify = ['ledger', 'out', '--policy', 'data/ledger-policy', '--held', 'first/checkpoint'];
    expect(run(main, 'ledger', 'verify', 'out', '--policy', 'data/ledger-policy')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^verified: 303 entries.*\n?.*w0.*w1/),
    });
    // The first checkpoint was never cosigned: under this policy it vouches for nothing.
    expect(run(verifier, ...verify)).toMatchObject({ status: 1, stdout: expect.stringMatching(/quorum/) });
    expect(run(main, 'ledger', 'prove', '300', '--out', 'proofs').status).toBe(0);
    const proof = ['proof', 'proofs/300.tlog-proof', '--entry', 'proofs/300.bin'];
    expect(run(verifier, ...proof, '--policy', 'data/ledger-policy').status).toBe(0);
    const bundled = run(main, 'ledger', 'bundle', '--entries', '10-19', '--out', 'b.zip', '--json');
    expect(JSON.parse(bundled.stdout)).toMatchObject({ entries: 10, size: 304, export: 303 });
    const checked = run(verifier, 'bundle', 'b.zip', '--policy', 'data/ledger-policy', '--json');
    expect(JSON.parse(checked.stdout)).toMatchObject({
      verified: true,
      complete: 'every entry from 10 to 19',
      cosigners: [{ name: 'w0' }, { name: 'w1' }],
    });
    for (const words of [
      ['--out', 'x.zip'],
      ['--entries', '1-2'],
      ['--entries', '1-2', '--customer', 'x', '--out', 'x.zip'],
      ['--entries', '1', '--out', 'x.zip'],
      ['--customer', 'nobody', '--out', 'x.zip'],
      ['--from', 'yesterday', '--out', 'x.zip'],
      ['--entries', '1-2', '--show', 'everything', '--out', 'x.zip'],
    ]) {
      const { status, stderr, stdout } = run(main, 'ledger', 'bundle', ...words);
      expect([words, status, stdout, stderr.trimEnd().split('\n').length]).toEqual([words, 2, '', 1]);
    }
    const [first] = witnesses;
    first?.child.kill('SIGKILL');
    await append(2);
    expect(run(main, 'ledger', 'export', '--out', 'out')).toMatchObject({
      status: 69,
      stderr: expect.stringMatching(/1 of 2 witnesses answer.*nothing is signed.*take it out of the policy/s),
    });
    expect(run(main, 'witness', '--data', 'w3', '--port', '0')).toMatchObject({ status: 2 });
    expect(run(main, 'witness', '--data', 'w3', '--log', 'x', '--port', '0')).toMatchObject({ status: 2 });
  });
});
