/**
 * How many canaries of its own an account has to see before a theft shows: m = ln(miss) / ln(1 - r), since each is
 * copied with probability r on its own. A canary record surfaces or does not; colluders cannot forge an innocent's.
 * @param missMax the chance at most that a thief copies none of them, between 0 and 1
 * @param copiedShare the share of looks that a thief copies, between 0 and 1
 */
export const canariesNeeded = (missMax: number, copiedShare: number): number => {
  if (!(missMax > 0 && missMax < 1) || !(copiedShare > 0 && copiedShare <= 1))
    throw new RangeError('the chance to miss and the share copied lie between 0 and 1');
  return copiedShare === 1 ? 1 : Math.ceil(Math.log(missMax) / Math.log1p(-copiedShare));
};

/** The chance that a thief who copies this share of looks has copied at least one of the canaries seen. */
export const chanceToCatch = (seen: number, copiedShare: number): number => 1 - (1 - copiedShare) ** seen;
