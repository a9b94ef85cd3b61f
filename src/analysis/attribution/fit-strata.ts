import {
  binOfDay,
  blockDays,
  isNear,
  nearBin,
  nearBins,
  nearFrom,
  nearTo,
  type PairColumns,
  smoothed,
} from './report-pairs.ts';
import type { Strata } from './strata.ts';

/** Strengths of the priors, in reports. */
export const prior = { day: 40, level: 10, course: 8, nearDay: 15, near: 8, block: 14 } as const;
export const courseDays = 7;

/** Views that are not near to each report day. */
const farExposure = (daily: Float64Array, reportDays: number): Float64Array => {
  const total = daily.reduce((sum, views) => sum + views, 0);
  return Float64Array.from({ length: reportDays }, (_, day) => {
    let near = 0;
    for (
      let view = Math.max(0, day - nearTo + 1);
      view <= Math.min(daily.length - 1, day - nearFrom);
      view += 1
    )
      near += daily[view] ?? 0;
    return Math.max(total - near, 1e-9);
  });
};

export interface StratumFit {
  /** G * C by report day. */
  readonly course: Float64Array;
  readonly near: Float64Array;
  /** D by block of view days, then block of report days. */
  readonly block: Float64Array;
  /** Counts and expectations that leave-one-out needs: far pairs by day, pairs and expected by block. */
  readonly weekPairs: Float64Array;
  readonly weekExpected: Float64Array;
  readonly dayPairs: Float64Array;
  readonly dayExpected: Float64Array;
  readonly levelPairs: number;
  readonly levelExpected: number;
  readonly blockPairs: Float64Array;
  readonly blockExpected: Float64Array;
  readonly perReport: number;
}

export interface Whole {
  readonly days: number;
  readonly reportDays: number;
  readonly viewBlocks: number;
  readonly blocks: number;
  readonly global: Float64Array;
  readonly near: Float64Array;
  readonly perReport: number;
}

export const share = (pairs: number, expected: number, strength: number): number =>
  (pairs + strength) / (expected + strength);

export const fitGlobal = (
  pairs: PairColumns,
  strata: Strata,
  reportDays: number,
  perReport: number,
): Float64Array => {
  const days = strata.strata[0]?.daily.length ?? 0;
  const all = new Float64Array(days);
  for (const { daily } of strata.strata)
    for (const [day, views] of daily.entries()) all[day] = (all[day] ?? 0) + views;
  const exposure = farExposure(all, reportDays);
  const count = new Float64Array(reportDays);
  for (const [pair, day] of pairs.reportDay.entries())
    if (!isNear(pairs.lag[pair] ?? 0)) count[day] = (count[day] ?? 0) + (pairs.weight[pair] ?? 0);
  const total = count.reduce((sum, value) => sum + value, 0);
  const mean = (total + 0.5) / exposure.reduce((sum, value) => sum + value, 0);
  const weekCount = smoothed(count, courseDays);
  const weekExposure = smoothed(exposure, courseDays);
  return count.map((_, day) => {
    const strength = prior.day * perReport;
    const week = ((weekCount[day] ?? 0) + perReport) / ((weekExposure[day] ?? 0) + perReport / mean);
    const near = smoothedAt(count, day, 1);
    return (near + strength) / (smoothedAt(exposure, day, 1) + strength / week);
  });
};

const smoothedAt = (values: Float64Array, place: number, reach: number): number => {
  let sum = 0;
  for (let at = Math.max(0, place - reach); at <= Math.min(values.length - 1, place + reach); at += 1)
    sum += values[at] ?? 0;
  return sum;
};

/** G * C by day from far pairs and what G leads one to expect of them. */
export const courseAt = (
  fit: {
    pairs: number;
    expected: number;
    weekPairs: number;
    weekExpected: number;
    dayPairs: number;
    dayExpected: number;
  },
  perReport: number,
): number => {
  const level = share(fit.pairs, fit.expected, prior.level * perReport);
  const week = level * share(fit.weekPairs, level * fit.weekExpected, prior.course * perReport);
  return week * share(fit.dayPairs, week * fit.dayExpected, 2 * prior.course * perReport);
};

const expectedByBin = (course: Float64Array, daily: Float64Array): Float64Array => {
  const expected = new Float64Array(nearBins);
  for (const [view, views] of daily.entries())
    for (let lag = nearFrom; lag < nearTo; lag += 1) {
      const bin = binOfDay[lag - nearFrom] ?? 0;
      expected[bin] = (expected[bin] ?? 0) + views * (course[view + lag] ?? 0);
    }
  return expected;
};

