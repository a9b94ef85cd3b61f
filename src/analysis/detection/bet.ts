import { betCount } from './memory.ts';

/**
 * Bets against "works like his peers". A day's count is compared with what peers and the agent's own past let expect:
 * under that hypothesis it follows a negative binomial law of mean `expected` and size `size` (a gamma mixture of
 * Poisson laws, whose spread was learned from peers). Each bet is the likelihood ratio of an alternative with a higher
 * mean: its expectation under the hypothesis is 1, and at most 1 when the true mean is lower.
 *
 * The running evidence is the Shiryaev-Roberts sum of those factors over all days on which a change may have begun:
 * an e-detector (J. Shin, A. Ramdas, A. Rinaldo, "E-detectors: a nonparametric framework for sequential change
 * detection", NEJSDS 2024). Its mean after n honest days is at most n, and so the mean time to a false alarm at a bar
 * of A is at least A days.
 */
const alternativesOf = (expected: number): readonly [number, number, number, number] => [
  1.4 * expected + 1,
  expected + 4,
  expected + 12,
  3 * expected + 2,
];

/** One day may multiply evidence by at most this: no single day outweighs thousands of honest ones. */
const factorMax = 3e4;
/** A part of the stake that stays in the pocket, so that one quiet day does not lose everything. */
const kept = 0.12;

/** Writes the factors of one day, one an alternative. */
export const betFactors = (
  count: number,
  { expected, size }: { readonly expected: number; readonly size: number },
  factors: Float64Array,
): void => {
  const means = alternativesOf(expected);
  for (let bet = 0; bet < betCount; bet += 1) {
    const mean = means[bet] as number;
    const logRatio =
      count * Math.log(mean / expected) + (count + size) * Math.log((size + expected) / (size + mean));
    factors[bet] = kept + (1 - kept) * Math.min(factorMax, Math.exp(Math.min(60, logRatio)));
  }
};

/** What is left of older evidence a day later: a whisper over months is how honest people differ, too. */
const remembered = 0.975;

/** The evidence after a day: it may have begun today or before. */
export const grownEvidence = (evidence: number, factor: number): number =>
  Math.min(1e12, (remembered * evidence + 1) * factor);
