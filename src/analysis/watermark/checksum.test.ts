import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksum24 } from './checksum.ts';

describe('the 24-bit checksum', () => {
  it('agrees with the published check value of CRC-24/OPENPGP', () => {
    expect(checksum24(new TextEncoder().encode('123456789'))).toBe(0x21cf02);
  });

  it('notices every change of up to 24 neighbouring bits', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 6, maxLength: 6 }),
        fc.nat(44),
        fc.integer({ min: 1, max: 0xf }),
        (bytes, at, burst) => {
          const changed = bytes.slice();
          for (let bit = 0; bit < 4; bit += 1) {
            const place = Math.min(47, at + bit);
            if ((burst >> bit) & 1) changed[place >> 3] = (changed[place >> 3] ?? 0) ^ (1 << (place & 7));
          }
          fc.pre(changed.some((byte, i) => byte !== bytes[i]));
          expect(checksum24(changed)).not.toBe(checksum24(bytes));
        },
      ),
    );
  });
});
