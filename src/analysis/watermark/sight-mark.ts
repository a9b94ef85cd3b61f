import { blockPhases } from './block-phases.ts';
import { fitPose, type PoseFit } from './fit-pose.ts';
import { fitWarp } from './fit-warp.ts';
import { type FoldedTile, foldTile, type Origin, originsOf } from './fold-tile.ts';
import { followPhase } from './follow-phase.ts';
import { type InkChannel, type InkPlane, inkPlaneOf } from './ink-plane.ts';
import { type Matrix, scaleOf } from './pose.ts';
import { extentOf, rectify, type Warp } from './rectify.ts';
import { type RgbImage, shrinkImage } from './rgb-image.ts';
import { seedSearch } from './seed-search.ts';
import { softBitsOf, templateClarity } from './soft-bits.ts';
import { windowSpectra } from './window-spectra.ts';

/** One way to read a photo: where the tiles lie, and what their bits say. */
export interface Sighting {
  readonly folded: FoldedTile;
  readonly origin: Origin;
  readonly softBits: Float32Array;
  /** Template over noise, standard deviations. */
  readonly clarity: number;
  readonly fit: PoseFit;
  /** Photo pixels a CSS pixel. */
  readonly scale: number;
}

/** A copy of the photo at one size, with its ink taken out. */
export interface Level {
  readonly plane: InkPlane;
  /** Size over the size of the photo as given. */
  readonly factor: number;
}

const seedsTriedMax = 12;
/** A pose with this much support is the page: no need to look at other seeds. */
const supportPlenty = 22;
/** After two passes a true pose shows the template this clearly, in standard deviations. */
const clarityToGoOn = 7;
/** Small images are quick to read: more poses are tried there. */
const fitsKept = { large: 3, small: 5 } as const;
const smallPixels = 400_000;
const originsTried = 4;

export const levelOf = (image: RgbImage, factor: number, channel: InkChannel): Level => {
  const small = factor < 1 ? shrinkImage(image, factor) : image;
  return { plane: inkPlaneOf(small, channel), factor: small.width / image.width };
};

const gapBetween = (a: Matrix, b: Matrix, sign: number): number =>
  Math.hypot(...a.map((value, i) => value - sign * (b[i] as number)));

/** Poses that the windows of one level support, best first, in that level's pixels. */
export const posesIn = ({ plane }: Level): readonly PoseFit[] => {
  const spectra = windowSpectra(plane);
  const fits: PoseFit[] = [];
  for (const seed of seedSearch(spectra).slice(0, seedsTriedMax)) {
    const fit = fitPose(spectra, seed, plane);
    fits.push(fit);
    if (fit.support > supportPlenty && fits.length > 2) break;
  }
  fits.sort((a, b) => b.support - a.support);
  const distinct: PoseFit[] = [];
  for (const fit of fits) {
    // a pose and the same pose upside down have the same lines: the tile's origin will tell them apart
    const known = distinct.some(({ pose }) =>
      [1, -1].some((sign) => gapBetween(pose.a, fit.pose.a, sign) < 0.03 * Math.hypot(...pose.a)),
    );
    if (!known) distinct.push(fit);
  }
  return distinct.slice(0, plane.ink.length < smallPixels ? fitsKept.small : fitsKept.large);
};

const clearest = (folded: FoldedTile): number =>
  Math.max(0, ...originsOf(folded, 1).map((origin) => templateClarity(folded, origin)));

/** Reads the tiles of one level under one pose; an empty list when the pose makes no sense. */
export const sightingsIn = (level: Level, fit: PoseFit): readonly Sighting[] => {
  const extent = extentOf(fit.pose, level.plane);
  if (!extent) return [];
  let warp: Warp | undefined;
  let flat = rectify(level.plane, fit.pose, { extent, warp });
  let phases = blockPhases(flat);
  for (const [pass, degree] of ([1, 2, 2, 3, 3] as const).entries()) {
    warp = fitWarp(flat, followPhase(phases), { warp, degree });
    flat = rectify(level.plane, fit.pose, { extent, warp });
    phases = blockPhases(flat);
    if (pass === 1 && clearest(foldTile(flat, phases)) < clarityToGoOn) return [];
  }
  const folded = foldTile(flat, phases);
  return originsOf(folded, originsTried).map((origin) => ({
    folded,
    origin,
    softBits: softBitsOf(folded, origin),
    clarity: templateClarity(folded, origin),
    fit,
    scale: scaleOf(fit.pose) / level.factor,
  }));
};
