import type { ReportViews } from './report-views.ts';
import type { Strata } from './strata.ts';

/**
 * The background: how many reports of customers seen by a stratum on day v one expects on day r, per view and day,
 *   hazard(s, v, r) = G(r) * C_s(r) * N_s(lag) * D_s(v, r)
 * G: all strata, by day. C: the stratum's level and its own course, smoothed over a week either side. N: looks shortly
 * before and after a report (reporters get in touch, desks follow up). D: blocks of ten days of views by ten days of
 * reports, which takes in what happened to a whole stratum. Each factor is a gamma-Poisson estimate shrunk to the
 * one before it, so thin strata lean on the rest.
 */
export interface Background {
  /** The hazard for views of this membership, by time of view and of report, the agent's own reports left out. */
  hazardOf(membership: number): (viewedAt: number, reportedAt: number) => number;
  /** Expected report pairs (view, report) of the membership by block of report days, before and after the view. */
  expectedPairs(membership: number): Float64Array;
  /** Expected pairs with a report before the view, by block of report days. */
  expectedBefore(membership: number): Float64Array;
  /** Expected pairs whose lag is near zero (`isNear`). */
  expectedNear(membership: number): number;
  readonly blocks: number;
}

export const blockDays = 10;
const nearEdges = [-14, -7, -3, -1, 0, 1, 2, 4, 8] as const;
const nearBins = nearEdges.length - 1;
const [nearFrom, nearTo] = [-14, 8];

/** Lags around a report at which looks may follow the report, or what made the customer report. */
export const isNear = (lag: number): boolean => lag >= nearFrom && lag < nearTo;

/** The near bin of each whole day of lag from -14. A lag of [0, 1) days is bin day 14. */
const binOfDay = Int8Array.from({ length: nearTo - nearFrom }, (_, day) =>
  nearEdges.findLastIndex((edge) => day + nearFrom >= edge),
);
const nearBin = (lag: number): number => (isNear(lag) ? (binOfDay[Math.floor(lag) - nearFrom] ?? -1) : -1);

/** Strengths of the priors, in reports. */
const prior = { day: 40, level: 10, course: 8, nearDay: 15, near: 8, block: 14 } as const;
const courseDays = 7;

interface PairColumns {
  readonly membership: Int32Array;
  readonly stratum: Int32Array;
  readonly viewDay: Int32Array;
  readonly reportDay: Int32Array;
  readonly lag: Float64Array;
  readonly weight: Float64Array;
}

const pairColumns = (views: ReportViews, strata: Strata, weights: Float64Array): PairColumns => {
  const count = views.meetings.reduce((sum, { viewedAt }) => sum + viewedAt.length, 0);
  const columns = {
    membership: new Int32Array(count),
    stratum: new Int32Array(count),
    viewDay: new Int32Array(count),
    reportDay: new Int32Array(count),
    lag: new Float64Array(count),
    weight: new Float64Array(count),
  };
  let pair = 0;
  for (const { report, memberships, viewedAt } of views.meetings) {
    const day = views.reports[report]?.day ?? 0;
    for (const [place, at] of viewedAt.entries()) {
      const membership = memberships[place] ?? 0;
      columns.membership[pair] = membership;
      columns.stratum[pair] = strata.memberships[membership]?.stratum ?? 0;
      columns.viewDay[pair] = Math.floor(at);
      columns.reportDay[pair] = Math.floor(day);
      columns.lag[pair] = Math.floor(day) - Math.floor(at) === 0 ? day - at : Math.floor(day - at);
      columns.weight[pair] = weights[report] ?? 1;
      pair += 1;
    }
  }
  return columns;
};

/** Sums over a window of days either side, in one sweep. */
const smoothed = (values: Float64Array, reach: number): Float64Array => {
  const sums = new Float64Array(values.length + 1);
  for (const [place, value] of values.entries()) sums[place + 1] = (sums[place] ?? 0) + value;
  return values.map(
    (_, place) =>
      (sums[Math.min(values.length, place + reach + 1)] ?? 0) - (sums[Math.max(0, place - reach)] ?? 0),
  );
};

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

