import { formatInstant, type Instant } from '../../model/instant.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import type { JobRun } from './job.ts';

export interface JobRuns {
  /** Makes sure that the database knows of this job, and answers with what it knows. */
  find(job: string, now: Instant): Promise<JobRun>;
  start(job: string, now: Instant): Promise<void>;
  end(
    job: string,
    now: Instant,
    came: { readonly outcome: 'done' | 'failed'; readonly told: string },
  ): Promise<void>;
  /** Every job that was ever known, by name. */
  list(): Promise<readonly JobRun[]>;
}

const toldCharsMax = 500;

export const jobRuns = ({ kysely }: Pick<CaseboundDatabase, 'kysely'>): JobRuns => {
  const all = async (): Promise<readonly JobRun[]> => {
    const rows = await faulting(kysely.selectFrom('job_run').selectAll().orderBy('job').execute());
    return rows.map((row) => ({
      job: row.job,
      knownSince: row.known_since,
      startedAt: row.started_at ?? undefined,
      endedAt: row.ended_at ?? undefined,
      outcome: row.outcome ?? undefined,
      told: row.told ?? undefined,
    }));
  };
  return {
    list: all,
    async find(job, now) {
      await faulting(
        kysely
          .insertInto('job_run')
          .values({ job, known_since: formatInstant(now), outcome: null, told: null })
          .onConflict((conflict) => conflict.doNothing())
          .execute(),
      );
      const found = (await all()).find((run) => run.job === job);
      return (
        found ?? {
          job,
          knownSince: now,
          startedAt: undefined,
          endedAt: undefined,
          outcome: undefined,
          told: undefined,
        }
      );
    },
    async start(job, now) {
      await faulting(
        kysely
          .updateTable('job_run')
          .set({ started_at: formatInstant(now), ended_at: null, outcome: null, told: null })
          .where('job', '=', job)
          .execute(),
      );
    },
    async end(job, now, { outcome, told }) {
      await faulting(
        kysely
          .updateTable('job_run')
          .set({ ended_at: formatInstant(now), outcome, told: told.slice(0, toldCharsMax) })
          .where('job', '=', job)
          .execute(),
      );
    },
  };
};
