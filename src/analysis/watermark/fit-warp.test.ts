import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitWarp } from './fit-warp.ts';
import { type FlatInk, warpTerms } from './rectify.ts';

const columns = 24;
const rows = 18;
const flat: FlatInk = {
  width: columns * 16,
  height: rows * 16,
  left: 0,
  top: 0,
  ink: new Float32Array(),
  trust: new Float32Array(),
};
const half = columns * 16;

/** What the curve says in the middle of each block, in CSS pixels. */
const fieldOf = (curve: readonly number[]): Float32Array =>
  Float32Array.from({ length: columns * rows }, (_, block) => {
    const x = (((block % columns) + 0.5) * 32 - half) / half;
    const y = ((Math.floor(block / columns) + 0.5) * 32 - rows * 16) / half;
    return warpTerms(x, y, new Float64Array(10)).reduce((sum, term, i) => sum + term * (curve[i] ?? 0), 0);
  });

const anyCurve = fc.array(fc.double({ min: -6, max: 6, noNaN: true }), { minLength: 10, maxLength: 10 });

describe('the warp that flattens a page', () => {
  it('takes away any cubic displacement but its constant, which the tile’s origin takes up', () => {
    fc.assert(
      fc.property(anyCurve, anyCurve, (inX, inY) => {
        const worth = new Float32Array(columns * rows).fill(1);
        const warp = fitWarp(
          flat,
          { columns, rows, x: fieldOf(inX), y: fieldOf(inY), worth },
          { warp: undefined, degree: 3 },
        );
        const left = fieldOf(inX.map((value, i) => value + (warp.x[i] ?? 0)));
        expect(Math.max(...left) - Math.min(...left)).toBeLessThan(0.3);
        const below = fieldOf(inY.map((value, i) => value + (warp.y[i] ?? 0)));
        expect(Math.max(...below) - Math.min(...below)).toBeLessThan(0.3);
      }),
      { numRuns: 40 },
    );
  });

  it('does not follow a few blocks that lost their way', () => {
    const x = fieldOf([0, 3, -2, 1, 0, 0, 0, 0, 0, 0]);
    for (let block = 0; block < x.length; block += 11) x[block] = 20;
    const worth = new Float32Array(columns * rows).fill(1);
    const warp = fitWarp(
      flat,
      { columns, rows, x, y: new Float32Array(x.length), worth },
      { warp: undefined, degree: 3 },
    );
    expect(Math.abs(3 + (warp.x[1] ?? 0))).toBeLessThan(0.4);
    expect(Math.abs(-2 + (warp.x[2] ?? 0))).toBeLessThan(0.4);
  });

  it('adds to the warp under which the displacements were measured', () => {
    const worth = new Float32Array(columns * rows).fill(1);
    const still = {
      columns,
      rows,
      x: new Float32Array(worth.length),
      y: new Float32Array(worth.length),
      worth,
    };
    const first = fitWarp(
      flat,
      { ...still, x: fieldOf([0, 2, 0, 0, 0, 0, 0, 0, 0, 0]) },
      { warp: undefined, degree: 1 },
    );
    const second = fitWarp(flat, still, { warp: first, degree: 2 });
    expect(second.x[1]).toBeCloseTo(first.x[1] ?? 0, 6);
  });
});
