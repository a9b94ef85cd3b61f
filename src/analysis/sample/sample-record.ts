/** One record of a leaked sample. */
export interface SampleRecord {
  /** Place of the customer in the log's list of names. */
  readonly customer: number;
  /** The days between which its values were current, milliseconds since 1970; NaN where that is not known. */
  readonly asOfFromMs: number;
  readonly asOfToMs: number;
}

export interface SampleSuspect {
  readonly agent: string;
  /** Probability that records of the sample came from what this account saw. */
  readonly posterior: number;
  readonly window: {
    readonly startMs: number;
    readonly startLowMs: number;
    readonly startHighMs: number;
    readonly endMs: number;
  };
  /** How many records of the sample this account explains, in the mean. */
  readonly recordsExplained: number;
  /** How many of the sample's customers it saw at a time that fits. */
  readonly recordsSeen: number;
  /** Log of the evidence for this account against everything else that could explain the sample. */
  readonly logEvidence: number;
  /**
   * Dated records of customers whom this account saw, but never while the leaked values were current: theft from
   * its views cannot explain those. Undated samples allow no such test: `isTested` is false.
   */
  readonly placebo: {
    readonly observed: number;
    readonly expected: number;
    readonly passed: boolean;
    readonly isTested: boolean;
  };
  /** Accounts that would explain almost as much in its place. */
  readonly lookAlikes: readonly {
    readonly agent: string;
    readonly posterior: number;
    readonly recordsShared: number;
  }[];
}

export interface SampleAttribution {
  /** Accounts, likeliest first; none below 5 %. */
  readonly suspects: readonly SampleSuspect[];
  /** Probability that the sample came from no account of this log. */
  readonly nobodyPosterior: number;
  /** Share of the sample that fits other origins better than any suspect: other systems, public lists. */
  readonly elsewhereShare: number;
  readonly warnings: readonly string[];
  readonly limits: readonly string[];
  readonly counted: {
    readonly records: number;
    /** Records of customers whom somebody saw at a time that fits. */
    readonly seenBySomebody: number;
    readonly dated: number;
    readonly agents: number;
    readonly views: number;
  };
}

/** At least so probable: worth a review. */
export const reviewAt = 0.9;
export const listedAt = 0.05;
