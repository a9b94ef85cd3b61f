import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import { Fault } from '../../model/fault.ts';
import { SimulatedClock } from '../../platform/clock/simulated-clock.ts';
import type { Job } from './job.ts';
import { JobKeeper } from './job-keeper.ts';
import { jobRuns } from './job-runs.ts';

let fresh: FreshDatabase;
let clock: SimulatedClock;
let failed: string[];
let number = 0;
beforeAll(async () => {
  fresh = await freshDatabase();
});
beforeEach(() => {
  clock = new SimulatedClock();
  failed = [];
  number += 1;
});
afterAll(() => fresh.drop());

const jobOf = (run: Job['run'], changes: Partial<Job> = {}): Job => ({
  name: `job-${number}`,
  lock: 1_000 + number,
  everyMs: 1_000,
  retryMs: 100,
  firstAfterMs: 0,
  run,
  ...changes,
});
const keeperOf = (...jobs: Job[]): JobKeeper =>
  new JobKeeper({
    db: fresh.db,
    clock,
    jobs,
    onFailed: (job, { message }) => void failed.push(`${job} ${message}`),
  });
const lastRun = async () => (await jobRuns(fresh.db).list()).find(({ job }) => job === `job-${number}`);

describe('work that repeats', () => {
  it('is done when it is due and not before, whichever process was last', async () => {
    const done: number[] = [];
    const job = jobOf(async () => `done ${done.push(1)}`, { firstAfterMs: 500 });
    await keeperOf(job).turn();
    clock.advance(499);
    await keeperOf(job).turn();
    expect(done.length).toBe(0);
    clock.advance(1);
    await keeperOf(job).turn();
    clock.advance(999);
    await keeperOf(job).turn();
    expect([done.length, await lastRun()]).toMatchObject([1, { outcome: 'done', told: 'done 1' }]);
    clock.advance(1);
    await keeperOf(job).turn();
    expect(done.length).toBe(2);
  });

  it('is done by one of several gateways', async () => {
    let [running, most, count] = [0, 0, 0];
    const job = jobOf(
      async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 30));
        running -= 1;
        count += 1;
        return '';
      },
      { retryMs: 0 },
    );
    // Each of them finds it due, and begun by nobody alive.
    await Promise.all(Array.from({ length: 5 }, () => keeperOf(job).turn()));
    expect([most, count]).toEqual([1, 1]);
  });

  it('that fails is told of and tried again soon, and does not keep the next job from its turn', async () => {
    const others: number[] = [];
    const job = jobOf(() => Promise.reject(new Fault('not-verified', 'tile/0/000: flipped')));
    const keeper = keeperOf(
      job,
      jobOf(async () => `${others.push(1)}`, { name: `other-${number}`, lock: 2_000 + number }),
    );
    await keeper.turn();
    expect(failed).toEqual([`job-${number} tile/0/000: flipped`]);
    expect(await lastRun()).toMatchObject({
      outcome: 'failed',
      told: expect.stringMatching(/^not-verified: /),
    });
    clock.advance(100);
    await keeper.turn();
    expect([failed.length, others.length]).toEqual([2, 1]);
  });

  it('over which a process died is tried again', async () => {
    const done: number[] = [];
    const job = jobOf(async () => `${done.push(1)}`);
    const runs = jobRuns(fresh.db);
    await runs.find(job.name, clock.now());
    await runs.start(job.name, clock.now());
    await keeperOf(job).turn();
    expect(done.length).toBe(0);
    clock.advance(100);
    await keeperOf(job).turn();
    expect(done.length).toBe(1);
  });

  it('stops when the process does, and counts as not done', async () => {
    const job = jobOf(
      (stop) => new Promise((resolve) => stop.addEventListener('abort', () => resolve('cut'))),
    );
    const keeper = keeperOf(job);
    const turn = keeper.turn();
    while ((await lastRun())?.startedAt === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    await keeper.close();
    await turn;
    expect(await lastRun()).toMatchObject({ outcome: 'failed', told: 'cut' });
  });
});
