import type { Chance } from '../../src/model/ports.ts';

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

export const drawFrom = (chance: Chance): Draw => {
  let pool = new DataView(new ArrayBuffer(0));
  let used = 0;
  const unit = (): number => {
    if (used + 4 > pool.byteLength) {
      const bytes = chance.bytes(4_096);
      pool = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      used = 0;
    }
    used += 4;
    return pool.getUint32(used - 4) / 2 ** 32;
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
