import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freshDatabase } from '../../../../test/support/fresh-database.ts';
import { projectDir } from '../../../../test/support/run-program.ts';
import { temporaryDirectory } from '../../../../test/support/temporary-directory.ts';
import { openCheckpoint } from '../../../analysis/tlog/checkpoint/checkpoint.ts';
import { readVerifierKey } from '../../../analysis/tlog/note/verifier-key.ts';
import { exposePlaintext } from '../../../model/plain.ts';
import { systemChance } from '../../../platform/chance/system-chance.ts';
import {
  beginKeyChange,
  endKeyChange,
  findKeyChange,
  openLogKey,
} from '../../../records/ledger/publish/log-key.ts';

describe('changing the log’s key', { timeout: 120_000 }, () => {
  it('has both keys sign for a time, then the new one alone, under the same name', async () => {
    const folder = temporaryDirectory();
    const { connection, db, drop } = await freshDatabase();
    onTestFinished(drop);
    const url =
      connection.kind === 'url'
        ? exposePlaintext(connection.url)
        : `postgresql://${connection.user}@localhost/${connection.database}?host=${encodeURIComponent(connection.directory)}`;
    const casebound = (...words: string[]) => {
      const env = {
        ...process.env,
        DATABASE_URL: url,
        NODE_COMPILE_CACHE: join(projectDir, 'node_modules', '.cache', 'compiled'),
        CASEBOUND_LEDGER_ORIGIN: 'ledger.example/acme/2026',
      };
      const main = join(projectDir, 'src/interfaces/cli/main.ts');
      return spawnSync(process.execPath, [main, ...words], { cwd: folder, env, encoding: 'utf8' });
    };
    const trusts = (vkey: string): boolean => {
      try {
        return openCheckpoint(readFileSync(join(folder, 'out/checkpoint')), readVerifierKey(vkey)).size > 0;
      } catch {
        return false;
      }
    };
    expect(casebound('ledger', 'rotate', '--finish')).toMatchObject({ status: 2 });
    const begun = JSON.parse(casebound('ledger', 'rotate', '--json').stdout);
    expect(begun).toMatchObject({ state: 'both', origin: 'ledger.example/acme/2026' });
    // Nothing is signed by the new key yet: whoever has only that one could read nothing.
    expect(casebound('ledger', 'rotate', '--finish')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/no checkpoint carries/),
    });
    expect(casebound('ledger', 'export', '--out', 'out').status).toBe(0);
    expect([trusts(begun.from), trusts(begun.to)]).toEqual([true, true]);
    const finished = JSON.parse(casebound('ledger', 'rotate', '--finish', '--json').stdout);
    expect(finished).toMatchObject({ from: begun.from, to: begun.to, state: 'changed' });
    expect(casebound('ledger', 'export', '--out', 'out').status).toBe(0);
    expect([trusts(begun.from), trusts(begun.to)]).toEqual([false, true]);
    expect(casebound('ledger', 'audit').status).toBe(0);
    const { rows } = await db.pool.query("select count(*) as count from entry where kind = 'key/v1'");
    expect(rows).toEqual([{ count: 2 }]);
  });

  it('is begun once, and ended by the next start when a kill comes between its two last steps', async () => {
    const { db, drop } = await freshDatabase();
    onTestFinished(drop);
    const file = join(temporaryDirectory(), 'log-key');
    const options = { file, chance: systemChance, origin: 'ledger.example/acme', year: 2026 };
    await expect(findKeyChange(db, options)).rejects.toMatchObject({ code: 'unprocessable' });
    const [first, again] = [await beginKeyChange(db, options), await beginKeyChange(db, options)];
    expect([first.begun, again.begun]).toEqual([true, false]);
    expect(again.to.verifierKey).toEqual(first.to.verifierKey);
    // As if killed after the old key was destroyed and before the new one took its place.
    renameSync(file, `${file}.gone`);
    const key = await openLogKey(db, options);
    expect([key.verifierKey, key.also, existsSync(`${file}.next`)]).toEqual([
      first.to.verifierKey,
      undefined,
      false,
    ]);
    const change = await beginKeyChange(db, options);
    await endKeyChange(options);
    expect((await openLogKey(db, options)).verifierKey).toEqual(change.to.verifierKey);
  });
});
