import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diceOf } from '../../../test/camera/dice.ts';
import type { ViewId } from '../../model/id.ts';
import { agreementOf, codedBitCount, decodeView, encodeView } from './mark-code.ts';

const anyView = fc
  .array(fc.integer({ min: 0, max: 15 }), { minLength: 12, maxLength: 12 })
  .map((digits) => digits.map((digit) => digit.toString(16)).join('') as ViewId);

describe('the code of the mark', () => {
  it('gives every view back', () => {
    fc.assert(
      fc.property(anyView, (viewId) => {
        expect(decodeView(Float32Array.from(encodeView(viewId)))).toEqual({ viewId, agreement: 1 });
      }),
      { numRuns: 60 },
    );
  });

  it('corrects 8 wrong bits of 216 wherever they fall, as its distance of 18 promises', () => {
    fc.assert(
      fc.property(anyView, fc.integer(), (viewId, seed) => {
        const dice = diceOf(seed);
        const soft = Float32Array.from(encodeView(viewId));
        for (let count = 0; count < 8; count += 1) {
          const at = Math.floor(dice.next() * codedBitCount);
          soft[at] = -(soft[at] ?? 0);
        }
        expect(decodeView(soft)?.viewId).toBe(viewId);
      }),
      { numRuns: 40 },
    );
  });

  it('makes use of how sure each bit is: 60 wrong bits do no harm when they are faint', () => {
    const dice = diceOf(5);
    const viewId = '00ff13579bdf' as ViewId;
    const soft = Float32Array.from(
      encodeView(viewId),
      (bit, at) => (at % 3 === 0 && at < 180 ? -0.1 : 1) * bit * (0.8 + 0.4 * dice.next()),
    );
    expect(decodeView(soft)?.viewId).toBe(viewId);
  });

  it('reads no view out of noise', () => {
    const dice = diceOf(77);
    const found = Array.from({ length: 60 }, () =>
      decodeView(Float32Array.from({ length: codedBitCount }, () => dice.normal())),
    ).filter((decoded) => decoded !== undefined);
    expect(found).toEqual([]);
  });

  it('keeps any two views at least 18 coded bits apart', () => {
    fc.assert(
      fc.property(anyView, anyView, (a, b) => {
        fc.pre(a !== b);
        const coded = encodeView(b);
        const apart = encodeView(a).filter((bit, at) => bit !== coded[at]).length;
        expect(apart).toBeGreaterThanOrEqual(18);
      }),
    );
  });

  it('measures agreement from -1 to 1', () => {
    const coded = encodeView('a1b2c3d4e5f6' as ViewId);
    expect(
      agreementOf(
        Float32Array.from(coded, (bit) => -bit),
        coded,
      ),
    ).toBe(-1);
    expect(agreementOf(new Float32Array(codedBitCount), coded)).toBe(0);
  });
});
