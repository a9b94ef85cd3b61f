import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Draw } from './draw.ts';
import { orderByTime } from './order-by-time.ts';

const many = 20_000;
const meanOf = (draw: () => number): number => {
  let sum = 0;
  for (let count = 0; count < many; count += 1) sum += draw();
  return sum / many;
};

describe('draws', () => {
  it('are decided by the seed, and a fork does not move its parent', () => {
    const [one, same, other] = [new Draw('a'), new Draw('a'), new Draw('b')];
    same.fork('part').unit();
    const first = Array.from({ length: 50 }, () => one.unit());
    expect(Array.from({ length: 50 }, () => same.unit())).toEqual(first);
    expect(Array.from({ length: 50 }, () => other.unit())).not.toEqual(first);
  });

  it('have the means that they promise', () => {
    const draw = new Draw('means');
    expect(meanOf(() => draw.unit())).toBeCloseTo(0.5, 1);
    expect(Math.abs(meanOf(() => draw.normal()))).toBeLessThan(0.03);
    expect(meanOf(() => draw.poisson(3.5))).toBeCloseTo(3.5, 0);
    expect(meanOf(() => draw.poisson(80)) / 80).toBeCloseTo(1, 1);
    expect(meanOf(() => draw.exponential(4)) / 4).toBeCloseTo(1, 1);
    expect(meanOf(() => draw.weighted([1, 3])) / 0.75).toBeCloseTo(1, 1);
    expect(() => draw.pick([])).toThrow(RangeError);
  });

  it('give several different ones, never one twice', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.uniqueArray(fc.integer(), { maxLength: 30 }),
        fc.nat(40),
        (seed, from, count) => {
          const several = new Draw(seed).several(from, count);
          expect(new Set(several).size).toBe(Math.min(count, from.length));
          expect(several.every((one) => from.includes(one))).toBe(true);
        },
      ),
    );
  });
});

describe('the order of time', () => {
  it('is ascending, complete, and keeps rows of the same instant as they came', () => {
    const times = fc.array(
      fc.nat(25).map((step) => step * 17_000),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(times, (list) => {
        const order = [...orderByTime(Float64Array.from(list))];
        const expected = list.map((_, row) => row).toSorted((a, b) => (list[a] ?? 0) - (list[b] ?? 0));
        expect(order).toEqual(expected);
      }),
    );
  });
});
