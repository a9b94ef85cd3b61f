/** Chance from a seed, fast enough for millions of draws (sfc32). For simulations only. */
export interface Dice {
  /** In [0, 1). */
  real(): number;
  /** A whole number in [0, below). */
  whole(below: number): number;
  normal(): number;
  gamma(shape: number): number;
  poisson(mean: number): number;
  pick<T>(from: readonly T[]): T;
  /** `count` different ones. */
  several<T>(from: readonly T[], count: number): T[];
}

export const diceOf = (seed: number): Dice => {
  let [a, b, c, d] = [seed | 0, 0x9e3779b9 | 0, 0x243f6a88 | 0, 1];
  const real = (): number => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let turn = 0; turn < 20; turn += 1) real();
  const whole = (below: number): number => Math.floor(real() * below);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - real())) * Math.cos(2 * Math.PI * real());
  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * (1 - real()) ** (1 / shape);
    const third = shape - 1 / 3;
    for (;;) {
      const draw = normal();
      const cube = (1 + draw / Math.sqrt(9 * third)) ** 3;
      if (cube > 0 && Math.log(1 - real()) < draw * draw * 0.5 + third * (1 - cube + Math.log(cube)))
        return third * cube;
    }
  };
  const poisson = (mean: number): number => {
    if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    let count = 0;
    for (let left = Math.exp(-mean), product = real(); product > left; product *= real()) count += 1;
    return count;
  };
  const several = <T>(from: readonly T[], count: number): T[] => {
    const mixed = [...from];
    const wanted = Math.min(count, mixed.length);
    for (let place = 0; place < wanted; place += 1) {
      const other = place + whole(mixed.length - place);
      [mixed[place], mixed[other]] = [mixed[other] as T, mixed[place] as T];
    }
    return mixed.slice(0, wanted);
  };
  return { real, whole, normal, gamma, poisson, pick: (from) => from[whole(from.length)] as never, several };
};
