import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DistinctWindow } from './distinct-window.ts';
import { MinuteCounts } from './minute-counts.ts';

const anyAmounts = fc.array(fc.tuple(fc.integer({ min: -40, max: 40 }), fc.integer({ min: -3, max: 9 })));

describe('counts by minute', () => {
  it('sum what was added since any minute, whatever order it came in', () => {
    fc.assert(
      fc.property(anyAmounts, fc.integer({ min: -45, max: 45 }), (amounts, from) => {
        const counts = new MinuteCounts(1_000);
        for (const [minute, amount] of amounts) counts.add(minute, amount);
        const expected = amounts
          .filter(([minute]) => minute >= from)
          .reduce((sum, [, amount]) => sum + amount, 0);
        expect(counts.since(from)).toBe(expected);
      }),
    );
  });

  it('forget the oldest minutes first and keep the sums over the newest', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(Array.from({ length: 60 }, (_, n) => n)), (minutes) => {
        const counts = new MinuteCounts(20);
        for (const minute of minutes) {
          counts.add(minute, 1);
          counts.forgetOldest();
        }
        const newest = minutes.toSorted((a, b) => b - a).slice(0, 20);
        const oldestKept = newest.at(-1) ?? 0;
        // An old minute that arrives after younger ones were forgotten may be forgotten with them, no young one is.
        expect(counts.since(oldestKept)).toBe(newest.length);
      }),
    );
  });

  it('hold at most a tenth more than the limit, also of ids', () => {
    const window = new DistinctWindow(10);
    for (let minute = 0; minute < 5_000; minute += 1) window.see(`id${minute}`, minute);
    expect(window.countSince(0)).toBeLessThanOrEqual(11);
    expect(window.seenSince('id10', 0)).toBe(false);
    expect(window.seenSince('id4999', 4_999)).toBe(true);
  });
});
