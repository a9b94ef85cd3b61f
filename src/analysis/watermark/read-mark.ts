import type { ViewId } from '../../model/id.ts';
import type { InkChannel } from './ink-plane.ts';
import { type LikelyView, likelyViews } from './likely-views.ts';
import { codedBitCount, type Decoded, decodeView, pathCountMax } from './mark-code.ts';
import type { RgbImage } from './rgb-image.ts';
import { type Level, levelOf, posesIn, type Sighting, sightingsIn } from './sight-mark.ts';

/** The mark names one view, and a 24-bit checksum agrees. */
export interface ExactReading {
  readonly kind: 'exact';
  readonly viewId: ViewId;
  /** One minus an upper bound on the chance that pure noise passed the checksum in as many tries. */
  readonly confidence: number;
  /** Share of the soft bits' weight that agrees with the codeword, 0 to 1. */
  readonly agreement: number;
  /** Template over noise in standard deviations, after the pose was fitted to it: chance alone reaches 34. */
  readonly clarity: number;
  /** Photo pixels a CSS pixel at the photo's middle. */
  readonly scale: number;
  /** How many of the photos it took. */
  readonly photosUsed: number;
}

/** The code could not be read exactly; these issued views explain what was read better than luck does. */
export interface LikelyReading {
  readonly kind: 'likely';
  readonly candidates: readonly LikelyView[];
  readonly clarity: number;
}

export interface NoReading {
  readonly kind: 'none';
  /** `no-mark`: nothing like the template. `unreadable`: a mark is there, its bits are lost. `too-small`: under a tile. */
  readonly reason: 'no-mark' | 'unreadable' | 'too-small';
  readonly clarity: number;
}

export type MarkReading = ExactReading | LikelyReading | NoReading;

export interface ReadOptions {
  /** Views issued in the time in question. Without them there is no `likely` answer. */
  readonly issuedViews?: readonly ViewId[];
  /** Called between steps; the reading ends with what it has as soon as it answers true. */
  readonly isOverdue?: () => boolean;
}

const photosMax = 12;
const edgePxMin = 96;
const edgePxMax = 1600;
const smallEdgePx = 640;
const candidatesMax = 5;
/** Support that no fit to noise alone was seen to need: weaker poses are not followed. */
const supportMin = 4;
/** Under this the template is not there, and no decoding is tried. */
export const clarityMin = 9;
const coherenceMin = 0.75;
/** From here on a mark is there, whether or not its bits can be read: noise that poses were fitted to reached 34. */
const clarityOfMark = 45;

/** Colour images whose channels never differ are grey: there the mark lives on in the brightness alone. */
const channelOf = ({ rgb }: RgbImage): InkChannel => {
  const stride = 3 * Math.max(1, Math.floor(rgb.length / 60_000));
  let apart = 0;
  let count = 0;
  for (let at = 0; at + 2 < rgb.length; at += stride, count += 1)
    apart +=
      Math.abs((rgb[at] as number) - (rgb[at + 2] as number)) +
      Math.abs((rgb[at] as number) - (rgb[at + 1] as number));
  return count > 0 && apart / count < 0.8 ? 'grey' : 'colour';
};

/** Sizes at which a photo is read, over its own. Half-size comes first: shrinking is what removes moiré. */
const factorsOf = ({ width, height }: RgbImage): readonly number[] => {
  const longest = Math.max(width, height);
  const whole = Math.min(1, edgePxMax / longest);
  return longest <= smallEdgePx ? [whole, whole * 0.6] : [whole * 0.6, whole * 0.4, whole];
};

interface Search {
  readonly sightings: Sighting[];
  attempts: number;
}

const decodable = ({ clarity, origin }: Sighting): boolean =>
  clarity >= clarityMin && origin.coherence >= coherenceMin;

const tryDecode = (search: Search, softBits: Float32Array): Decoded | undefined => {
  search.attempts += 1;
  return decodeView(softBits);
};

