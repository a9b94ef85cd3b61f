import type { Limits } from '../../analysis/budget/limits.ts';
import type { Policy } from '../../analysis/policy/policy-facts.ts';
import type { Catalogue } from '../../model/field.ts';

/** The rules that a real server would judge by. */
export interface DrillRules {
  readonly catalogue: Catalogue;
  readonly limits: Limits;
  readonly policy: Policy;
}

/** What people do between an alert and the letters. Assumed, never measured: a drill has no people in it. */
export interface AssumedHours {
  /** From the alert until somebody has read it and stopped the account. */
  readonly read: number;
  /** From the list of exposed customers until somebody has approved the letters. */
  readonly approve: number;
}

export interface DrillPorts {
  readonly rules: DrillRules;
  readonly assumed: AssumedHours;
  /** Milliseconds of a clock that only runs forward: measures what computing takes. */
  nowMs(): number;
  /** Told as the work goes on, from 0 to 1. */
  onProgress(share: number, words: string): void;
  /** Lets the rest of the program have a turn; a drill computes for long. */
  pause(): Promise<void>;
  readonly signal: AbortSignal;
}
