import type { ReportViews } from './report-views.ts';
import type { Strata } from './strata.ts';

export const blockDays = 10;
const nearEdges = [-14, -7, -3, -1, 0, 1, 2, 4, 8] as const;
export const nearBins = nearEdges.length - 1;
export const [nearFrom, nearTo] = [-14, 8];

/** Lags around a report at which looks may follow the report, or what made the customer report. */
export const isNear = (lag: number): boolean => lag >= nearFrom && lag < nearTo;

/** The near bin of each whole day of lag from -14. A lag of [0, 1) days is bin day 14. */
export const binOfDay = Int8Array.from({ length: nearTo - nearFrom }, (_, day) =>
  nearEdges.findLastIndex((edge) => day + nearFrom >= edge),
);
export const nearBin = (lag: number): number =>
  isNear(lag) ? (binOfDay[Math.floor(lag) - nearFrom] ?? -1) : -1;

export interface PairColumns {
  readonly membership: Int32Array;
  readonly stratum: Int32Array;
  readonly viewDay: Int32Array;
  readonly reportDay: Int32Array;
  readonly lag: Float64Array;
  readonly weight: Float64Array;
}

export const pairColumns = (views: ReportViews, strata: Strata, weights: Float64Array): PairColumns => {
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
export const smoothed = (values: Float64Array, reach: number): Float64Array => {
  const sums = new Float64Array(values.length + 1);
  for (const [place, value] of values.entries()) sums[place + 1] = (sums[place] ?? 0) + value;
  return values.map(
    (_, place) =>
      (sums[Math.min(values.length, place + reach + 1)] ?? 0) - (sums[Math.max(0, place - reach)] ?? 0),
  );
};
