import type { Account } from './account.ts';
import type { Placebo } from './attribution-result.ts';

/** How rarely an innocent course of chance may fail the test. */
const failsAtMost = 0.01;

/** P(X >= count) of a negative binomial with this mean and shape; a Poisson as the shape grows. */
const upperTail = (count: number, mean: number, shape: number): number => {
  if (count <= 0) return 1;
  const chance = mean / (mean + shape);
  let term = (1 - chance) ** shape;
  let below = term;
  for (let value = 1; value < count; value += 1) {
    term *= (chance * (shape + value - 1)) / value;
    below += term;
  }
  return Math.max(0, 1 - below);
};

/**
 * Reports that came before the account first met the customer, against what colleagues lead one to expect. A theft
 * cannot cause those; a leak of the customers this account happens to serve does. The test fails when there are
 * more than chance allows, or when they are as much in excess as the reports that came after.
 */
export const placeboOf = (account: Account, expected: number): Placebo => {
  const observed = account.met.filter(({ isAfterOnly }) => isAfterOnly).length;
  const met = account.met.length - observed;
  const excess = met / Math.max(1, account.expected - account.expectedAfterOnly);
  const chance = upperTail(observed, expected, account.levelShape);
  // Poisson likelihoods of no excess, and of the same excess as after the view.
  const asMuch = observed * Math.log(Math.max(1, excess)) - (Math.max(1, excess) - 1) * expected;
  const passed = chance > failsAtMost && !(chance < 0.1 && asMuch > 2);
  return { observed, expected: Math.round(expected * 100) / 100, passed };
};
