import type { Account } from './account.ts';
import type { ReportAuthentication } from './attribution-result.ts';
import { levelGrid } from './level-grid.ts';
import { logSum } from './log-sum.ts';
import { blockDays } from './report-pairs.ts';

/** Log evidence, against the background alone, of what could have happened without a theft by the account. */
export interface InnocentEvidence {
  /** The customers this account serves were reported more than others', whenever and by whomever they were seen. */
  readonly subSegment: number;
  /** The account is shown customers who are about to report or just did. */
  readonly followsReports: number;
  /** Somebody reported this account's customers in one go. */
  readonly reportFlood: number;
}

/** One cause: what it adds to some of the reports met (in multiples of the hazard), and the reports it expects. */
interface Cause {
  readonly met: readonly number[];
  readonly added: readonly number[];
  readonly expected: number;
}

const levelPointsOf = (account: Account): number => (account.levelShape > 60 ? 1 : 5);

const weigh = (account: Account, others: Float64Array, causes: Iterable<Cause>): number => {
  const levels = levelGrid(account, others, levelPointsOf(account));
  const terms: number[] = [];
  let count = 0;
  for (const { met, added, expected } of causes) {
    count += 1;
    for (const { level, logWeight } of levels) {
      let log = logWeight - expected;
      for (const [place, gain] of added.entries())
        log += Math.log1p(gain / (level + (others[met[place] ?? 0] ?? 0)));
      terms.push(log);
    }
  }
  return count === 0 ? Number.NEGATIVE_INFINITY : logSum(terms) - Math.log(count);
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

/** Log evidence of a lift of all reports in some course of time: sums by day make each course two look-ups. */
const weighSubSegment = (account: Account, others: Float64Array): number => {
  const courses = leakCourses(account.lastReportDay);
  const days = Math.floor(account.lastReportDay) + 2;
  const expected = courses.map(({ from, until }) => {
    let sum = 0;
    for (const [block, count] of account.expectedByBlock.entries()) {
      const covered = Math.min(until, (block + 1) * blockDays) - Math.max(from, block * blockDays);
      sum += count * Math.max(0, Math.min(1, covered / blockDays));
    }
    return sum;
  });
  const terms: number[] = [];
  for (const { level, logWeight } of levelGrid(account, others, levelPointsOf(account)))
    for (const lift of lifts) {
      const until = new Float64Array(days + 1);
      for (const [place, { day }] of account.met.entries()) {
        const on = Math.min(days, Math.floor(day) + 1);
        until[on] = (until[on] ?? 0) + Math.log1p(lift / (level + (others[place] ?? 0)));
      }
      for (let day = 1; day <= days; day += 1) until[day] = (until[day] ?? 0) + (until[day - 1] ?? 0);
      for (const [place, course] of courses.entries()) {
        const gained = (until[Math.min(days, Math.ceil(course.until))] ?? 0) - (until[course.from] ?? 0);
        terms.push(logWeight + gained - lift * (expected[place] ?? 0));
      }
    }
  return logSum(terms) - Math.log(courses.length * lifts.length);
};

const followCauses = (account: Account): Cause[] => {
  const met = account.met.flatMap(({ isNear }, place) => (isNear ? [place] : []));
  return [1, 3, 10, 30].map((lift) => ({
    met,
    added: met.map(() => lift),
    expected: account.expectedNear * lift,
  }));
};

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

const floodCounts = [4, 8, 16, 32, 64];

/** Forged reports: so many of the customers seen before the flood, each as likely as the next, reported inside it. */
const floodsAt = (
  account: Account,
  byDay: readonly number[],
  flood: { readonly from: number; readonly days: number; readonly lookBackDays: number },
): Cause[] => {
  const { from, days, lookBackDays } = flood;
  const seen = Math.max(1, viewsBetween(account.daily, from - lookBackDays, from + days));
  const met: number[] = [];
  const added: number[] = [];
  for (const place of byDay) {
    const { day = 0, viewedAt = [], hazard = 1, authenticated = 'bank' } = account.met[place] ?? {};
    if (day < from) continue;
    if (day >= from + days) break;
    if (days > 7 && authenticated !== 'none') continue;
    const views = viewedAt.filter((at) => at <= day && at >= from - lookBackDays).length;
    if (views === 0) continue;
    met.push(place);
    added.push((views * forgeable[authenticated]) / (seen * days * hazard));
  }
  return floodCounts.map((count) => ({ met, added: added.map((gain) => gain * count), expected: count }));
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
        .filter((day, place) => (reported[place + 3] ?? Number.POSITIVE_INFINITY) < day + days)
        .map(Math.floor),
    ),
  ];
};

const floodCauses = (account: Account): Cause[] => {
  const byDay = [...account.met.keys()].toSorted(
    (one, other) => (account.met[one]?.day ?? 0) - (account.met[other]?.day ?? 0),
  );
  const hasForgeable = account.met.some(({ authenticated }) => authenticated === 'none');
  return [...floodDays, ...(hasForgeable ? slowFloodDays : [])].flatMap((days) =>
    floodStarts(account, days)
      .filter((from, place) => days <= 7 || place % 5 === 0 || from % 7 === 0)
      .flatMap((from) =>
        [30, 60, 200].flatMap((lookBackDays) => floodsAt(account, byDay, { from, days, lookBackDays })),
      ),
  );
};

export const innocentEvidence = (account: Account, others: Float64Array): InnocentEvidence => ({
  subSegment: weighSubSegment(account, others),
  followsReports: weigh(account, others, followCauses(account)),
  reportFlood: weigh(account, others, floodCauses(account)),
});
