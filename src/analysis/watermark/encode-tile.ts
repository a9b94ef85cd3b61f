import type { ViewId } from '../../model/id.ts';
import { encodeView } from './mark-code.ts';
import { carriers, templateAmplitude, templateWaves, tileCssPx, type Wave } from './mark-layout.ts';

export type Theme = 'light' | 'dark';

/** A picture of one tile, four bytes to a pixel (red, green, blue, alpha not premultiplied). */
export interface Tile {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** The pattern is cut at this many times its own root mean square, which bounds the ink's peak. */
const clipSigmas = 1.6;

/**
 * Mean opacity of the ink. Light theme: yellow, which on white takes from blue alone, the colour that the eye
 * resolves worst. Dark theme: blue, which on black adds to blue alone.
 */
export const inks: Readonly<
  Record<Theme, { readonly rgb: readonly [number, number, number]; readonly meanOpacity: number }>
> = {
  light: { rgb: [255, 255, 0], meanOpacity: 0.043 },
  dark: { rgb: [0, 0, 255], meanOpacity: 0.045 },
};

interface Tone extends Wave {
  readonly cosine: number;
  readonly sine: number;
}

const tones = (coded: Int8Array): readonly Tone[] => [
  ...templateWaves.map((wave) => ({ ...wave, cosine: templateAmplitude, sine: 0 })),
  ...carriers.map((wave) => ({
    ...wave,
    cosine: wave.amplitude * (coded[wave.bits[0]] as number),
    sine: wave.amplitude * (coded[wave.bits[1]] as number),
  })),
];

const circle = Array.from({ length: tileCssPx }, (_, i) => (2 * Math.PI * i) / tileCssPx);
const cosines = Float64Array.from(circle, Math.cos);
const sines = Float64Array.from(circle, Math.sin);
const turn = (steps: number): number => ((steps % tileCssPx) + tileCssPx) % tileCssPx;

/**
 * The pattern p(x, y) of a view, root mean square about 1: rows from the top, one value a CSS pixel. Waves of
 * equal `l` are summed across first, which makes the sum over a few hundred waves cheap.
 */
export const patternOf = (viewId: ViewId): Float64Array => {
  const rows = Map.groupBy(tones(encodeView(viewId)), (tone) => tone.l);
  const pattern = new Float64Array(tileCssPx * tileCssPx);
  for (const [l, row] of rows) {
    const real = new Float64Array(tileCssPx);
    const imaginary = new Float64Array(tileCssPx);
    for (const tone of row) {
      // cosine * cos(t + phase) + sine * sin(t + phase) is the real part of (a + ib) * exp(it)
      const a = tone.cosine * Math.cos(tone.phase) + tone.sine * Math.sin(tone.phase);
      const b = tone.cosine * Math.sin(tone.phase) - tone.sine * Math.cos(tone.phase);
      for (let x = 0; x < tileCssPx; x += 1) {
        const cos = cosines[turn(tone.k * x)] as number;
        const sin = sines[turn(tone.k * x)] as number;
        real[x] = (real[x] as number) + a * cos - b * sin;
        imaginary[x] = (imaginary[x] as number) + a * sin + b * cos;
      }
    }
    for (let y = 0; y < tileCssPx; y += 1) {
      const cos = cosines[turn(l * y)] as number;
      const sin = sines[turn(l * y)] as number;
      for (let x = 0; x < tileCssPx; x += 1) {
        const at = y * tileCssPx + x;
        pattern[at] = (pattern[at] as number) + (real[x] as number) * cos - (imaginary[x] as number) * sin;
      }
    }
  }
  return pattern;
};

/**
 * Makes the tile that a page of this view shows over everything, repeated from the page's corner with one tile
 * pixel to a CSS pixel. In both themes more pattern means less blue against red and green, so one reader reads
 * both.
 */
export const encodeTile = (viewId: ViewId, options: { readonly theme: Theme }): Tile => {
  const { rgb, meanOpacity } = inks[options.theme];
  const direction = options.theme === 'light' ? 1 : -1;
  const rgba = new Uint8Array(tileCssPx * tileCssPx * 4);
  patternOf(viewId).forEach((value, at) => {
    const clipped = Math.max(-1, Math.min(1, value / clipSigmas));
    rgba.set(rgb, at * 4);
    rgba[at * 4 + 3] = Math.round(255 * meanOpacity * (1 + direction * clipped));
  });
  return { width: tileCssPx, height: tileCssPx, rgba };
};