const searchLevel = (
  search: Search,
  level: Level,
  isOverdue: () => boolean,
): { decoded: Decoded; sighting: Sighting } | undefined => {
  for (const fit of posesIn(level)) {
    if (fit.support < supportMin || isOverdue()) continue;
    for (const sighting of sightingsIn(level, fit)) {
      search.sightings.push(sighting);
      if (!decodable(sighting)) continue;
      const decoded = tryDecode(search, sighting.softBits);
      if (decoded) return { decoded, sighting };
    }
  }
  return undefined;
};

/**
 * Adds up the soft bits of several looks at one screen. Which origin is right in each is not known, so each look
 * joins with the one that agrees best with the sum so far.
 */
export const addLooks = (looks: readonly (readonly Sighting[])[]): Float32Array => {
  const sum = new Float32Array(codedBitCount);
  const strength = (sightings: readonly Sighting[]): number =>
    Math.max(0, ...sightings.map(({ clarity }) => clarity));
  for (const sightings of looks.toSorted((a, b) => strength(b) - strength(a))) {
    let best: Sighting | undefined;
    let bestAlong = Number.NEGATIVE_INFINITY;
    for (const sighting of sightings) {
      const along = sighting.softBits.reduce((total, bit, at) => total + bit * (sum[at] as number), 0);
      if (along > bestAlong) {
        best = sighting;
        bestAlong = along;
      }
    }
    best?.softBits.forEach((bit, at) => {
      sum[at] = (sum[at] as number) + bit;
    });
  }
  return sum;
};

const exact = (
  decoded: Decoded,
  search: Search,
  from: { sighting: Sighting; photosUsed: number },
): ExactReading => ({
  kind: 'exact',
  viewId: decoded.viewId,
  confidence: Math.max(0, 1 - (search.attempts * pathCountMax) / 2 ** 24),
  agreement: decoded.agreement,
  clarity: from.sighting.clarity,
  scale: from.sighting.scale,
  photosUsed: from.photosUsed,
});

/** What is left when no single look could be decoded: all looks together, then likelihood. */
const readTogether = (
  search: Search,
  looks: readonly (readonly Sighting[])[],
  options: ReadOptions,
): MarkReading => {
  const clear = looks.map((sightings) => sightings.filter(decodable)).filter(({ length }) => length > 0);
  const clarity = Math.max(0, ...search.sightings.map((sighting) => sighting.clarity));
  const [first] = clear.flat().sort((a, b) => b.clarity - a.clarity);
  if (!first) return { kind: 'none', reason: 'no-mark', clarity };
  const sum = addLooks(clear);
  const decoded = clear.length > 1 ? tryDecode(search, sum) : undefined;
  if (decoded) return exact(decoded, search, { sighting: first, photosUsed: clear.length });
  const candidates = likelyViews(sum, options.issuedViews ?? [], candidatesMax);
  return candidates.length > 0
    ? { kind: 'likely', candidates, clarity }
    : { kind: 'none', reason: clarity >= clarityOfMark ? 'unreadable' : 'no-mark', clarity };
};

/**
 * Reads the mark from photos or screenshots of one screen. The first photo that decodes alone decides; otherwise
 * the soft bits of all of them are added up.
 *
 * @param images one photo, or several (at most 12) of the same view
 */
export const readMarks = (images: readonly RgbImage[], options: ReadOptions = {}): MarkReading => {
  const search: Search = { sightings: [], attempts: 0 };
  const isOverdue = options.isOverdue ?? (() => false);
  const looks: Sighting[][] = [];
  const usable = images
    .slice(0, photosMax)
    .filter(({ width, height }) => Math.min(width, height) >= edgePxMin);
  if (usable.length === 0) return { kind: 'none', reason: 'too-small', clarity: 0 };
  for (const image of usable) {
    const channel = channelOf(image);
    for (const factor of factorsOf(image)) {
      if (isOverdue()) return readTogether(search, looks, options);
      const before = search.sightings.length;
      const found = searchLevel(search, levelOf(image, factor, channel), isOverdue);
      if (found) return exact(found.decoded, search, { sighting: found.sighting, photosUsed: 1 });
      looks.push(search.sightings.slice(before));
    }
  }
  return readTogether(search, looks, options);
};

/** Reads the mark from one photo or screenshot. */
export const readMark = (image: RgbImage, options: ReadOptions = {}): MarkReading =>
  readMarks([image], options);
