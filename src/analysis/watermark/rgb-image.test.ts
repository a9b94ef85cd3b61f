import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shrinkImage } from './rgb-image.ts';

const meanOf = (rgb: Uint8Array): number => rgb.reduce((sum, value) => sum + value, 0) / rgb.length;

describe('making an image smaller', () => {
  it('keeps its mean, whatever the factor', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 40 }),
        fc.integer({ min: 8, max: 40 }),
        fc.double({ min: 0.2, max: 1, noNaN: true }),
        fc.infiniteStream(fc.nat(255)),
        (width, height, factor, values) => {
          const rgb = Uint8Array.from({ length: width * height * 3 }, () => values.next().value ?? 0);
          const small = shrinkImage({ width, height, rgb }, factor);
          expect(small.rgb.length).toBe(small.width * small.height * 3);
          expect(Math.abs(meanOf(small.rgb) - meanOf(rgb))).toBeLessThan(1);
        },
      ),
    );
  });

  it('leaves a plain area plain', () => {
    const small = shrinkImage({ width: 50, height: 30, rgb: new Uint8Array(4500).fill(201) }, 0.37);
    expect(new Set(small.rgb)).toEqual(new Set([201]));
  });

  it('gives the same image back for factor 1', () => {
    const image = { width: 3, height: 2, rgb: Uint8Array.from({ length: 18 }, (_, i) => i) };
    expect(shrinkImage(image, 1)).toBe(image);
  });
});
