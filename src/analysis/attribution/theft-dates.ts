import { formatInstant, instantOf } from '../../model/instant.ts';
import type { Account } from './account.ts';
import type { TheftWindow } from './attribution-result.ts';
import { dayMs } from './booked-views.ts';
import { type TheftPosterior, type TheftTry, theftPosterior, windowGrid } from './theft-evidence.ts';

/** The day at which a distribution over days reaches a share. */
const quantile = (days: readonly number[], weights: Float64Array, share: number): number => {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let reached = 0;
  for (const [place, weight] of weights.entries()) {
    reached += weight;
    if (reached >= share * total) return days[place] ?? 0;
  }
  return days.at(-1) ?? 0;
};

/** Rates and delays that hold less than this of the posterior add nothing to its dates. */
const tryShareMin = 0.004;

/** The posterior by single days, over the rates and delays that the coarser posterior found likely. */
export const refineDates = (
  account: Account,
  others: Float64Array,
  found: TheftPosterior,
): TheftPosterior => {
  const grid = windowGrid(account.daily.length, 1);
  const tries: TheftTry[] = found.tries
    .filter(({ probability }) => probability > tryShareMin)
    .map(({ tried }) => tried);
  return theftPosterior(account, others, { grid, tries, levelPoints: account.levelShape > 20 ? 1 : 5 });
};

/** `refined` is the posterior by single days. */
export const theftWindow = (account: Account, refined: TheftPosterior, firstDay: number): TheftWindow => {
  const days = account.daily.length;
  const starts = Array.from({ length: days }, (_, day) => day);
  const at = (day: number): string => formatInstant(instantOf((firstDay + day) * dayMs));
  const start = quantile(starts, refined.starts, 0.5);
  const low = quantile(starts, refined.starts, 0.05);
  const high = quantile(starts, refined.starts, 0.95);
  const end = quantile(starts, refined.ends, 0.5);
  return {
    start: at(start),
    start_low: at(low),
    start_high: at(high),
    end: formatInstant(instantOf((firstDay + Math.max(end, start) + 1) * dayMs - 1)),
  };
};
