import { describe, expect, it } from 'vitest';
import { diceOf } from '../../../test/camera/dice.ts';
import type { ViewId } from '../../model/id.ts';
import { likelihoodOf, likelyViews } from './likely-views.ts';
import { codedBitCount, decodeView, encodeView } from './mark-code.ts';

const dice = diceOf(11);
const issued = Array.from(
  { length: 200 },
  () => Array.from({ length: 12 }, () => Math.floor(dice.next() * 16).toString(16)).join('') as ViewId,
);

/** Log-likelihood ratios of a codeword under Gaussian noise of `sigma`, as an honest channel gives them. */
const heard = (viewId: ViewId, sigma: number): Float32Array =>
  Float32Array.from(encodeView(viewId), (bit) => (2 * (bit + sigma * dice.normal())) / sigma ** 2);

describe('likelihood over issued views', () => {
  it('ranks the true view first where the exact code already fails', () => {
    let beyondTheCode = 0;
    for (const viewId of issued.slice(0, 30)) {
      const soft = heard(viewId, 2);
      if (decodeView(soft)?.viewId !== viewId) beyondTheCode += 1;
      expect(likelyViews(soft, issued, 5)[0]?.viewId).toBe(viewId);
    }
    expect(beyondTheCode).toBeGreaterThan(20);
  });

  it('names nobody when the view is not among those issued', () => {
    let named = 0;
    for (let trial = 0; trial < 40; trial += 1)
      named += likelyViews(heard('0f0f0f0f0f0f' as ViewId, 2), issued, 5).length;
    expect(named).toBeLessThanOrEqual(2);
  });

  it('is zero when nothing was heard', () => {
    expect(likelihoodOf(new Float32Array(codedBitCount), 'a1b2c3d4e5f6' as ViewId)).toBeCloseTo(0, 9);
  });
});
