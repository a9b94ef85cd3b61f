import type { Account } from './account.ts';
import type { ReportAuthentication } from './attribution-result.ts';
import { blockDays } from './background.ts';
import { levelGrid } from './level-grid.ts';
import { logSum } from './log-sum.ts';

/** Log evidence, against the background alone, of what could have happened without a theft by the account. */
export interface InnocentEvidence {
  /** The customers this account serves were reported more than others', whenever and by whomever they were seen. */
  readonly subSegment: number;
  /** The account is shown customers who are about to report or just did. */
  readonly followsReports: number;
  /** Somebody reported this account's customers in one go. */
  readonly reportFlood: number;
}

/** One cause: what it adds to each report met (as a multiple of the hazard), and the reports it expects in all. */
interface Cause {
  readonly added: Float64Array;
  readonly expected: number;
}

const weigh = (account: Account, others: Float64Array, causes: readonly Cause[]): number => {
  const levels = levelGrid(account, others, account.levelShape > 60 ? 1 : 5);
  const terms = causes.flatMap(({ added, expected }) =>
    levels.map(({ level, logWeight }) => {
      let log = logWeight - expected;
      for (const [met, gain] of added.entries())
        if (gain > 0) log += Math.log1p(gain / (level + (others[met] ?? 0)));
      return log;
    }),
  );
  return causes.length === 0 ? Number.NEGATIVE_INFINITY : logSum(terms) - Math.log(causes.length);
};

const lifts = [0.5, 1, 2, 4, 8, 16, 32];

/** Courses in time of a leak elsewhere: from the start of the log, or from some week on for a while or for good. */
const leakCourses = (lastDay: number): { from: number; until: number }[] => {
  const courses = [{ from: 0, until: lastDay + 1 }];
  for (let from = 7; from < lastDay; from += 7)
    for (const length of [14, 30, 60, lastDay])
      courses.push({ from, until: Math.min(lastDay + 1, from + length) });
  return courses;
};

const subSegmentCauses = (account: Account): Cause[] =>
  leakCourses(account.lastReportDay).flatMap(({ from, until }) => {
    let expected = 0;
    for (const [block, count] of account.expectedByBlock.entries()) {
      const covered = Math.min(until, (block + 1) * blockDays) - Math.max(from, block * blockDays);
      expected += count * Math.max(0, Math.min(1, covered / blockDays));
    }
    const isInside = Float64Array.from(account.met, ({ day }) => (day >= from && day < until ? 1 : 0));
    return lifts.map((lift) => ({
      added: isInside.map((inside) => inside * lift),
      expected: expected * lift,
    }));
  });

const followCauses = (account: Account): Cause[] =>
  [1, 3, 10, 30].map((lift) => ({
    added: Float64Array.from(account.met, ({ isNear }) => (isNear ? lift : 0)),
    expected: account.expectedNear * lift,
  }));

/** How well a forger passes as the customer: share of forged reports that get this far. */
const forgeable: Record<ReportAuthentication, number> = {
  none: 1,
  unknown: 1,
  code: 0.1,
  'signed-in': 0.03,
  bank: 0.01,
};
const floodDays = [1, 3, 7] as const;
/** Reports that nobody stood behind may be forged without haste. */
const slowFloodDays = [20, 45, 90] as const;

const viewsBetween = (daily: Float64Array, from: number, until: number): number => {
  let sum = 0;
  for (let day = Math.max(0, Math.floor(from)); day < Math.min(daily.length, until); day += 1)
    sum += daily[day] ?? 0;
  return sum;
};

/** Forged reports: `count` of the customers seen before the flood, each as likely as the next, reported inside it. */
const floodCause = (
  account: Account,
  flood: { from: number; days: number; lookBackDays: number; count: number },
): Cause => {
  const { from, days, lookBackDays, count } = flood;
  const seen = Math.max(1, viewsBetween(account.daily, from - lookBackDays, from + days));
  const isSlow = days > 7;
  const added = Float64Array.from(account.met, ({ day, viewedAt, hazard, authenticated }) => {
    if (day < from || day >= from + days || (isSlow && authenticated !== 'none')) return 0;
    const views = viewedAt.filter((at) => at <= day && at >= from - lookBackDays).length;
    return (count * views * forgeable[authenticated]) / (seen * days * hazard);
  });
  return { added, expected: count };
};

/** Starts of floods worth trying: the days of reports after which several more came. */
const floodStarts = (account: Account, days: number): number[] => {
  const reported = account.met
    .filter(({ isAfterOnly }) => !isAfterOnly)
    .map(({ day }) => day)
    .toSorted((one, other) => one - other);
  return [
    ...new Set(
      reported
        .filter((day, place) => (reported[place + 2] ?? Number.POSITIVE_INFINITY) < day + days)
        .map(Math.floor),
    ),
  ];
};

const floodCauses = (account: Account): Cause[] => {
  const hasForgeable = account.met.some(({ authenticated }) => authenticated === 'none');
  return [...floodDays, ...(hasForgeable ? slowFloodDays : [])].flatMap((days) =>
    floodStarts(account, days)
      .filter((from, place) => days <= 7 || place % 5 === 0 || from % 7 === 0)
      .flatMap((from) =>
        [30, 60, 200].flatMap((lookBackDays) =>
          [4, 8, 16, 32, 64].map((count) => floodCause(account, { from, days, lookBackDays, count })),
        ),
      ),
  );
};

export const innocentEvidence = (account: Account, others: Float64Array): InnocentEvidence => ({
  subSegment: weigh(account, others, subSegmentCauses(account)),
  followsReports: weigh(account, others, followCauses(account)),
  reportFlood: weigh(account, others, floodCauses(account)),
});
