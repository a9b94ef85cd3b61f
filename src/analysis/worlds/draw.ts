/** Four 32-bit words from a text: FNV-1a over its characters, from four different starting values. */
const wordsOf = (seed: string): Uint32Array => {
  const words = new Uint32Array(4);
  for (let word = 0; word < 4; word += 1) {
    let hash = (0x811c9dc5 ^ Math.imul(word + 1, 0x9e3779b1)) >>> 0;
    for (let at = 0; at < seed.length; at += 1) {
      hash = Math.imul(hash ^ seed.charCodeAt(at), 0x01000193) >>> 0;
      hash = (hash ^ (hash >>> 15)) >>> 0;
    }
    words[word] = hash | 1;
  }
  return words;
};

/**
 * Chance that a seed decides, in the shapes that a made-up desk needs. The generator is xoshiro128++ (Blackman and
 * Vigna, "Scrambled linear pseudorandom number generators", 2019): quick, even, and no use for secrets.
 */
export class Draw {
  readonly #seed: string;
  readonly #state: Uint32Array;

  constructor(seed: string) {
    this.#seed = seed;
    this.#state = wordsOf(seed);
    for (let warm = 0; warm < 16; warm += 1) this.unit();
  }

  /** Draws of their own for one part of the world: what one part draws does not move another. */
  fork(part: string): Draw {
    return new Draw(`${this.#seed}/${part}`);
  }

  /** A number in [0, 1). */
  unit(): number {
    const state = this.#state;
    const [a = 0, b = 0, c = 0, d = 0] = state;
    const sum = (a + d) >>> 0;
    const answer = (((sum << 7) | (sum >>> 25)) + a) >>> 0;
    const shifted = (b << 9) >>> 0;
    const c2 = (c ^ a) >>> 0;
    const d2 = (d ^ b) >>> 0;
    state[1] = b ^ c2;
    state[0] = a ^ d2;
    state[2] = c2 ^ shifted;
    state[3] = (d2 << 11) | (d2 >>> 21);
    return answer / 2 ** 32;
  }

  /** A whole number in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.unit() * limit);
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.unit();
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.below(from.length)];
    if (picked === undefined) throw new RangeError('nothing to pick from');
    return picked;
  }

  /** `count` different ones, or all of them when there are not as many. */
  several<T>(from: readonly T[], count: number): T[] {
    const left = [...from];
    for (let at = left.length - 1; at > 0; at -= 1) {
      const other = this.below(at + 1);
      const [here, there] = [left[at], left[other]];
      if (here !== undefined && there !== undefined) [left[at], left[other]] = [there, here];
    }
    return left.slice(0, count);
  }

  /** A place in `weights`, each as likely as its weight. */
  weighted(weights: readonly number[]): number {
    let left = this.unit() * weights.reduce((sum, weight) => sum + weight, 0);
    for (let place = 0; place < weights.length; place += 1) {
      left -= weights[place] ?? 0;
      if (left < 0) return place;
    }
    return weights.length - 1;
  }

  /** Standard normal, by the method of Box and Muller (1958). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.unit())) * Math.cos(2 * Math.PI * this.unit());
  }

  /** Lognormal with this median. */
  lognormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal());
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.unit());
  }

  /** A count with this mean: exact for small means, the rounded normal for large ones. */
  poisson(mean: number): number {
    if (mean > 40) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    const floor = Math.exp(-mean);
    let count = 0;
    for (let product = this.unit(); product > floor; product *= this.unit()) count += 1;
    return count;
  }
}