/** Sums over a block and, at half weight, its neighbours. */
export const aroundBlock = (values: Float64Array, whole: Whole, place: readonly [number, number]): number => {
  let sum = 0;
  for (let view = Math.max(0, place[0] - 1); view <= Math.min(whole.viewBlocks - 1, place[0] + 1); view += 1)
    for (
      let report = Math.max(0, place[1] - 1);
      report <= Math.min(whole.blocks - 1, place[1] + 1);
      report += 1
    ) {
      const weight = (view === place[0] ? 1 : 0.5) * (report === place[1] ? 1 : 0.5);
      sum += weight * (values[view * whole.blocks + report] ?? 0);
    }
  return sum;
};

export const fitStratum = (
  of: { pairs: PairColumns; places: readonly number[]; daily: Float64Array },
  whole: Whole,
): StratumFit => {
  const { pairs, places, daily } = of;
  const farPairs = new Float64Array(whole.reportDays);
  const nearPairs = new Float64Array(nearBins);
  const blockPairs = new Float64Array(whole.viewBlocks * whole.blocks);
  for (const pair of places) {
    const weight = pairs.weight[pair] ?? 0;
    const [view, day] = [pairs.viewDay[pair] ?? 0, pairs.reportDay[pair] ?? 0];
    const bin = nearBin(pairs.lag[pair] ?? 0);
    if (bin < 0) farPairs[day] = (farPairs[day] ?? 0) + weight;
    else nearPairs[bin] = (nearPairs[bin] ?? 0) + weight;
    const block = Math.floor(view / blockDays) * whole.blocks + Math.floor(day / blockDays);
    blockPairs[block] = (blockPairs[block] ?? 0) + weight;
  }
  const farExpected = farExposure(daily, whole.reportDays).map(
    (views, day) => views * (whole.global[day] ?? 0),
  );
  const levelPairs = farPairs.reduce((sum, value) => sum + value, 0);
  const levelExpected = farExpected.reduce((sum, value) => sum + value, 0);
  const [weekPairs, weekExpected] = [smoothed(farPairs, courseDays), smoothed(farExpected, courseDays)];
  const [dayPairs, dayExpected] = [smoothed(farPairs, 1), smoothed(farExpected, 1)];
  const perReport = whole.perReport;
  const course = whole.global.map((global, day) => {
    const fit = {
      pairs: levelPairs,
      expected: levelExpected,
      weekPairs: weekPairs[day] ?? 0,
      weekExpected: weekExpected[day] ?? 0,
      dayPairs: dayPairs[day] ?? 0,
      dayExpected: dayExpected[day] ?? 0,
    };
    return global * courseAt(fit, perReport);
  });
  const nearExpected = expectedByBin(course, daily);
  const near = whole.near.map(
    (global, bin) =>
      global * share(nearPairs[bin] ?? 0, global * (nearExpected[bin] ?? 0), prior.near * perReport),
  );
  const blockExpected = new Float64Array(whole.viewBlocks * whole.blocks);
  for (const [view, views] of daily.entries())
    for (let day = 0; day < whole.reportDays; day += 1) {
      const block = Math.floor(view / blockDays) * whole.blocks + Math.floor(day / blockDays);
      const bin = nearBin(day - view);
      const factor = bin < 0 ? 1 : (near[bin] ?? 1);
      blockExpected[block] = (blockExpected[block] ?? 0) + views * (course[day] ?? 0) * factor;
    }
  const block = blockPairs.map((_, place) => {
    const at = [Math.floor(place / whole.blocks), place % whole.blocks] as const;
    return share(
      aroundBlock(blockPairs, whole, at),
      aroundBlock(blockExpected, whole, at),
      prior.block * perReport,
    );
  });
  return {
    course,
    near,
    block,
    weekPairs,
    weekExpected,
    dayPairs,
    dayExpected,
    levelPairs,
    levelExpected,
    blockPairs,
    blockExpected,
    perReport,
  };
};

export const fitNear = (
  pairs: PairColumns,
  strata: Strata,
  global: Float64Array,
  perReport: number,
): Float64Array => {
  const count = new Float64Array(nearBins);
  for (const [pair, lag] of pairs.lag.entries()) {
    const bin = nearBin(lag);
    if (bin >= 0) count[bin] = (count[bin] ?? 0) + (pairs.weight[pair] ?? 0);
  }
  const expected = new Float64Array(nearBins);
  for (const { daily } of strata.strata)
    for (const [bin, value] of expectedByBin(global, daily).entries())
      expected[bin] = (expected[bin] ?? 0) + value;
  return count.map((value, bin) => share(value, expected[bin] ?? 0, prior.nearDay * perReport));
};
