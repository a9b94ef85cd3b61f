import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { betFactors, grownEvidence } from './bet.ts';
import { betCount } from './memory.ts';

const factorsOf = (count: number, expected: number, size: number): readonly number[] => {
  const factors = new Float64Array(betCount);
  betFactors(count, { expected, size }, factors);
  return [...factors];
};

/** Probabilities of a negative binomial law, from 0 until almost nothing is left. */
const negativeBinomial = (mean: number, size: number): number[] => {
  const share = size / (size + mean);
  const chances = [share ** size];
  let all = chances[0] ?? 0;
  for (let count = 0; all < 1 - 1e-9 && count < 20_000; count += 1) {
    const next = ((chances[count] ?? 0) * (size + count) * (1 - share)) / (count + 1);
    chances.push(next);
    all += next;
  }
  return chances;
};

const honest = fc.record({
  expected: fc.double({ min: 0.02, max: 40, noNaN: true }),
  size: fc.double({ min: 0.3, max: 50, noNaN: true }),
  lower: fc.double({ min: 0.1, max: 1, noNaN: true }),
});

describe('a bet', () => {
  it('earns nothing on average when the agent works like its peers, or does less', () => {
    fc.assert(
      fc.property(honest, ({ expected, size, lower }) => {
        const chances = negativeBinomial(expected * lower, size);
        for (let bet = 0; bet < betCount; bet += 1) {
          const mean = chances.reduce(
            (sum, chance, count) => sum + chance * (factorsOf(count, expected, size)[bet] ?? 0),
            0,
          );
          expect(mean).toBeLessThan(1 + 1e-6);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('earns more the more was counted, and earns when far more was counted', () => {
    fc.assert(
      fc.property(honest, fc.integer({ min: 0, max: 200 }), ({ expected, size }, count) => {
        factorsOf(count + 1, expected, size).forEach((factor, bet) => {
          expect(factor).toBeGreaterThanOrEqual((factorsOf(count, expected, size)[bet] ?? 0) - 1e-9);
        });
      }),
    );
    expect(Math.max(...factorsOf(16, 4, 10))).toBeGreaterThan(50);
  });

  it('never loses everything, and one day never outweighs tens of thousands', () => {
    expect(Math.min(...factorsOf(0, 30, 50))).toBeGreaterThan(0.1);
    expect(Math.max(...factorsOf(1e6, 0.02, 1))).toBeLessThan(3e4 + 1);
  });

  it('adds up so that the mean after n honest days is at most n', () => {
    // Honest days have a mean factor of 1 at most: then so is each step's mean growth.
    let mean = 0;
    for (let day = 1; day <= 50; day += 1) {
      mean = grownEvidence(mean, 1);
      expect(mean).toBeLessThanOrEqual(day);
    }
  });
});
