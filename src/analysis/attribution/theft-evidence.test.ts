import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Account } from './account.ts';
import { type DelayKernel, delayKernels, densityAt, reachedBy } from './delay-kernels.ts';
import { levelGrid } from './level-grid.ts';
import { logSum } from './log-sum.ts';
import { placeboOf } from './placebo.ts';
import { theftPosterior, theftTries, weighWindows, windowGrid } from './theft-evidence.ts';

const days = 60;
const [, , twoMonths] = delayKernels as [DelayKernel, DelayKernel, DelayKernel];
const shares = delayKernels.map(() => 1 / delayKernels.length);

/** An account with one view of each reported customer: [viewed, reported]. */
const accountOf = (pairs: readonly (readonly [number, number])[], viewsADay = 10): Account => {
  const met = pairs.map(([viewed, reported], report) => ({
    report,
    day: reported,
    authenticated: 'unknown' as const,
    hazard: 2e-5,
    viewedAt: [viewed],
    isAfterOnly: viewed > reported,
    isNear: false,
  }));
  const earlier = pairs
    .flatMap(([viewed, reported], place) =>
      viewed <= reported ? [{ met: place, at: viewed, lag: reported - viewed }] : [],
    )
    .toSorted((one, other) => one.at - other.at);
  return {
    agent: 0,
    met,
    earlier: {
      met: Int32Array.from(earlier, ({ met: place }) => place),
      at: Float64Array.from(earlier, ({ at }) => at),
      lag: Float64Array.from(earlier, ({ lag }) => lag),
    },
    expected: 1,
    expectedByBlock: new Float64Array(6).fill(1 / 6),
    expectedAfterOnly: 0.5,
    expectedNear: 0.1,
    daily: new Float64Array(days).fill(viewsADay),
    isMixed: false,
    levelShape: 400,
    lastReportDay: days,
  };
};

const pairs = fc.array(
  fc.tuple(fc.double({ min: 0, max: 59.9, noNaN: true }), fc.double({ min: 0, max: 59.9, noNaN: true })),
  { maxLength: 12 },
);

describe('the evidence of a theft', () => {
  it('is, for each window, the likelihood ratio written out', () => {
    const grid = windowGrid(days, 10);
    fc.assert(
      fc.property(pairs, fc.integer({ min: 0, max: 5 }), (of, place) => {
        const account = accountOf(of);
        const kernel = delayKernels[place] ?? delayKernels[0];
        if (!kernel) return;
        const tried = { reportsPerView: 0.02, kernel, logPrior: 0 };
        const logs = weighWindows(account, new Float64Array(of.length), { grid, tried, level: 1 });
        for (const [i, start] of grid.starts.entries())
          for (const [j, end] of grid.ends.entries()) {
            if (end <= start) continue;
            let log = grid.logPrior[i * grid.ends.length + j] ?? 0;
            for (const [viewed, reported] of of)
              if (viewed <= reported && viewed >= start && viewed < end)
                log += Math.log(1 + (0.02 * densityAt(kernel, reported - viewed)) / 2e-5);
            for (let day = start; day < end; day += 1) log -= 0.02 * 10 * reachedBy(kernel, days - day - 0.5);
            expect(logs[i * grid.ends.length + j]).toBeCloseTo(log, 8);
          }
      }),
      { numRuns: 30 },
    );
  });

  it('adds up over reports: two customers weigh as much as one and the other', () => {
    const grid = { starts: [0], ends: [days], logPrior: new Float64Array(1) };
    const tried = { reportsPerView: 0.02, kernel: twoMonths, logPrior: 0 };
    const weigh = (of: readonly (readonly [number, number])[]): number =>
      weighWindows(accountOf(of), new Float64Array(of.length), { grid, tried, level: 1 })[0] ?? 0;
    const none = weigh([]);
    const [one, other] = [[5, 20] as const, [30, 33] as const];
    expect(weigh([one, other]) - none).toBeCloseTo(weigh([one]) - none + weigh([other]) - none, 10);
  });

  it('finds the days of a plain theft', () => {
    const stolen = Array.from(
      { length: 24 },
      (_, at) => [20 + at, Math.min(59.5, 20 + at + 3 + ((at * 7) % 15))] as const,
    );
    const account = accountOf(stolen);
    const posterior = theftPosterior(account, new Float64Array(24), {
      grid: windowGrid(days, 1),
      tries: theftTries(shares, false),
      levelPoints: 1,
    });
    const likeliest = posterior.starts.indexOf(Math.max(...posterior.starts));
    expect(Math.abs(likeliest - 20)).toBeLessThanOrEqual(2);
    expect(posterior.inside[30]).toBeGreaterThan(0.95);
    expect(posterior.inside[5]).toBeLessThan(0.05);
    expect(posterior.logEvidence).toBeGreaterThan(20);
  });

  it('weighs windows, delays and levels with priors that sum to one', () => {
    for (const step of [1, 7, 14]) expect(logSum(windowGrid(180, step).logPrior)).toBeCloseTo(0, 10);
    expect(logSum(theftTries(shares, false).map(({ logPrior }) => logPrior))).toBeCloseTo(0, 10);
    for (const { density } of delayKernels)
      expect(density.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 10);
    const levels = levelGrid(accountOf([[3, 9]]), new Float64Array(1), 7);
    expect(logSum(levels.map(({ logWeight }) => logWeight))).toBeCloseTo(0, 10);
  });
});

describe('the placebo', () => {
  const seenAfter = (count: number): Account =>
    accountOf(Array.from({ length: count }, (_, at) => [40, at % 30] as const));

  it('passes as many reports before the view as chance brings', () => {
    expect(placeboOf(seenAfter(12), 10).passed).toBe(true);
  });

  it('fails when far more reports came before the view than colleagues lead one to expect', () => {
    expect(placeboOf(seenAfter(40), 10)).toEqual({ observed: 40, expected: 10, passed: false });
  });
});
