import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeSignerKey } from '../../src/analysis/tlog/note/signer-key.ts';
import { formatVerifierKey } from '../../src/analysis/tlog/note/verifier-key.ts';
import { exposePlaintext, plain } from '../../src/model/plain.ts';
import type { DatabaseConnection } from '../../src/platform/postgres/database-connection.ts';
import { freshDatabase } from '../support/fresh-database.ts';
import { policyOfKey, readKey, verifyLog } from '../support/independent-verifier.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** CASEBOUND_KILLS=200 for the long run. */
const kills = Number(process.env['CASEBOUND_KILLS'] ?? 6);
const program = join(import.meta.dirname, '../support/publishing-child.ts');
const signer = makeSignerKey({ name: 'ledger.example/kill', type: 1, seed: plain(Buffer.alloc(32, 1)) });
const policy = policyOfKey(readKey(formatVerifierKey(signer.verifierKey)));

const urlOf = (connection: DatabaseConnection): string =>
  connection.kind === 'url'
    ? exposePlaintext(connection.url)
    : `postgresql://${connection.user}@localhost/${connection.database}?host=${encodeURIComponent(connection.directory)}`;

describe('two processes that record and publish, killed again and again', () => {
  it(
    `lose no acknowledged entry, sign one history, and leave a log that checks out (${kills} kills)`,
    async () => {
      const folder = join(temporaryDirectory(), 'log');
      const { connection, db, drop } = await freshDatabase();
      onTestFinished(drop);
      const children = new Set<ChildProcess>();
      onTestFinished(() => {
        for (const child of children) child.kill('SIGKILL');
      });
      let recorded = 0;
      let published = 0;
      const start = (): ChildProcess => {
        const env = { ...process.env, DATABASE_URL: urlOf(connection) };
        const child = spawn(process.execPath, [program, folder], { env, stdio: ['ignore', 'pipe', 'pipe'] });
        children.add(child);
        let text = '';
        child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
          for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
            const [word, size] = text.slice(0, end).split(' ');
            text = text.slice(end + 1);
            if (word === 'recorded') recorded = Math.max(recorded, Number(size));
            if (word === 'published') published = Math.max(published, Number(size));
          }
        });
        return child;
      };
      const readFile = async (path: string): Promise<Buffer | undefined> =>
        existsSync(join(folder, path)) ? readFileSync(join(folder, path)) : undefined;
      const held: Buffer[] = [];
      let pair = [start(), start()];
      for (let kill = 0; kill < kills; kill += 1) {
        const before = published;
        for (let waited = 0; published === before && waited < 60_000; waited += 10) await pause(10);
        expect(published).toBeGreaterThan(before);
        await pause(Math.random() * 120);
        const [victim, other] = kill % 2 === 0 ? pair : [...pair].reverse();
        // Now and then both at once, as when the machine goes down.
        for (const child of kill % 5 === 4 ? pair : [victim]) {
          child?.kill('SIGKILL');
          if (child) children.delete(child);
        }
        const checkpoint = await readFile('checkpoint');
        if (checkpoint) held.push(checkpoint);
        pair = kill % 5 === 4 ? [start(), start()] : [other ?? start(), start()];
      }
      for (const child of children) child.kill('SIGKILL');
      await pause(300);
      const { rows } = await db.pool.query<{ size: number; entries: number; last: number; forks: number }>(`
      select size, (select count(*) from entry) as entries, (select max(seq) + 1 from entry) as last,
        (select count(*) from (select size from ledger_checkpoint group by size having count(distinct root) > 1) f) as forks
      from ledger_head`);
      const [found] = rows;
      expect(found).toMatchObject({ entries: found?.size, last: found?.size, forks: 0 });
      expect(found?.size).toBeGreaterThanOrEqual(recorded);
      const { size } = await verifyLog(readFile, policy, { held });
      expect(size).toBeGreaterThanOrEqual(held.length > 0 ? 1 : 0);
      expect(size).toBeLessThanOrEqual(found?.size ?? 0);
    },
    60_000 + kills * 60_000,
  );
});
