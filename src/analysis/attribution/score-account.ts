import type { Account } from './account.ts';
import { type InnocentEvidence, innocentEvidence } from './innocent-causes.ts';
import { logSum } from './log-sum.ts';
import { type TheftTry, theftEvidence, type WindowGrid } from './theft-evidence.ts';

/** How often each cause is behind an account's reports, beside the most common: nothing but chance. */
export interface CausePriors {
  readonly theft: number;
  readonly subSegment: number;
  readonly followsReports: number;
  readonly reportFlood: number;
}

export interface AccountScore {
  readonly logTheft: number;
  readonly innocent: InnocentEvidence;
  /** What the routing of the account's customers does to the odds of a sub-segment. */
  readonly segmentFactor: number;
  /** Probabilities of the causes, the theft's among them; they sum to one. */
  readonly probability: {
    readonly theft: number;
    readonly chance: number;
    readonly subSegment: number;
    readonly followsReports: number;
    readonly reportFlood: number;
  };
}

export const probabilitiesOf = (
  { logTheft, innocent, segmentFactor }: Pick<AccountScore, 'logTheft' | 'innocent' | 'segmentFactor'>,
  priors: CausePriors,
): AccountScore['probability'] => {
  const logs = {
    theft: Math.log(priors.theft) + logTheft,
    chance: 0,
    subSegment: Math.log(priors.subSegment * segmentFactor) + innocent.subSegment,
    followsReports: Math.log(priors.followsReports) + innocent.followsReports,
    reportFlood: Math.log(priors.reportFlood) + innocent.reportFlood,
  };
  const total = logSum(Object.values(logs));
  return {
    theft: Math.exp(logs.theft - total),
    chance: Math.exp(logs.chance - total),
    subSegment: Math.exp(logs.subSegment - total),
    followsReports: Math.exp(logs.followsReports - total),
    reportFlood: Math.exp(logs.reportFlood - total),
  };
};

/** Below this evidence of a theft no other cause needs to be weighed: chance is enough. */
const weighOthersAbove = 2;
const noOther: InnocentEvidence = {
  subSegment: Number.NEGATIVE_INFINITY,
  followsReports: Number.NEGATIVE_INFINITY,
  reportFlood: Number.NEGATIVE_INFINITY,
};

export const scoreAccount = (
  account: Account,
  others: Float64Array,
  asked: {
    readonly grid: WindowGrid;
    readonly tries: readonly TheftTry[];
    readonly priors: CausePriors;
    /** Asked only where it matters. */
    readonly segmentFactor: () => number;
  },
): AccountScore => {
  const levelPoints = account.levelShape > 100 ? 1 : account.levelShape > 20 ? 5 : 7;
  const logTheft = theftEvidence(account, others, { ...asked, levelPoints });
  const isClose = logTheft > weighOthersAbove;
  const innocent = isClose ? innocentEvidence(account, others) : noOther;
  const segmentFactor = isClose ? asked.segmentFactor() : 1;
  return {
    logTheft,
    innocent,
    segmentFactor,
    probability: probabilitiesOf({ logTheft, innocent, segmentFactor }, asked.priors),
  };
};
