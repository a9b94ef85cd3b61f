import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ErasureGround } from '../test/support/erasure-ground.ts';
import { freshDatabase } from '../test/support/fresh-database.ts';
import { temporaryDirectory } from '../test/support/temporary-directory.ts';
import { type JobParts, jobsOf } from './jobs.ts';
import { systemChance } from './platform/chance/system-chance.ts';
import { openKeyRingFile } from './platform/keys/key-ring-file.ts';
import { openLog } from './published-log.ts';
import { readStorageSettings } from './settings.ts';

describe('the work that repeats', () => {
  it('is all done on a healthy installation, and a damaged log rings', async () => {
    const { db, drop } = await freshDatabase();
    onTestFinished(drop);
    const dataDir = temporaryDirectory();
    const file = join(dataDir, 'keys', 'key-ring');
    const keys = await openKeyRingFile({ file, chance: systemChance, neededKeyIds: [] });
    const ground = new ErasureGround(db, keys);
    await ground.look(await ground.customer(), (await ground.person('agent')).agentId, 3);
    const settings = readStorageSettings({ dataDir }, { CASEBOUND_LEDGER_ORIGIN: 'ledger.example/jobs' });
    const log = await openLog(db, settings);
    await log.publisher.step();
    await log.publisher.close();
    const rung: string[] = [];
    const outbox = { send: async (id: string) => rung.push(id) > 0 } as unknown as JobParts['outbox'];
    const shared = { db, keys, settings, outbox, log: pino({ level: 'silent' }) };
    const jobs = jobsOf({ ...shared, ledger: ground.ledger, agentSealer: ground.agentSealer });
    const stop = new AbortController().signal;
    const told = new Map<string, string>();
    for (const job of jobs) told.set(job.name, await job.run(stop));
    expect([...told]).toEqual([
      ['erasures', '0 to be carried on'],
      ['retention', 'nothing was due'],
      ['rewrap', 'done: 2 keys'],
      ['ledger-audit', expect.stringMatching(/^\d entries of ledger\.example\/jobs check out$/)],
      ['ledger-year', 'nothing to begin'],
    ]);
    expect(new Set(jobs.map(({ lock }) => lock)).size).toBe(jobs.length);
    expect(rung).toEqual([]);
    const bundle = join(dataDir, 'log', 'ledger.example_jobs', 'tile', 'entries', '000.p', '4');
    writeFileSync(bundle, 'flipped');
    await expect(jobs.find(({ name }) => name === 'ledger-audit')?.run(stop)).rejects.toMatchObject({
      code: 'not-verified',
    });
    expect(rung).toHaveLength(1);
    const { rows } = await db.pool.query("select reasons from alert where kind = 'ledger-audit'");
    expect(rows[0].reasons[1]).toMatch(/tile\/entries\/000/);
  });
});
