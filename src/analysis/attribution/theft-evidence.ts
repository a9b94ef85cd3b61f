import type { Account } from './account.ts';
import { type DelayKernel, delayKernels, densityAt, reachedBy } from './delay-kernels.ts';
import { levelGrid } from './level-grid.ts';
import { logSum } from './log-sum.ts';

/** One way a theft could have gone: reports per view, and how late they come. */
export interface TheftTry {
  readonly reportsPerView: number;
  readonly kernel: DelayKernel;
  readonly logPrior: number;
}

/** Days on which a theft may begin and end. A theft takes the days from `starts[i]` until before `ends[j]`. */
export interface WindowGrid {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** By start, then end; -Infinity for what is no window. Sums to one. */
  readonly logPrior: Float64Array;
}

export const theftDaysMin = 4;

/** Any start day is as likely as another, and lengths are alike on a log scale; some thefts outlast the log. */
export const windowGrid = (days: number, stepDays: number): WindowGrid => {
  const starts = Array.from({ length: Math.ceil(days / stepDays) }, (_, step) => step * stepDays);
  const ends = [...starts.slice(1), days];
  const weights = new Float64Array(starts.length * ends.length);
  for (const [i, start] of starts.entries())
    for (const [j, end] of ends.entries()) {
      const length = end - start;
      if (length < Math.min(theftDaysMin, days)) continue;
      const openEnded = end === days ? Math.log(Math.max(1, 200 / length)) : 0;
      weights[i * ends.length + j] = stepDays / (length + stepDays / 2) + openEnded;
    }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return { starts, ends, logPrior: weights.map((weight) => Math.log(weight / total)) };
};

const rates = [0.0006, 0.0013, 0.0028, 0.006, 0.013, 0.028, 0.06, 0.13, 0.28];

/** `shares`: how likely each kernel is, in the order of `delayKernels`. */
export const theftTries = (shares: readonly number[], isCoarse: boolean): TheftTry[] =>
  delayKernels.flatMap((kernel, place) => {
    const used = isCoarse ? rates.filter((_, rate) => rate % 2 === 1) : rates;
    if (isCoarse && place % 2 === 0) return [];
    return used.map((reportsPerView) => ({
      reportsPerView,
      kernel,
      logPrior: Math.log((shares[place] ?? 0) / used.length),
    }));
  });

/** Views until before each day, weighted by the share of their reports that can be on file by now. */
const exposureUntil = (account: Account, kernel: DelayKernel): Float64Array => {
  const until = new Float64Array(account.daily.length + 1);
  for (const [day, views] of account.daily.entries())
    until[day + 1] = (until[day] ?? 0) + views * reachedBy(kernel, account.lastReportDay - day - 0.5);
  return until;
};

/**
 * Log of prior times likelihood ratio of each window against no theft, by start then end:
 *   sum over reports met of log((m + o + x) / (m + o)) - theta * exposure(window),
 *   x = theta * sum over earlier views in the window of f(lag) / hazard
 */
export const weighWindows = (
  account: Account,
  others: Float64Array,
  { grid, tried, level }: { readonly grid: WindowGrid; readonly tried: TheftTry; readonly level: number },
): Float64Array => {
  const { starts, ends, logPrior } = grid;
  const { reportsPerView, kernel } = tried;
  const exposure = exposureUntil(account, kernel);
  const { met, at, lag } = account.earlier;
  const gains = lag.map(
    (days, view) => (reportsPerView * densityAt(kernel, days)) / (account.met[met[view] ?? 0]?.hazard ?? 1),
  );
  const logs = new Float64Array(starts.length * ends.length).fill(Number.NEGATIVE_INFINITY);
  const base = others.map((other) => other + level);
  const sums = new Float64Array(base.length);
  let first = 0;
  for (const [i, start] of starts.entries()) {
    while ((at[first] ?? Number.POSITIVE_INFINITY) < start) first += 1;
    sums.set(base);
    let log = 0;
    let next = first;
    for (let j = i; j < ends.length; j += 1) {
      const end = ends[j] ?? 0;
      for (; next < gains.length && (at[next] ?? 0) < end; next += 1) {
        const gain = gains[next] ?? 0;
        if (gain === 0) continue;
        const report = met[next] ?? 0;
        const before = sums[report] ?? 1;
        log += Math.log1p(gain / before);
        sums[report] = before + gain;
      }
      const place = i * ends.length + j;
      const seen = (exposure[end] ?? 0) - (exposure[start] ?? 0);
      logs[place] = (logPrior[place] ?? 0) + log - reportsPerView * seen;
    }
  }
  return logs;
};

/** What an account is weighed with: windows, rates and delays, and points over the level of its background. */
export interface TheftSearch {
  readonly grid: WindowGrid;
  readonly tries: readonly TheftTry[];
  readonly levelPoints: number;
}

/** Tries and levels this far (in logs) below the best add nothing that shows. */
const negligible = 9;

interface Likely {
  readonly tried: TheftTry;
  readonly level: number;
  readonly offset: number;
}

