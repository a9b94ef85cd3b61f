import type { ViewId } from '../../model/id.ts';
import { codedBitCount, encodeView } from './mark-code.ts';

/** One issued view and how much better than chance its codeword explains what was read. Never an exact reading. */
export interface LikelyView {
  readonly viewId: ViewId;
  /**
   * Natural logarithm of P(soft bits | this view) over P(soft bits | some view at random). Soft bits are treated
   * as independent and their noise as Gaussian; interference breaks both, so read it as a ranking with a size.
   */
  readonly logLikelihoodRatio: number;
}

const logTwoLogistic = (value: number): number =>
  Math.LN2 - (value > 0 ? Math.log1p(Math.exp(-value)) : Math.log1p(Math.exp(value)) - value);

/** The log-likelihood ratio of one view against a random one. */
export const likelihoodOf = (softBits: Float32Array, viewId: ViewId): number => {
  const coded = encodeView(viewId);
  let sum = 0;
  for (let at = 0; at < codedBitCount; at += 1)
    sum += logTwoLogistic((softBits[at] as number) * (coded[at] as number));
  return sum;
};

/** The best view must beat the best of so many random ones by this factor (e to the power of). */
const marginNatsMin = 4;

/**
 * Ranks issued views by how well they explain soft bits that the exact code could not decode. Answers only views
 * that stand out from what the best of as many unrelated views would reach by luck.
 *
 * @param countMax how many candidates to give at most
 */
export const likelyViews = (
  softBits: Float32Array,
  issued: readonly ViewId[],
  countMax: number,
): readonly LikelyView[] => {
  const luck = Math.log(Math.max(1, issued.length)) + marginNatsMin;
  return issued
    .map((viewId): LikelyView => ({ viewId, logLikelihoodRatio: likelihoodOf(softBits, viewId) }))
    .filter(({ logLikelihoodRatio }) => logLikelihoodRatio > luck)
    .sort((a, b) => b.logLikelihoodRatio - a.logLikelihoodRatio)
    .slice(0, countMax);
};
