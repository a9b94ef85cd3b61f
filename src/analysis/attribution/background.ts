import {
  aroundBlock,
  courseAt,
  courseDays,
  fitGlobal,
  fitNear,
  fitStratum,
  prior,
  type StratumFit,
  share,
  type Whole,
} from './fit-strata.ts';
import {
  binOfDay,
  blockDays,
  isNear,
  nearBin,
  nearFrom,
  nearTo,
  type PairColumns,
  pairColumns,
  smoothed,
} from './report-pairs.ts';
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
