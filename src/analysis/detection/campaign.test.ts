import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pooledEvidence } from './campaign.ts';

/** The mean product over all sets of k, by listing them. */
const meanProduct = (values: readonly number[], k: number): number => {
  const products: number[] = [];
  const choose = (from: number, left: number, product: number): void => {
    if (left === 0) {
      products.push(product);
      return;
    }
    for (let at = from; at < values.length; at += 1) choose(at + 1, left - 1, product * (values[at] ?? 1));
  };
  choose(0, k, 1);
  return products.reduce((sum, product) => sum + product, 0) / products.length;
};

describe('evidence of several together', () => {
  it('is the mean over k of the mean products over all sets of k', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 2, maxLength: 9 }),
        (eValues) => {
          const ks = [2, 3, 4, 5].filter((k) => k <= eValues.length);
          const listed = ks.reduce((sum, k) => sum + meanProduct(eValues, k), 0) / ks.length;
          expect(pooledEvidence(eValues)).toBeCloseTo(listed, 6 - Math.ceil(Math.log10(listed + 1)));
        },
      ),
    );
  });

  it('is 1 when nobody shows anything, small when one alone does, large when four do', () => {
    const quiet = Array.from({ length: 16 }, () => 1);
    expect(pooledEvidence(quiet)).toBeCloseTo(1);
    expect(pooledEvidence([...quiet, 60])).toBeLessThan(25);
    expect(pooledEvidence([...quiet, 60, 60, 60, 60])).toBeGreaterThan(1_000);
  });

  it('needs two at least', () => {
    expect(pooledEvidence([1_000])).toBe(0);
  });
});
