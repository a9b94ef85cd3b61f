import type { FoldedTile, Origin } from './fold-tile.ts';
import { codedBitCount } from './mark-code.ts';
import { carriers, templateWaves, tileCssPx } from './mark-layout.ts';

/** Amplitude of one carrier's bit over the amplitude of one template wave, as the encoder sets them. */
const carrierOverLine =
  Math.sqrt((1 - 0.48) / carriers.length) / Math.sqrt((2 * 0.48) / templateWaves.length);
/** No single wave may speak louder than this, in nats: an interfering pattern can sit on any of them. */
const waveLlrMax = 3;

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
  // six points are few: half of the fitted slope, and never a gain that grows with frequency
  const fall = Math.max(0, Math.min(0.012, (-0.7 * slope) / spread));
  return (radius) => Math.exp(level - fall * (radius * radius - middle));
};

/**
 * Log-likelihood ratios of the 216 coded bits, positive for +1, in nats under Gaussian noise of the measured size.
 * Bits that several waves carry add up.
 */
export const softBitsOf = (folded: FoldedTile, origin: Origin): Float32Array => {
  const bits = new Float32Array(codedBitCount);
  const gain = gainOf(folded);
  const noisePower = Math.max(1e-12, folded.noise ** 2);
  carriers.forEach((wave, i) => {
    const angle = (2 * Math.PI * (wave.k * origin.x + wave.l * origin.y)) / tileCssPx - wave.phase;
    const re = folded.carriers.re[i] as number;
    const im = (folded.carriers.im[i] as number) * (origin.turned ? -1 : 1);
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    const factor = (4 * gain(wave.radius) * carrierOverLine) / noisePower;
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
