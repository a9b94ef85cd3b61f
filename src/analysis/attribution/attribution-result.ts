/**
 * What the attribution from reports takes and answers. The keys of `AttributionResult` written with underscores are
 * those of `suspects.json`; everything else is more detail for the page.
 */

/** How the person who reported was known; `unknown` when the file does not say. */
export const reportAuthentications = ['unknown', 'none', 'code', 'signed-in', 'bank'] as const;
export type ReportAuthentication = (typeof reportAuthentications)[number];

/** One report: a customer says an impostor contacted them. At least one of the two times is known. */
export interface CustomerReport {
  readonly customer: string;
  /** When it was reported, milliseconds since 1970. */
  readonly atMs?: number | undefined;
  /** When the impostor made contact: the better date when known. */
  readonly contactedAtMs?: number | undefined;
  readonly kind?: string | undefined;
  readonly authenticated?: ReportAuthentication | undefined;
}

export interface TheftWindow {
  /** RFC 3339, the first day (00:00 UTC) of the theft: the middle of its posterior. */
  readonly start: string;
  /** With `start_high`, the days between which the start lies with 90 % probability. */
  readonly start_low: string;
  readonly start_high: string;
  /** RFC 3339, the last day of the theft or, when it may go on, the last day of the log. */
  readonly end: string;
}

/** Reports that came before the agent first saw the customer: theft cannot explain those. */
export interface Placebo {
  readonly observed: number;
  /** As many as colleagues of the same strata lead one to expect, the account itself left out. */
  readonly expected: number;
  readonly passed: boolean;
}

export interface LookAlike {
  readonly agent: string;
  readonly posterior: number;
  /** Reports explained by the suspect that this agent's views could explain as well. */
  readonly reports_shared: number;
}

export type InnocentCause = 'chance' | 'sub-segment' | 'follows-reports' | 'report-flood' | 'look-alike';

/** An innocent explanation, and how much of the posterior it holds beside the theft. */
export interface InnocentExplanation {
  readonly cause: InnocentCause;
  readonly probability: number;
  /** One plain sentence: what was tried, and what was found. */
  readonly finding: string;
}

/** One report that points to the account, with the view that explains it best. */
export interface PointingReport {
  readonly customer: string;
  readonly viewed_at: string;
  readonly reported_at: string;
  /** Probability that the theft, and not the background, is behind this report. */
  readonly probability: number;
}

export interface TimelineDay {
  readonly day: string;
  readonly views: number;
  /** Reports that day about customers this account saw before. */
  readonly reports: number;
  /** As many as the views of colleagues lead one to expect. */
  readonly expected: number;
}

export interface Suspect {
  readonly agent: string;
  /** Probability that records this account saw were stolen, after the innocent explanations were weighed. */
  readonly posterior: number;
  readonly window: TheftWindow;
  readonly reports_explained: number;
  readonly placebo: Placebo;
  readonly look_alikes: readonly LookAlike[];
  /** True: review this account for these dates (posterior above .9 and the placebo passed). Never an accusation. */
  readonly review: boolean;
  readonly innocent_explanations: readonly InnocentExplanation[];
  readonly pointing_reports: readonly PointingReport[];
  readonly timeline: readonly TimelineDay[];
}

export interface AttributionResult {
  readonly suspects: readonly Suspect[];
  /** Probability that no account of this log is behind any of the reports. */
  readonly nobody_posterior: number;
  readonly warnings: readonly string[];
  /** What this method cannot know; shown with every result. */
  readonly limits: readonly string[];
  readonly counted: {
    readonly reports: number;
    readonly reports_used: number;
    readonly agents: number;
    readonly views: number;
    readonly strata: number;
    readonly first_day: string;
    readonly last_day: string;
  };
}
