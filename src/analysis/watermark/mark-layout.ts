import { codedBitCount } from './mark-code.ts';

/** Edge of the mark's tile in CSS pixels: the page repeats it without a gap. */
export const tileCssPx = 192;

/** One plane wave of the tile: `k` periods across and `l` periods down. */
export interface Wave {
  readonly k: number;
  readonly l: number;
  /** Radians. */
  readonly phase: number;
}

/**
 * The Fourier template: six waves that are the same in every tile. Their frequencies tell how the page lies in a
 * photo; their phases together tell where a tile begins, because the six (k, l) generate all whole pairs.
 */
export const templateWaves: readonly Wave[] = [
  { k: 9, l: 5, phase: 4.4 },
  { k: -6, l: 6, phase: 2.6 },
  { k: -4, l: 9, phase: 2.1 },
  { k: 3, l: 8, phase: 0.4 },
  { k: 5, l: 4, phase: 3.8 },
  { k: -9, l: 4, phase: 3.5 },
];

/** A wave that carries two coded bits: one in its cosine, one in its sine. */
export interface Carrier extends Wave {
  readonly bits: readonly [number, number];
  readonly radius: number;
  /** Of its cosine and of its sine alike, in units of the pattern's root mean square. */
  readonly amplitude: number;
}

/** The part of the pattern's power that the template has; the rest carries the view id. */
const templateShare = 0.37;
/** Amplitude of each template wave, in units of the pattern's root mean square. */
export const templateAmplitude = Math.sqrt((2 * templateShare) / templateWaves.length);

/** Blur and JPEG take high frequencies first: low ones get more of the power. */
const emphasis = (radius: number): number => (9 / radius) ** 0.7;

const radiusMin = 4.9;
const radiusMax = 15.2;
/** User interfaces are made of horizontal and vertical edges: carriers keep away from both axes. */
const axisGap = 2;
const templateGap = 1.2;
const layoutSeed = 0x5eed_ca5e;

/** Mulberry32: a small generator with a fixed sequence, so that every build lays the mark out alike. */
const sequence = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

const shuffled = (count: number, draw: () => number): number[] => {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i -= 1) {
    const j = Math.floor(draw() * (i + 1));
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
};

const openWaves = (draw: () => number): readonly (Wave & { readonly radius: number })[] => {
  const waves: (Wave & { readonly radius: number })[] = [];
  for (let l = axisGap; l <= radiusMax; l += 1) {
    for (let k = -Math.ceil(radiusMax); k <= radiusMax; k += 1) {
      const radius = Math.hypot(k, l);
      const taken = templateWaves.some((line) => Math.hypot(line.k - k, line.l - l) < templateGap);
      if (Math.abs(k) < axisGap || radius < radiusMin || radius > radiusMax || taken) continue;
      waves.push({ k, l, radius, phase: draw() * 2 * Math.PI });
    }
  }
  return waves.sort((a, b) => a.radius - b.radius);
};

/**
 * All carriers, low frequencies first. Slots are dealt in rounds of 216, each round shuffled by itself, so that
 * every coded bit has its share of low frequencies (which survive blur) and of high ones.
 */
export const carriers: readonly Carrier[] = (() => {
  const draw = sequence(layoutSeed);
  const waves = openWaves(draw);
  const slots: number[] = [];
  while (slots.length < waves.length * 2) slots.push(...shuffled(codedBitCount, draw));
  const power = waves.reduce((sum, { radius }) => sum + emphasis(radius) ** 2, 0);
  const level = Math.sqrt((1 - templateShare) / power);
  return waves.map((wave, i) => ({
    ...wave,
    amplitude: level * emphasis(wave.radius),
    bits: [slots[i * 2] as number, slots[i * 2 + 1] as number],
  }));
})();
