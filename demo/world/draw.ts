import { createHash } from 'node:crypto';

/** Draws for made-up worlds, all from one seed. */
export interface Draw {
  /** A number in [0, 1). */
  unit(): number;
  /** A whole number in [0, below). */
  below(below: number): number;
  pick<T>(from: readonly T[]): T;
  /** A place in `weights`, each as likely as its weight. */
  weighted(weights: readonly number[]): number;
  chance(probability: number): boolean;
  digits(count: number): string;
}

/**
 * Draws that a seed decides. The generator is sfc32 (Chris Doty-Humphrey, PractRand) started from SHA-256 of the
 * seed: quick to start, good enough for made-up people, and no use for secrets.
 */
export const drawFrom = (seed: string): Draw => {
  const digest = createHash('sha256').update(seed).digest();
  let [a, b, c, counter] = [0, 4, 8, 12].map((at) => digest.readInt32LE(at)) as [
    number,
    number,
    number,
    number,
  ];
  const unit = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(unit() * limit);
  const weighted = (weights: readonly number[]): number => {
    let left = unit() * weights.reduce((sum, weight) => sum + weight, 0);
    const place = weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
    return place === -1 ? weights.length - 1 : place;
  };
  return {
    unit,
    below,
    weighted,
    pick: (from) => {
      const picked = from[below(from.length)];
      if (picked === undefined) throw new RangeError('nothing to pick from');
      return picked;
    },
    chance: (probability) => unit() < probability,
    digits: (count) => Array.from({ length: count }, () => below(10)).join(''),
  };
};
