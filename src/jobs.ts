import type { Logger } from 'pino';
import { beginYear } from './beginning-year.ts';
import type { ErasingParts } from './erasing.ts';
import { erasePortsOf } from './erasing.ts';
import type { Storage } from './foundations.ts';
import { purgePortsOf, readRetention, rewrapPortsOf } from './keeping.ts';
import { isFault } from './model/fault.ts';
import { newId } from './model/id.ts';
import { systemChance } from './platform/chance/system-chance.ts';
import { systemClock } from './platform/clock/system-clock.ts';
import { lockNumber } from './platform/postgres/advisory-locks.ts';
import { auditOnce } from './publishing.ts';
import type { AlertOutbox } from './records/alert/alert-outbox.ts';
import { alertWriter } from './records/alert/alert-writer.ts';
import type { Job } from './records/job/job.ts';
import { JobKeeper } from './records/job/job-keeper.ts';
import { carryOutUnfinished } from './workflows/erase/carry-out.ts';
import { purge } from './workflows/purge/purge.ts';
import { rewrap } from './workflows/rewrap/rewrap.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

export interface JobParts extends ErasingParts {
  readonly keys: Storage['keys'];
  readonly outbox: AlertOutbox;
  readonly log: Logger;
}

/** A log that does not check out is for people to look at now, not when they next read a journal. */
const raiseAuditAlert = async ({ db, outbox }: JobParts, why: string): Promise<void> => {
  const id = newId('alert', systemChance);
  const reasons = [
    'The daily audit of the published ledger found that it does not check out.',
    why,
    'Keep the folder of the log and the database as they are, and compare with a copy that others hold.',
  ];
  const at = systemClock.now();
  await alertWriter(db.kysely).add({
    id,
    at,
    kind: 'ledger-audit',
    agentId: undefined,
    seq: undefined,
    reasons,
  });
  await outbox.send(id);
};

const auditJob = (parts: JobParts): Job => ({
  name: 'ledger-audit',
  lock: lockNumber.auditLedger,
  everyMs: dayMs,
  retryMs: 6 * hourMs,
  firstAfterMs: dayMs,
  async run() {
    try {
      const audited = await auditOnce(parts.db, parts.settings);
      return audited ? `${audited.size} entries of ${audited.origin} check out` : 'nothing is published yet';
    } catch (thrown) {
      if (isFault(thrown) && thrown.code === 'not-verified') await raiseAuditAlert(parts, thrown.message);
      throw thrown;
    }
  },
});

/** With a name that has the year in it, the log of a new year begins by itself. */
const yearJob = (parts: JobParts): Job => ({
  name: 'ledger-year',
  lock: lockNumber.openYear,
  everyMs: 10 * minuteMs,
  retryMs: minuteMs,
  firstAfterMs: 0,
  async run() {
    const opened = await beginYear(parts);
    return opened ? `${opened.origin} begins with entry ${opened.firstSeq}` : 'nothing to begin';
  },
});

export const jobsOf = (parts: JobParts): readonly Job[] => [
  {
    name: 'erasures',
    lock: lockNumber.finishErasures,
    everyMs: minuteMs,
    retryMs: minuteMs,
    firstAfterMs: 0,
    run: async () => `${await carryOutUnfinished(erasePortsOf(parts))} to be carried on`,
  },
  {
    name: 'retention',
    lock: lockNumber.purge,
    everyMs: dayMs,
    retryMs: hourMs,
    firstAfterMs: dayMs,
    async run(stop) {
      const retention = await readRetention(parts.settings.policyDir);
      const { destroyed } = await purge({ ...purgePortsOf(parts, retention), stop });
      const kinds = Object.entries(destroyed).filter(([, count]) => count > 0);
      return kinds.map(([kind, count]) => `${kind} ${count}`).join(', ') || 'nothing was due';
    },
  },
  {
    name: 'rewrap',
    lock: lockNumber.rewrapMonthly,
    everyMs: 30 * dayMs,
    retryMs: 10 * minuteMs,
    firstAfterMs: 30 * dayMs,
    async run(stop) {
      const { outcome, rewrapped } = await rewrap({ ...rewrapPortsOf(parts, parts.keys), stop });
      return outcome === 'elsewhere' ? 'the command line is at it' : `${outcome}: ${rewrapped} keys`;
    },
  },
  auditJob(parts),
  yearJob(parts),
];

const lookEveryMs = 15_000;
const keysEveryMs = minuteMs;

/** Does what repeats for as long as the server runs. The answer ends it, and waits for the step under way. */
export const keepJobs = (parts: JobParts): (() => Promise<void>) => {
  const keeper = new JobKeeper({
    db: parts.db,
    clock: systemClock,
    jobs: jobsOf(parts),
    onFailed: (job, { message }) => parts.log.error(`the job ${job} failed: ${message}`),
  });
  const look = setInterval(() => void keeper.turn(), lookEveryMs);
  // A wrapping key that another process made is heard of before anything is wrapped under the old one for long.
  const keys = setInterval(() => {
    parts.keys.refresh().catch(() => parts.log.error('the key ring cannot be read; trying again'));
  }, keysEveryMs);
  return async () => {
    clearInterval(look);
    clearInterval(keys);
    await keeper.close();
  };
};
