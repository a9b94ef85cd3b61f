import { describe, expect, it } from 'vitest';
import type { ViewId } from '../../model/id.ts';
import { encodeTile, inks, patternOf } from './encode-tile.ts';
import { codedBitCount } from './mark-code.ts';
import { carriers, templateAmplitude, templateWaves, tileCssPx } from './mark-layout.ts';

const viewId = '0123456789ab' as ViewId;

const alphas = (theme: 'light' | 'dark'): number[] => {
  const { rgba } = encodeTile(viewId, { theme });
  return Array.from({ length: rgba.length / 4 }, (_, at) => rgba[at * 4 + 3] ?? 0);
};
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the tile of a view', () => {
  it('is 192 pixels square and of one ink: yellow for light pages, blue for dark ones', () => {
    for (const [theme, ink] of [
      ['light', [255, 255, 0]],
      ['dark', [0, 0, 255]],
    ] as const) {
      const tile = encodeTile(viewId, { theme });
      expect([tile.width, tile.height, tile.rgba.length]).toEqual([192, 192, 192 * 192 * 4]);
      for (let at = 0; at < tile.rgba.length; at += 4)
        expect([...tile.rgba.slice(at, at + 3)]).toEqual([...ink]);
    }
  });

  it('keeps its ink under five percent on average and under ten anywhere', () => {
    for (const theme of ['light', 'dark'] as const) {
      const values = alphas(theme);
      expect(mean(values) / 255).toBeCloseTo(inks[theme].meanOpacity, 2);
      expect(mean(values) / 255).toBeLessThan(0.05);
      expect(Math.max(...values) / 255).toBeLessThan(0.1);
    }
  });

  it('takes no more than 0.4 percent of luminance ripple on white, for many views', () => {
    for (let seed = 0; seed < 6; seed += 1) {
      const view = (seed * 0x1234567).toString(16).padStart(12, '7') as ViewId;
      const { rgba } = encodeTile(view, { theme: 'light' });
      const light = Array.from(
        { length: 192 * 192 },
        (_, at) => 0.9278 + 0.0722 * (1 - (rgba[at * 4 + 3] ?? 0) / 255) ** 2.2,
      );
      const level = mean(light);
      expect(Math.sqrt(mean(light.map((value) => (value - level) ** 2))) / level).toBeLessThan(0.004);
    }
  });

  it('joins its neighbours without a seam', () => {
    const pattern = patternOf(viewId);
    const at = (x: number, y: number): number => pattern[(y % 192) * 192 + (x % 192)] ?? 0;
    const steps = (x: number): number =>
      Math.max(...Array.from({ length: 192 }, (_, y) => Math.abs(at(x + 1, y) - at(x, y))));
    expect(steps(191)).toBeLessThan(1.5 * Math.max(...Array.from({ length: 191 }, (_, x) => steps(x))));
  });

  it('is darker in blue where the dark theme is brighter in it: one reader reads both', () => {
    const [light, dark] = [alphas('light'), alphas('dark')];
    const [a, b] = [mean(light), mean(dark)];
    expect(mean(light.map((value, i) => (value - a) * ((dark[i] ?? 0) - b)))).toBeLessThan(0);
  });
});

describe('the layout of the mark', () => {
  it('gives every coded bit at least two quadratures', () => {
    const uses = new Array<number>(codedBitCount).fill(0);
    for (const { bits } of carriers) for (const bit of bits) uses[bit] = (uses[bit] ?? 0) + 1;
    expect(Math.min(...uses)).toBeGreaterThanOrEqual(2);
  });

  it('adds up to a pattern of root mean square 1', () => {
    const power =
      (templateWaves.length * templateAmplitude ** 2) / 2 +
      carriers.reduce((sum, { amplitude }) => sum + amplitude ** 2, 0);
    expect(power).toBeCloseTo(1, 9);
  });

  it('uses no wave twice, nor a wave and its mirror', () => {
    const names = [...templateWaves, ...carriers].flatMap(({ k, l }) => [`${k},${l}`, `${-k},${-l}`]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('finds the tile: template waves generate every pair of whole numbers', () => {
    const areas = templateWaves.flatMap((a) => templateWaves.map((b) => Math.abs(a.k * b.l - a.l * b.k)));
    const divisor = areas.reduce((a, b) => {
      while (b) [a, b] = [b, a % b];
      return a;
    });
    expect(divisor).toBe(1);
    expect(tileCssPx).toBe(192);
  });

  it('never changes: marks that are out there must stay readable', () => {
    const sum = carriers.reduce(
      (total, { k, l, bits }, i) => (total * 31 + k * 7 + l * 13 + bits[0] * 3 + bits[1] + i) % 1_000_000_007,
      7,
    );
    expect({ count: carriers.length, sum }).toMatchInlineSnapshot(`
      {
        "count": 232,
        "sum": 78992908,
      }
    `);
  });
});
