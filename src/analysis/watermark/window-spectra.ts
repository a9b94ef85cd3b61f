import { type Complex, fourierPlan, transform } from './fourier.ts';
import type { InkPlane } from './ink-plane.ts';

/** Edge of a window in pixels, and of the step from one to the next. */
export const windowPx = 256;
const hopPx = 128;
/** Spectra are kept for frequencies of up to this many periods a window, both ways. */
export const bandBins = 44;
export const bandEdge = bandBins * 2 + 1;
const whitenRadius = 8;
const powerMax = 14;
/** Nearer to frequency 0 than this lies what shading and pictures leave behind: no line is looked for there. */
const quietBins = 4;

/** The power spectrum of one window, each bin over the mean of its neighbourhood: about 1 where there is noise. */
export interface WindowSpectrum {
  /** Centre of the window in pixels. */
  readonly x: number;
  readonly y: number;
  /** `bandEdge` squared values, frequency (0, 0) in the middle. */
  readonly power: Float32Array;
  readonly column: number;
  readonly row: number;
}

const plan = fourierPlan(windowPx);
const hann = Float32Array.from(
  { length: windowPx },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / windowPx),
);

const starts = (length: number): readonly number[] => {
  if (length <= windowPx) return [Math.floor((length - windowPx) / 2)];
  const steps = Math.ceil((length - windowPx) / hopPx);
  return Array.from({ length: steps + 1 }, (_, i) => Math.round((i * (length - windowPx)) / steps));
};

const fill = (plane: InkPlane, to: Float32Array, corner: { x: number; y: number }): void => {
  to.fill(0);
  for (let y = Math.max(0, -corner.y); y < windowPx && corner.y + y < plane.height; y += 1) {
    const row = (corner.y + y) * plane.width + corner.x;
    const taper = hann[y] as number;
    for (let x = Math.max(0, -corner.x); x < windowPx && corner.x + x < plane.width; x += 1)
      to[y * windowPx + x] = (plane.ink[row + x] as number) * taper * (hann[x] as number);
  }
};

/** Both windows of a pair ride in one complex transform; only the columns of the band are finished. */
const transformBand = (pair: Complex): void => {
  for (let y = 0; y < windowPx; y += 1) transform(plan, pair, { start: y * windowPx, stride: 1 });
  for (let bin = -bandBins; bin <= bandBins; bin += 1)
    transform(plan, pair, { start: bin & (windowPx - 1), stride: windowPx });
};

const powers = ({ re, im }: Complex, sign: 1 | -1): Float32Array => {
  const mask = windowPx - 1;
  const power = new Float32Array(bandEdge * bandEdge);
  for (let v = -bandBins; v <= bandBins; v += 1) {
    for (let u = -bandBins; u <= bandBins; u += 1) {
      const a = (v & mask) * windowPx + (u & mask);
      const b = (-v & mask) * windowPx + (-u & mask);
      const real = (re[a] as number) + sign * (re[b] as number);
      const imaginary = (im[a] as number) - sign * (im[b] as number);
      power[(v + bandBins) * bandEdge + u + bandBins] = real * real + imaginary * imaginary;
    }
  }
  return power;
};

/** Divides each bin by the mean of the square around it, without the bin and its direct neighbours. */
const whiten = (power: Float32Array): Float32Array => {
  const edge = bandEdge + 1;
  const sums = new Float64Array(edge * edge);
  for (let v = 0; v < bandEdge; v += 1)
    for (let u = 0; u < bandEdge; u += 1)
      sums[(v + 1) * edge + u + 1] =
        (power[v * bandEdge + u] as number) +
        (sums[v * edge + u + 1] as number) +
        (sums[(v + 1) * edge + u] as number) -
        (sums[v * edge + u] as number);
  const area = (u: number, v: number, radius: number): readonly [number, number] => {
    const left = Math.max(0, u - radius);
    const top = Math.max(0, v - radius);
    const right = Math.min(bandEdge, u + radius + 1);
    const bottom = Math.min(bandEdge, v + radius + 1);
    const sum =
      (sums[bottom * edge + right] as number) -
      (sums[top * edge + right] as number) -
      (sums[bottom * edge + left] as number) +
      (sums[top * edge + left] as number);
    return [sum, (right - left) * (bottom - top)];
  };
  return power.map((value, at) => {
    const u = at % bandEdge;
    const v = Math.floor(at / bandEdge);
    if (Math.hypot(u - bandBins, v - bandBins) < quietBins) return 0;
    const [wide, wideCount] = area(u, v, whitenRadius);
    const [near, nearCount] = area(u, v, 1);
    const level = (wide - near) / (wideCount - nearCount);
    return level > 1e-9 ? Math.min(powerMax, value / level) : 0;
  });
};

/** Cuts a plane into overlapping windows and gives the whitened power spectrum of each. */
export const windowSpectra = (plane: InkPlane): readonly WindowSpectrum[] => {
  const corners = starts(plane.height).flatMap((y, row) =>
    starts(plane.width).map((x, column) => ({ x, y, row, column })),
  );
  const pair = { re: new Float32Array(windowPx * windowPx), im: new Float32Array(windowPx * windowPx) };
  const spectra: WindowSpectrum[] = [];
  for (let i = 0; i < corners.length; i += 2) {
    const both = corners.slice(i, i + 2);
    for (const [j, corner] of both.entries()) fill(plane, j === 0 ? pair.re : pair.im, corner);
    if (both.length === 1) pair.im.fill(0);
    transformBand(pair);
    both.forEach(({ x, y, row, column }, j) => {
      const power = whiten(powers(pair, j === 0 ? 1 : -1));
      spectra.push({ x: x + windowPx / 2, y: y + windowPx / 2, power, row, column });
    });
  }
  return spectra;
};
