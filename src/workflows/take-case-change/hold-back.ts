import { type Instant, instantOf, later } from '../../model/instant.ts';

/** How far a help desk's clock may run ahead of ours without being corrected. */
export const aheadMaxMs = 60_000;

/** When one change counts as having happened, and what its sender claimed if that differs. */
export interface HeldBack {
  readonly at: Instant;
  readonly claimedAt: Instant | undefined;
}

/**
 * Holds times of the future back to the time of receipt, so that a clock that runs an hour ahead cannot make
 * one change outrank all that follow in that hour. A little ahead is left alone: it keeps the sender's order.
 * Changes of one message that are held back keep the order of their claims, a millisecond apart.
 */
export const holdBack = (claims: readonly Instant[], receivedAt: Instant): readonly HeldBack[] => {
  const latest = later(receivedAt, aheadMaxMs);
  const future = [...new Set(claims.filter((claim) => claim > latest))].sort((a, b) => b - a);
  const stepsBack = new Map(future.map((claim, index) => [claim, index]));
  return claims.map((claim) => {
    const steps = stepsBack.get(claim);
    return steps === undefined
      ? { at: claim, claimedAt: undefined }
      : { at: instantOf(receivedAt - steps), claimedAt: claim };
  });
};
