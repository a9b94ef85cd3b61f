import type { Account } from './account.ts';

/** A possible level of an account's background beside its colleagues', and its weight given all its reports. */
export interface Level {
  readonly level: number;
  /** Prior times the likelihood without any cause, sums to one: log. */
  readonly logWeight: number;
}

/**
 * Points over the gamma prior of the level (shape `levelShape`, mean one), weighted by the likelihood of the number
 * of reported customers met: log(m) * met - m * expected. `others[met]` is what thefts by other accounts add to the
 * hazard of each report, as a multiple of the background.
 */
export const levelGrid = (account: Account, others: Float64Array, points: number): Level[] => {
  const spread = 1 / Math.sqrt(account.levelShape);
  const levels = Array.from({ length: points }, (_, place) =>
    points === 1 ? 1 : Math.exp(spread * 2.2 * ((2 * place) / (points - 1) - 1)),
  );
  const logs = levels.map((level) => {
    let log = account.levelShape * (Math.log(level) - level) - level * account.expected;
    for (const other of others) log += Math.log(level + other);
    return log;
  });
  const most = Math.max(...logs);
  const total = logs.reduce((sum, log) => sum + Math.exp(log - most), 0);
  return levels.map((level, place) => ({
    level,
    logWeight: (logs[place] ?? 0) - most - Math.log(total),
  }));
};
