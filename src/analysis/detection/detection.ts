import type { AccessChunk, AccessColumnName, CaseChangeChunk, LogNames } from '../../model/access-columns.ts';
import type { Instant } from '../../model/instant.ts';

/** What a lead is about, in the order in which leads of equal score are shown. */
export const alertKinds = [
  'unexplained-looks',
  'looks-after-closing',
  'over-revealing',
  'cherry-picking',
  'self-made-cases',
  'probing',
  'export',
  'surge',
  'odd-hours',
  'odd-pace',
  'shared-login',
  'campaign',
] as const;
export type AlertKind = (typeof alertKinds)[number];

/** One access as a lead shows it. */
export interface AlertAccess {
  readonly at: Instant;
  readonly action: string;
  readonly customer: string;
  readonly case: string;
  /** Why it is listed: a plain sentence. */
  readonly why: string;
}

/** A lead for a person to look at. Never a verdict. What it says was decided with nothing later than `at`. */
export interface Alert {
  /** `agent/day/kind`: stable over readings of the same log. */
  readonly id: string;
  readonly at: Instant;
  readonly agent: string;
  readonly kind: AlertKind;
  /** Decimal logarithm of the evidence against the hypothesis "works like his peers". */
  readonly score: number;
  readonly reasons: readonly string[];
  readonly accesses: readonly AlertAccess[];
  /** The innocent explanations that were tried, and what became of each. */
  readonly innocentExplanations: readonly string[];
  /** What would clear the person. */
  readonly wouldClear: readonly string[];
  /** The agents of the same campaign, this one included; empty for a lead about one agent. */
  readonly members: readonly string[];
  /** The agent's last five weeks as they were known then, oldest first; days without work are left out. */
  readonly month: readonly AgentDay[];
}

export interface AgentDay {
  /** `2026-11-23`. */
  readonly day: string;
  readonly customers: number;
  readonly unexplained: number;
  /** The unexplained that colleagues and the agent's own past let expect. */
  readonly expected: number;
}

/** What a person found out about a lead. */
export interface Feedback {
  readonly agent: string;
  readonly kind: AlertKind;
  /** When it was said: evidence from then on is weighed by it. */
  readonly at: Instant;
  /** `confirmed`: theft. `explained`: odd, but with a good reason. `wrong`: there was nothing odd. */
  readonly verdict: 'confirmed' | 'explained' | 'wrong';
}

/** One agent over the whole reading so far. */
export interface AgentScore {
  readonly agent: string;
  /** As of an alert, the highest so far. */
  readonly score: number;
  readonly accesses: number;
  /** Distinct customers. */
  readonly customers: number;
  /** Customers of each day who were looked at without a reason, added up over days. */
  readonly unexplained: number;
  readonly alerts: number;
  /** The role that the way of working shows: `case-worker` until it shows another. */
  readonly role: 'case-worker' | 'reviewer' | 'lead' | 'program' | 'other';
  /** How feedback changed the weighing of this agent, in plain sentences. */
  readonly notes: readonly string[];
}

/** A check that could not run, and why: a plain sentence. */
export interface CheckOff {
  readonly check: string;
  readonly because: string;
}

export interface DetectorOptions {
  /** The lists behind the places of all chunks; they may grow between chunks. */
  readonly names: LogNames;
  /** Which columns the log has; a missing one switches its checks off. */
  readonly accessColumns: ReadonlySet<AccessColumnName>;
  /** Whether case changes are fed at all. */
  readonly caseChanges: boolean;
  /** The share of agent-days on which an alert may fall, for all alerts together; 0.005 unless told. */
  readonly alertShareMax?: number;
  /** Minutes that local time is ahead of UTC: where a day begins. 0 unless told. */
  readonly dayOffsetMinutes?: number;
  /** What a detector before this one left; `names` must then have the same places. */
  readonly resumeFrom?: DetectorKept;
}

/** A detector's whole memory: numbers, texts, arrays and maps only, so that any structured serialiser keeps it. */
export interface DetectorKept {
  readonly version: number;
  /** Accesses read so far: where to go on reading. */
  readonly accessesRead: number;
  readonly changesRead: number;
  readonly memory: unknown;
}

/**
 * Watches a log as it comes. An access of time t may be fed when all changes up to and including t have been; apart
 * from that changes may be fed as early as one likes. Both come in ascending order of time.
 */
export interface Detector {
  feedChanges(chunk: CaseChangeChunk): void;
  feedAccesses(chunk: AccessChunk): void;
  /** Time has come to `at` without an access: days before it are closed and judged. */
  advance(at: Instant): void;
  /** No more will come: the day that is still open is judged with what it has. */
  finish(): void;
  /** All alerts so far, in the order of time. Only ever appended to. */
  alerts(): readonly Alert[];
  agents(): readonly AgentScore[];
  checksOff(): readonly CheckOff[];
  /** Counts for the summary. */
  totals(): { readonly accesses: number; readonly changes: number; readonly agentDays: number };
  tell(feedback: Feedback): void;
  keep(): DetectorKept;
}

/** @see Detector */
export type CreateDetector = (options: DetectorOptions) => Detector;