interface StratumFit {
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

interface Whole {
  readonly days: number;
  readonly reportDays: number;
  readonly viewBlocks: number;
  readonly blocks: number;
  readonly global: Float64Array;
  readonly near: Float64Array;
  readonly perReport: number;
}

const share = (pairs: number, expected: number, strength: number): number =>
  (pairs + strength) / (expected + strength);

const fitGlobal = (
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
const courseAt = (
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
const aroundBlock = (values: Float64Array, whole: Whole, place: readonly [number, number]): number => {
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

const fitStratum = (
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

const groupPlaces = (of: Int32Array, groups: number): number[][] => {
  const places: number[][] = Array.from({ length: groups }, () => []);
  for (const [place, group] of of.entries()) places[group]?.push(place);
  return places;
};

/** One agent's own pairs in a stratum, summed as the stratum's own are. */
interface OwnPairs {
  readonly level: number;
  readonly week: Float64Array;
  readonly day: Float64Array;
  readonly around: (place: readonly [number, number]) => number;
  /** Share of the stratum's views that are not the agent's. */
  readonly rest: number;
}

const ownPairsOf = (
  places: readonly number[],
  rest: number,
  of: { pairs: PairColumns; whole: Whole },
): OwnPairs => {
  const { pairs, whole } = of;
  const far = new Float64Array(whole.reportDays);
  const block = new Float64Array(whole.viewBlocks * whole.blocks);
  let level = 0;
  for (const pair of places) {
    const weight = pairs.weight[pair] ?? 0;
    const [view, day] = [pairs.viewDay[pair] ?? 0, pairs.reportDay[pair] ?? 0];
    if (!isNear(pairs.lag[pair] ?? 0)) {
      far[day] = (far[day] ?? 0) + weight;
      level += weight;
    }
    const place = Math.floor(view / blockDays) * whole.blocks + Math.floor(day / blockDays);
    block[place] = (block[place] ?? 0) + weight;
  }
  return {
    level,
    week: smoothed(far, courseDays),
    day: smoothed(far, 1),
    around: (place) => aroundBlock(block, whole, place),
    rest,
  };
};

const hazardLeavingOut = (
  fit: StratumFit,
  whole: Whole,
  own: OwnPairs,
): ((viewedAt: number, reportedAt: number) => number) => {
  const { rest } = own;
  const course = new Float64Array(whole.reportDays).fill(-1);
  const block = new Float64Array(whole.viewBlocks * whole.blocks).fill(-1);
  const courseOn = (day: number): number =>
    (whole.global[day] ?? 0) *
    courseAt(
      {
        pairs: fit.levelPairs - own.level,
        expected: fit.levelExpected * rest,
        weekPairs: (fit.weekPairs[day] ?? 0) - (own.week[day] ?? 0),
        weekExpected: (fit.weekExpected[day] ?? 0) * rest,
        dayPairs: (fit.dayPairs[day] ?? 0) - (own.day[day] ?? 0),
        dayExpected: (fit.dayExpected[day] ?? 0) * rest,
      },
      fit.perReport,
    );
  const blockAt = (place: readonly [number, number]): number =>
    share(
      Math.max(0, aroundBlock(fit.blockPairs, whole, place) - own.around(place)),
      aroundBlock(fit.blockExpected, whole, place) * rest,
      prior.block * fit.perReport,
    );
  return (viewedAt, reportedAt) => {
    const [view, day] = [Math.floor(viewedAt), Math.min(whole.reportDays - 1, Math.floor(reportedAt))];
    if (course[day] === -1) course[day] = Math.max(1e-12, courseOn(day));
    const [viewBlock, reportBlock] = [Math.floor(view / blockDays), Math.floor(day / blockDays)];
    const place = viewBlock * whole.blocks + reportBlock;
    if (block[place] === -1) block[place] = blockAt([viewBlock, reportBlock]);
    const bin = nearBin(day === view ? reportedAt - viewedAt : Math.floor(reportedAt - viewedAt));
    return Math.max(1e-12, (course[day] ?? 0) * (bin < 0 ? 1 : (fit.near[bin] ?? 1)) * (block[place] ?? 1));
  };
};

const fitNear = (
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

/** Expected pairs of one view on each block of view days, by block of report days. */
const perViewTables = (fit: StratumFit, whole: Whole, isBefore: boolean): Float64Array => {
  const table = new Float64Array(whole.viewBlocks * whole.blocks);
  for (let view = 0; view < whole.days; view += 1)
    for (let day = 0; day < (isBefore ? Math.min(view, whole.reportDays) : whole.reportDays); day += 1) {
      const place = Math.floor(view / blockDays) * whole.blocks + Math.floor(day / blockDays);
      const bin = nearBin(day - view);
      const factor = (bin < 0 ? 1 : (fit.near[bin] ?? 1)) * (fit.block[place] ?? 1);
      const inBlock = Math.min(blockDays, whole.days - Math.floor(view / blockDays) * blockDays);
      table[place] = (table[place] ?? 0) + ((fit.course[day] ?? 0) * factor) / inBlock;
    }
  return table;
};

const nearPerView = (fit: StratumFit, whole: Whole): Float64Array =>
  Float64Array.from({ length: whole.days }, (_, view) => {
    let sum = 0;
    for (let lag = nearFrom; lag < nearTo; lag += 1) {
      const place = Math.floor(view / blockDays) * whole.blocks + Math.floor((view + lag) / blockDays);
      const factor = (fit.near[binOfDay[lag - nearFrom] ?? 0] ?? 1) * (fit.block[place] ?? 1);
      if (view + lag >= 0) sum += (fit.course[view + lag] ?? 0) * factor;
    }
    return sum;
  });

/** `weights[report]`: how much of each report is background; what thefts already explain is taken out. */
export const fitBackground = (strata: Strata, views: ReportViews, weights: Float64Array): Background => {
  const pairs = pairColumns(views, strata, weights);
  const days = strata.strata[0]?.daily.length ?? 0;
  const reportDays = Math.max(1, Math.floor(views.lastReportDay) + 1);
  const perReport = Math.max(1, pairs.lag.length / Math.max(1, views.reports.length));
  const global = fitGlobal(pairs, strata, reportDays, perReport);
  const whole: Whole = {
    days,
    reportDays,
    viewBlocks: Math.max(1, Math.ceil(days / blockDays)),
    blocks: Math.ceil(reportDays / blockDays),
    global,
    near: fitNear(pairs, strata, global, perReport),
    perReport,
  };
  const places = groupPlaces(pairs.stratum, strata.strata.length);
  const fits = strata.strata.map(({ daily }, stratum) =>
    fitStratum({ pairs, places: places[stratum] ?? [], daily }, whole),
  );
  return createBackground({ pairs, strata, fits, whole });
};

const createBackground = ({
  pairs,
  strata,
  fits,
  whole,
}: {
  pairs: PairColumns;
  strata: Strata;
  fits: readonly StratumFit[];
  whole: Whole;
}): Background => {
  const own = groupPlaces(pairs.membership, strata.memberships.length);
  const all = fits.map((fit) => perViewTables(fit, whole, false));
  const before = fits.map((fit) => perViewTables(fit, whole, true));
  const near = fits.map((fit) => nearPerView(fit, whole));
  const totals = strata.strata.map(({ daily }) => daily.reduce((sum, value) => sum + value, 0));
  const rests = strata.memberships.map(({ stratum, views }) =>
    Math.max(0, 1 - views / Math.max(1e-9, totals[stratum] ?? 0)),
  );
  /** The stratum's level without the agent, over its level with the agent. */
  const levelWithout = (membership: number): number => {
    const stratum = strata.memberships[membership]?.stratum ?? 0;
    const fit = fits[stratum];
    if (!fit || fit.levelExpected === 0) return 1;
    let ownLevel = 0;
    for (const pair of own[membership] ?? [])
      if (!isNear(pairs.lag[pair] ?? 0)) ownLevel += pairs.weight[pair] ?? 0;
    const strength = prior.level * fit.perReport;
    return (
      share(fit.levelPairs - ownLevel, fit.levelExpected * (rests[membership] ?? 1), strength) /
      share(fit.levelPairs, fit.levelExpected, strength)
    );
  };
  const spread = (tables: readonly Float64Array[], membership: number): Float64Array => {
    const { stratum = 0, daily = new Float64Array(0) } = strata.memberships[membership] ?? {};
    const sums = new Float64Array(whole.blocks);
    const table = tables[stratum] ?? new Float64Array(0);
    const level = levelWithout(membership);
    for (let block = 0; block < whole.viewBlocks; block += 1) {
      let views = 0;
      for (let day = block * blockDays; day < Math.min(whole.days, (block + 1) * blockDays); day += 1)
        views += daily[day] ?? 0;
      if (views > 0)
        for (let report = 0; report < whole.blocks; report += 1)
          sums[report] = (sums[report] ?? 0) + views * level * (table[block * whole.blocks + report] ?? 0);
    }
    return sums;
  };
  return {
    hazardOf: (membership) => {
      const fit = fits[strata.memberships[membership]?.stratum ?? 0];
      if (!fit) return () => 1e-12;
      const ownPairs = ownPairsOf(own[membership] ?? [], rests[membership] ?? 1, { pairs, whole });
      return hazardLeavingOut(fit, whole, ownPairs);
    },
    expectedPairs: (membership) => spread(all, membership),
    expectedBefore: (membership) => spread(before, membership),
    expectedNear: (membership) => {
      const { stratum = 0, daily = new Float64Array(0) } = strata.memberships[membership] ?? {};
      const perView = near[stratum] ?? new Float64Array(0);
      return (
        daily.reduce((sum, views, day) => sum + views * (perView[day] ?? 0), 0) * levelWithout(membership)
      );
    },
    blocks: whole.blocks,
  };
};
