import type { IncidentFigures, Scenario } from '../../analysis/worlds/scenario.ts';
import type { AssumedHours } from './drill-ports.ts';

/** The four headline figures of one way to be there, and what they rest on. */
export interface DrillFigures {
  /** From the first theft to the first alert about a thief, or the first naming; undefined when there was neither. */
  readonly daysToDetection: number | undefined;
  readonly detectedBy: 'alert' | 'reports' | undefined;
  /** Different customers whose records were shown to a thief before that thief's account was stopped. */
  readonly customersExposed: number;
  /** The same, as share of what would have been stolen. */
  readonly exposedShare: number;
  /** How many customers the list names that letters would go by, and the share of those exposed who are on it. */
  readonly customersListed: number;
  readonly listedShare: number;
  /** Accounts of honest people that attribution says to review. */
  readonly wronglyNamed: readonly string[];
  /** Honest people with at least one alert: somebody looked at them for nothing. */
  readonly honestAlerted: number;
  /** Thieves' accounts with an alert, and those that attribution says to review while they still had victims. */
  readonly thievesAlerted: number;
  readonly thievesNamed: number;
  /** When each thief's account is stopped: somebody has read the first alert about it, or its naming. */
  readonly stoppedAtMs: readonly (number | undefined)[];
  /** What computing takes from the alert to the list of exposed customers: one look of attribution, and the list. */
  readonly computingSeconds: number;
}

/** One week of theft: different customers newly taken in it. */
export interface DrillWeek {
  readonly fromMs: number;
  readonly unwatched: number;
  readonly watching: number;
  readonly guarding: number;
}

export interface DrillResult {
  readonly scenario: string;
  readonly kind: Scenario['kind'];
  readonly title: string;
  readonly story: string;
  readonly outOfSight: string;
  readonly seed: number;
  readonly world: {
    readonly agents: number;
    readonly days: number;
    readonly accesses: number;
    readonly caseChanges: number;
    readonly reports: number;
    readonly thieves: number;
    readonly stolen: number;
    readonly firstTheftAtMs: number | undefined;
  };
  readonly incident: IncidentFigures;
  /** Logs are read as they come; nothing is refused. */
  readonly watching: DrillFigures;
  /** Every look goes through the rules first. */
  readonly guarding: DrillFigures;
  /** What the rules said no to, by refusal. */
  readonly refused: {
    readonly thiefLooks: number;
    readonly thief: Readonly<Record<string, number>>;
    readonly honestLooks: number;
    readonly honest: Readonly<Record<string, number>>;
  };
  readonly assumed: AssumedHours;
  readonly weeks: readonly DrillWeek[];
  /** What the method of attribution says it could not tell, in the watched world. */
  readonly warnings: readonly string[];
}