/** Leaves out what a look at windows of three weeks already shows to be hopeless. */
const likelyTries = (
  account: Account,
  others: Float64Array,
  { tries, levelPoints }: TheftSearch,
): Likely[] => {
  const rough = windowGrid(account.daily.length, 21);
  const all: (Likely & { log: number })[] = [];
  for (const { level, logWeight } of levelGrid(account, others, levelPoints)) {
    if (logWeight < -25) continue;
    for (const tried of tries) {
      const offset = logWeight + tried.logPrior;
      const log = offset + logSum(weighWindows(account, others, { grid: rough, tried, level }));
      all.push({ tried, level, offset, log });
    }
  }
  const best = all.reduce((most, { log }) => Math.max(most, log), Number.NEGATIVE_INFINITY);
  return all.filter(({ log }) => log > best - negligible);
};

/** Log evidence of a theft by this account against the background alone, without any saving: for the screening. */
export const screenTheft = (account: Account, others: Float64Array, search: TheftSearch): number => {
  const terms: number[] = [];
  for (const { level, logWeight } of levelGrid(account, others, search.levelPoints))
    for (const tried of search.tries) {
      const logs = weighWindows(account, others, { grid: search.grid, tried, level });
      terms.push(logWeight + tried.logPrior + logSum(logs));
    }
  return logSum(terms);
};

/** Log evidence of a theft by this account against the background alone. */
export const theftEvidence = (account: Account, others: Float64Array, search: TheftSearch): number =>
  logSum(
    likelyTries(account, others, search).map(
      ({ tried, level, offset }) =>
        offset + logSum(weighWindows(account, others, { grid: search.grid, tried, level })),
    ),
  );

export interface TheftPosterior {
  readonly logEvidence: number;
  /** Probability of each start and of each end of the grid. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** By day of the log: probability that it lies inside the theft. */
  readonly inside: Float64Array;
  /** Probability of each kernel, in the order of `delayKernels`. */
  readonly kernels: number[];
  readonly tries: readonly { readonly tried: TheftTry; readonly probability: number }[];
}

const insideOf = (starts: Float64Array, ends: Float64Array, grid: WindowGrid, days: number): Float64Array => {
  const change = new Float64Array(days + 1);
  for (const [i, day] of grid.starts.entries()) change[day] = (change[day] ?? 0) + (starts[i] ?? 0);
  for (const [j, day] of grid.ends.entries()) change[day] = (change[day] ?? 0) - (ends[j] ?? 0);
  let sum = 0;
  return Float64Array.from({ length: days }, (_, day) => {
    sum += change[day] ?? 0;
    return sum;
  });
};

/** The full posterior over windows, rates, delays and levels, given that there was a theft. */
export const theftPosterior = (
  account: Account,
  others: Float64Array,
  search: TheftSearch,
): TheftPosterior => {
  const { grid } = search;
  const weighed = likelyTries(account, others, search).map(({ tried, level, offset }) => {
    const logs = weighWindows(account, others, { grid, tried, level });
    return { tried, logs, log: offset + logSum(logs), offset };
  });
  const logEvidence = logSum(weighed.map(({ log }) => log));
  const starts = new Float64Array(grid.starts.length);
  const ends = new Float64Array(grid.ends.length);
  const kernels = delayKernels.map(() => 0);
  const byTry = new Map<TheftTry, number>();
  for (const { tried, logs, log, offset } of weighed) {
    const probability = Math.exp(log - logEvidence);
    const place = delayKernels.indexOf(tried.kernel);
    kernels[place] = (kernels[place] ?? 0) + probability;
    byTry.set(tried, (byTry.get(tried) ?? 0) + probability);
    if (probability < 1e-4) continue;
    for (const [at, value] of logs.entries()) {
      const weight = Math.exp(value + offset - logEvidence);
      if (weight < 1e-9) continue;
      const [i, j] = [Math.floor(at / ends.length), at % ends.length];
      starts[i] = (starts[i] ?? 0) + weight;
      ends[j] = (ends[j] ?? 0) + weight;
    }
  }
  return {
    logEvidence,
    starts,
    ends,
    inside: insideOf(starts, ends, grid, account.daily.length),
    kernels,
    tries: [...byTry].map(([tried, probability]) => ({ tried, probability })),
  };
};

/** For each report met: reports a day that the theft adds, as a multiple of its background hazard. */
export const theftIntensity = (account: Account, { inside, tries }: TheftPosterior): Float64Array => {
  const added = new Float64Array(account.met.length);
  const likely = tries.filter(({ probability }) => probability > 1e-3);
  const { met, at, lag } = account.earlier;
  for (const [view, report] of met.entries()) {
    let rate = 0;
    for (const { tried, probability } of likely)
      rate += probability * tried.reportsPerView * densityAt(tried.kernel, lag[view] ?? 0);
    const isInside = inside[Math.floor(at[view] ?? 0)] ?? 0;
    added[report] = (added[report] ?? 0) + (isInside * rate) / (account.met[report]?.hazard ?? 1);
  }
  return added;
};
