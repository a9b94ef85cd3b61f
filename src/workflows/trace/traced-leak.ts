/** What a leak was traced to, in the words of `suspects.json`, whichever method found it. */
export interface TracedLeak {
  readonly method: 'reports' | 'sample';
  /** Likeliest first. */
  readonly suspects: readonly TracedSuspect[];
  readonly nobody_posterior: number;
  readonly warnings: readonly string[];
  readonly limits: readonly string[];
  readonly counted: Readonly<Record<string, number | string>>;
}

export interface TracedSuspect {
  readonly agent: string;
  readonly posterior: number;
  readonly window: {
    readonly start: string;
    readonly start_low: string;
    readonly start_high: string;
    readonly end: string;
  };
  /** Reports, or records of the sample, that this account explains. */
  readonly reports_explained: number;
  readonly placebo: { readonly observed: number; readonly expected: number; readonly passed: boolean };
  readonly look_alikes: readonly {
    readonly agent: string;
    readonly posterior: number;
    readonly reports_shared: number;
  }[];
  /** Review this account for these dates. Never an accusation. */
  readonly review: boolean;
  readonly innocent_explanations: readonly {
    readonly cause: string;
    readonly probability: number;
    readonly finding: string;
  }[];
}

/** What the page shows of one suspect beside that. */
export interface SuspectPicture {
  readonly agent: string;
  readonly days: readonly PictureDay[];
  /** What one mark stands for: `report`, `record of the sample`. */
  readonly mark: string;
  readonly pointing: readonly {
    readonly customer: string;
    readonly seen: string;
    readonly told: string;
    readonly probability: number;
  }[];
}

export interface PictureDay {
  /** `2026-01-31`. */
  readonly day: string;
  readonly views: number;
  readonly marks: number;
  /** As many marks as colleagues lead one to expect; 0 where nobody can say. */
  readonly expected: number;
}
