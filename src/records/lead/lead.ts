import type { AgentId, AlertId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';

export const verdicts = ['confirmed', 'explained', 'wrong'] as const;
/** `confirmed`: theft. `explained`: odd, but with a good reason. `wrong`: there was nothing odd. */
export type Verdict = (typeof verdicts)[number];

/** What a lead says beyond its alert's reasons. It holds handles and no values of any customer. */
export interface LeadTold {
  readonly accesses: readonly {
    readonly at: string;
    readonly action: string;
    readonly customer: string;
    readonly case: string;
    readonly why: string;
  }[];
  readonly innocentExplanations: readonly string[];
  readonly wouldClear: readonly string[];
  readonly members: readonly string[];
  readonly month: readonly {
    readonly day: string;
    readonly customers: number;
    readonly unexplained: number;
    readonly expected: number;
  }[];
}

/** A lead as the watching raises it. */
export interface LeadFound {
  /** The detector's own name for it. */
  readonly source: string;
  readonly at: Instant;
  readonly agentId: AgentId;
  readonly kind: string;
  readonly score: number;
  readonly reasons: readonly string[];
  readonly told: LeadTold;
}

export interface LeadWord {
  readonly seq: number;
  readonly at: Instant;
  readonly alertId: AlertId;
  readonly verdict: Verdict;
  readonly saidBy: AgentId;
}

export interface Lead extends LeadFound {
  readonly alertId: AlertId;
  /** What people said about it, oldest first. */
  readonly feedback: readonly LeadWord[];
}
