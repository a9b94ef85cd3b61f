import type { FoldedTile, Origin } from './fold-tile.ts';
import { codedBitCount } from './mark-code.ts';
import { carriers, templateAmplitude, templateWaves, tileCssPx } from './mark-layout.ts';

/** No single wave may speak louder than this, in nats: an interfering pattern can sit on any of them. */
const waveLlrMax = 5;

/** Mean template amplitude in the agreed direction, and how fast it falls with frequency (blur). */
const gainOf = (folded: FoldedTile): ((radius: number) => number) => {
  const sizes = templateWaves.map((wave, i) => ({
    squared: wave.k ** 2 + wave.l ** 2,
    size: Math.max(1e-6, Math.hypot(folded.template.re[i] as number, folded.template.im[i] as number)),
  }));
  const middle = sizes.reduce((sum, { squared }) => sum + squared, 0) / sizes.length;
  const level = sizes.reduce((sum, { size }) => sum + Math.log(size), 0) / sizes.length;
  let slope = 0;
  let spread = 0;
  for (const { squared, size } of sizes) {
    slope += (squared - middle) * (Math.log(size) - level);
    spread += (squared - middle) ** 2;
  }
  // six points are few: most of the fitted slope, and never a gain that grows with frequency
  const fall = Math.max(0, Math.min(0.03, (-0.85 * slope) / spread));
  return (radius) => Math.exp(level - fall * (radius * radius - middle));
};

const ringSize = 24;

/**
 * For each carrier 2 m / sd^2, the factor from an amplitude to a log-likelihood ratio: m is the amplitude that the
 * template leads to expect, sd^2 what the power of the carriers of like frequency leaves for noise. Noise differs
 * much between frequencies: JPEG empties the high ones and moves their energy into the low.
 */
const factorsOf = (folded: FoldedTile): Float32Array => {
  const gain = gainOf(folded);
  const factors = new Float32Array(carriers.length);
  const floor = folded.noise ** 2 / 2;
  for (let start = 0; start < carriers.length; start += ringSize) {
    const ring = carriers.slice(start, start + ringSize);
    let power = 0;
    for (let i = start; i < start + ring.length; i += 1)
      power += (folded.carriers.re[i] as number) ** 2 + (folded.carriers.im[i] as number) ** 2;
    const mean = power / (2 * ring.length);
    ring.forEach((wave, i) => {
      const expected = (gain(wave.radius) * wave.amplitude) / templateAmplitude;
      const noise = Math.max(mean - expected * expected, 0.3 * mean, floor, 1e-12);
      factors[start + i] = (2 * expected) / noise;
    });
  }
  return factors;
};

/**
 * Log-likelihood ratios of the 216 coded bits, positive for +1, in nats under Gaussian noise of the measured size.
 * Bits that several waves carry add up.
 */
export const softBitsOf = (folded: FoldedTile, origin: Origin): Float32Array => {
  const bits = new Float32Array(codedBitCount);
  const factors = factorsOf(folded);
  carriers.forEach((wave, i) => {
    const angle = (2 * Math.PI * (wave.k * origin.x + wave.l * origin.y)) / tileCssPx - wave.phase;
    const re = folded.carriers.re[i] as number;
    const im = (folded.carriers.im[i] as number) * (origin.turned ? -1 : 1);
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    const factor = factors[i] as number;
    const limited = (value: number): number => Math.max(-waveLlrMax, Math.min(waveLlrMax, value));
    const [first, second] = wave.bits;
    bits[first] = (bits[first] as number) + limited(factor * (re * cos - im * sin));
    bits[second] = (bits[second] as number) - limited(factor * (re * sin + im * cos));
  });
  return bits;
};

/** How far the template stands above the noise once the tile's origin is chosen, in standard deviations. */
export const templateClarity = (folded: FoldedTile, origin: Origin): number => {
  let whole = 0;
  for (let i = 0; i < templateWaves.length; i += 1)
    whole += Math.hypot(folded.template.re[i] as number, folded.template.im[i] as number);
  return (whole * origin.coherence) / Math.max(1e-9, folded.noise * Math.sqrt(templateWaves.length / 2));
};
