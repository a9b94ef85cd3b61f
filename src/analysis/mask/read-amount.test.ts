import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAmount, readAmounts } from './read-amount.ts';

describe('an amount', () => {
  it.each([
    ['12,345.67', 12_345.67],
    ['12.345,67', 12_345.67],
    ["1'234'567.89", 1_234_567.89],
    ['1 234,50', 1_234.5],
    ['1\u00a0234', 1_234],
    ['1,234,567', 1_234_567],
    ['1.234.567', 1_234_567],
    ['1234.567', 1_234.567],
    ['0.125', 0.125],
    ['-5.5 EUR', -5.5],
    ['EUR -7', -7],
    ['−7', -7],
    ['€ 10', 10],
    ['12.', 12],
    ['0', 0],
  ])('%j means %d', (text, amount) => expect(readAmount(text)).toBe(amount));

  it.each(['', ' ', '-', '--5', '1e5', '.5', '1,2,3', '999,99,99', '1,234,5', 'ten', '0x10', '1.2.3,4', '٣'])(
    '%j means none',
    (text) => expect(readAmounts(text)).toEqual([]),
  );
  it('that could be two is not chosen for either', () => {
    expect(readAmounts('12.345')).toEqual([12.345, 12_345]);
    expect(readAmounts('-12,345')).toEqual([-12.345, -12_345]);
    expect(readAmount('12.345')).toBeUndefined();
  });
  it('is read back from English and from German spelling alike', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 }), (cents) => {
        for (const language of ['en', 'de'])
          expect(
            readAmount(
              (cents / 100).toLocaleString(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
            ),
          ).toBe(cents / 100);
      }),
    );
  });
});
