import { localMean, medianSize, type Plane, planeOf } from './plane.ts';
import type { RgbImage } from './rgb-image.ts';

/** What is left of an image when its content is taken away: the ink, and how far each pixel can be trusted. */
export interface InkPlane {
  readonly width: number;
  readonly height: number;
  /** Ink times trust, in units of its own local spread. */
  readonly ink: Float32Array;
  /** 0 (text, edges, clipped) to 1. */
  readonly trust: Float32Array;
}

/** `colour`: blue against red and green, where the mark is strong. `grey`: brightness, for monochrome images. */
export type InkChannel = 'colour' | 'grey';

const backgroundRadiusPx = 13;
const levelRadiusPx = 24;
const spreadRadiusPx = 44;
const clipSpreads = 2.5;
const spreadFloor = 0.7;

const split = (image: RgbImage, channel: InkChannel): { readonly shade: Plane; readonly tint: Plane } => {
  const shade = planeOf(image.width, image.height);
  const tint = planeOf(image.width, image.height);
  let blueSum = 1;
  let restSum = 1;
  for (let at = 0, from = 0; at < shade.values.length; at += 1, from += 3) {
    const rest = ((image.rgb[from] as number) + (image.rgb[from + 1] as number)) / 2;
    restSum += rest;
    blueSum += image.rgb[from + 2] as number;
    shade.values[at] = rest;
  }
  // a warm or cold white balance scales blue: undo it, so that brightness itself cancels
  const gain = Math.max(0.6, Math.min(1.8, restSum / blueSum));
  for (let at = 0, from = 2; at < shade.values.length; at += 1, from += 3)
    tint.values[at] =
      channel === 'colour'
        ? (shade.values[at] as number) - gain * (image.rgb[from] as number)
        : -(shade.values[at] as number);
  return { shade, tint };
};

const square = (value: number): number => value * value;

/** Tukey's biweight: 1 at no deviation, 0 from `limit` on. */
const biweight = (deviation: number, limit: number): number => {
  const ratio = square(deviation / limit);
  return ratio < 1 ? square(1 - ratio) : 0;
};

/** The level that most pixels around each pixel share: two rounds in which outliers lose their say. */
const background = (shade: Plane): Plane => {
  const weights = planeOf(shade.width, shade.height);
  weights.values.fill(1);
  let level = localMean(shade, weights, backgroundRadiusPx);
  for (const softness of [22, 11]) {
    for (let at = 0; at < weights.values.length; at += 1)
      weights.values[at] =
        1 / (1 + square(((shade.values[at] as number) - (level.values[at] as number)) / softness));
    level = localMean(shade, weights, backgroundRadiusPx);
  }
  return level;
};

/** The least value among each pixel and its neighbours: distrust spreads by one pixel. */
const erode = (from: Plane): Plane => {
  const { width, height } = from;
  const rows = planeOf(width, height);
  const to = planeOf(width, height);
  for (let at = 0; at < from.values.length; at += 1) {
    const x = at % width;
    const left = from.values[x > 0 ? at - 1 : at] as number;
    const right = from.values[x < width - 1 ? at + 1 : at] as number;
    rows.values[at] = Math.min(from.values[at] as number, left, right);
  }
  for (let at = 0; at < from.values.length; at += 1) {
    const above = rows.values[at >= width ? at - width : at] as number;
    const below = rows.values[at + width < from.values.length ? at + width : at] as number;
    to.values[at] = Math.min(rows.values[at] as number, above, below);
  }
  return to;
};

const trustOf = (shade: Plane): Plane => {
  const trust = background(shade);
  for (let at = 0; at < trust.values.length; at += 1)
    trust.values[at] = (shade.values[at] as number) - (trust.values[at] as number);
  const limit = Math.max(9, Math.min(30, 5 * medianSize(trust, undefined)));
  for (let at = 0; at < trust.values.length; at += 1)
    trust.values[at] = biweight(trust.values[at] as number, limit);
  return erode(trust);
};

const subtract = (from: Plane, level: Plane): Plane => {
  const rest = planeOf(from.width, from.height);
  for (let at = 0; at < rest.values.length; at += 1)
    rest.values[at] = (from.values[at] as number) - (level.values[at] as number);
  return rest;
};

/**
 * Takes the content out of an image. Text and edges are found by how far their brightness is from the level
 * around them, in either direction, so that light and dark pages are read alike; the slow part of the tint goes
 * (shading, coloured areas), and the rest is scaled to its own local spread, so that a loud area does not
 * outvote a quiet one.
 */
export const inkPlaneOf = (image: RgbImage, channel: InkChannel): InkPlane => {
  const { shade, tint } = split(image, channel);
  const trust = trustOf(shade);
  let rest = subtract(tint, localMean(tint, trust, levelRadiusPx));
  const limit = Math.max(1, 6 * medianSize(rest, trust));
  for (let at = 0; at < rest.values.length; at += 1)
    trust.values[at] = (trust.values[at] as number) * biweight(rest.values[at] as number, limit);
  rest = subtract(tint, localMean(tint, trust, levelRadiusPx));
  const squares = planeOf(rest.width, rest.height);
  for (let at = 0; at < squares.values.length; at += 1)
    squares.values[at] = square(rest.values[at] as number);
  const power = localMean(squares, trust, spreadRadiusPx);
  // where white is clipped nothing is left but rounding: it must not be blown up to the size of a mark
  const floor = square(spreadFloor * medianSize(rest, trust)) + 1e-4;
  for (let at = 0; at < rest.values.length; at += 1) {
    const ink = (rest.values[at] as number) / Math.sqrt((power.values[at] as number) + floor);
    rest.values[at] = Math.max(-clipSpreads, Math.min(clipSpreads, ink)) * (trust.values[at] as number);
  }
  return { width: image.width, height: image.height, ink: rest.values, trust: trust.values };
};
