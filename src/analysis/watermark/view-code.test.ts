import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ViewId } from '../../model/id.ts';
import { formatViewCode, parseViewCode } from './view-code.ts';

const anyView = fc
  .bigInt({ min: 0n, max: 2n ** 48n - 1n })
  .map((bits) => bits.toString(16).padStart(12, '0') as ViewId);

describe('the view’s short code', () => {
  it('is read back, however it is spaced and spelt', () => {
    fc.assert(
      fc.property(anyView, (viewId) => {
        const code = formatViewCode(viewId);
        expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{3}-[0-9A-HJKMNP-TV-Z]{3}$/);
        expect(parseViewCode(code)).toBe(viewId);
        expect(
          parseViewCode(
            ` ${code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')}`,
          ),
        ).toBe(viewId);
      }),
    );
  });

  it('notices about three of four slips of one letter, and never reads another length', () => {
    let missed = 0;
    const code = formatViewCode('a1b2c3d4e5f6' as ViewId).replaceAll('-', '');
    for (let at = 0; at < code.length; at += 1)
      for (const letter of '23456789ABCDEFGH')
        if (letter !== code[at] && parseViewCode(code.slice(0, at) + letter + code.slice(at + 1)))
          missed += 1;
    expect(missed).toBeLessThan(64);
    expect(parseViewCode(`${code}0`)).toBeUndefined();
    expect(parseViewCode('UUUU-UUU-UUU')).toBeUndefined();
  });
});
