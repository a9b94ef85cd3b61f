import { type Fault, isFault } from '../../model/fault.ts';
import { type Instant, later } from '../../model/instant.ts';
import type { Clock } from '../../model/ports.ts';
import { lockClass } from '../../platform/postgres/advisory-locks.ts';
import { asDatabaseFault } from '../../platform/postgres/database-fault.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import type { Job, JobRun } from './job.ts';
import { type JobRuns, jobRuns } from './job-runs.ts';

/** When a job is to be done next. Pure. */
export const dueAt = (job: Job, { endedAt, knownSince, outcome, startedAt }: JobRun): Instant => {
  if (startedAt === undefined) return later(knownSince, job.firstAfterMs);
  // Whoever began it is at it still, and then holds the lock, or died over it.
  if (endedAt === undefined) return later(startedAt, job.retryMs);
  return outcome === 'done' ? later(startedAt, job.everyMs) : later(endedAt, job.retryMs);
};

/**
 * Does the work while no other process does the same: an advisory lock that ends with this process.
 * @returns undefined when another process has it
 */
export const withJobLock = async <T>(
  db: CaseboundDatabase,
  lock: number,
  work: () => Promise<T>,
): Promise<T | undefined> => {
  const client = await db.pool.connect().catch((thrown: unknown) => Promise.reject(asDatabaseFault(thrown)));
  try {
    const { rows } = await client
      .query<{ locked: boolean }>('select pg_try_advisory_lock($1, $2) as locked', [lockClass, lock])
      .catch((thrown: unknown) => Promise.reject(asDatabaseFault(thrown)));
    return rows[0]?.locked === true ? await work() : undefined;
  } finally {
    // Ending the session is what frees the lock.
    client.release(true);
  }
};

export interface JobKeeperPorts {
  readonly db: CaseboundDatabase;
  readonly clock: Clock;
  readonly jobs: readonly Job[];
  /** Told of each try that failed, for the operator's journal. */
  readonly onFailed: (job: string, fault: Fault) => void;
}

/**
 * Does each job when it is due: one at a time in this process, and each in one process at a time. When it was done
 * last stands in the database, so that it does not matter which of several gateways is up.
 */
export class JobKeeper {
  readonly #ports: JobKeeperPorts;
  readonly #runs: JobRuns;
  readonly #stop = new AbortController();
  #turning: Promise<void> | undefined;

  constructor(ports: JobKeeperPorts) {
    this.#ports = ports;
    this.#runs = jobRuns(ports.db);
  }

  /** Looks what is due and does it. Call it every few seconds; calls that overlap share one turn. Never throws. */
  turn(): Promise<void> {
    this.#turning ??= this.#turn().finally(() => {
      this.#turning = undefined;
    });
    return this.#turning;
  }

  /** Lets the job under way stop at its next step, and waits for it. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#turning;
  }

  async #turn(): Promise<void> {
    for (const job of this.#ports.jobs) {
      if (this.#stop.signal.aborted) return;
      try {
        if (await this.#isDue(job))
          await withJobLock(this.#ports.db, job.lock, async () => {
            // Another process may have done it between our look and our lock.
            if (await this.#isDue(job)) await this.#do(job);
          });
      } catch (thrown) {
        this.#ports.onFailed(job.name, asDatabaseFault(thrown));
      }
    }
  }

  async #isDue(job: Job): Promise<boolean> {
    const now = this.#ports.clock.now();
    return dueAt(job, await this.#runs.find(job.name, now)) <= now;
  }

  async #do(job: Job): Promise<void> {
    const { clock, onFailed } = this.#ports;
    await this.#runs.start(job.name, clock.now());
    try {
      const told = await job.run(this.#stop.signal);
      // Cut short it counts as not done: the next process goes on with it soon.
      const outcome = this.#stop.signal.aborted ? 'failed' : 'done';
      await this.#runs.end(job.name, clock.now(), { outcome, told });
    } catch (thrown) {
      const fault = asDatabaseFault(thrown);
      onFailed(job.name, fault);
      // Whoever reads this is no operator: the line for them is in the journal.
      const told = isFault(thrown) ? `${fault.code}: ${fault.outward}` : fault.outward;
      await this.#runs.end(job.name, clock.now(), { outcome: 'failed', told });
    }
  }
}
