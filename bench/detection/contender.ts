import type {
  AccessChunk,
  AccessColumnName,
  CaseChangeChunk,
  LogNames,
} from '../../src/model/access-columns.ts';

/** A log as every contender gets it: no truth in it. */
export interface WatchedLog {
  readonly names: LogNames;
  readonly accesses: AccessChunk;
  readonly changes: CaseChangeChunk;
  readonly columns: ReadonlySet<AccessColumnName>;
  readonly startMs: number;
  readonly days: number;
}

/** "Look at this agent", said at a time and with a score that ranks it among the leads of that day. */
export interface Lead {
  readonly atMs: number;
  readonly day: number;
  readonly agent: number;
  readonly score: number;
  /** What the contender calls it, when it has words for it. */
  readonly kind?: string;
}

/** A way to watch a log. It must judge a day with nothing later than that day. */
export interface Contender {
  readonly name: string;
  watch(log: WatchedLog, seed: number): readonly Lead[];
}

export const dayMs = 24 * 3_600_000;
export const dayOf = (log: Pick<WatchedLog, 'startMs'>, atMs: number): number =>
  Math.floor((atMs - log.startMs) / dayMs);
/** A day's leads are on the table when the day is over. */
export const endOfDay = (log: Pick<WatchedLog, 'startMs'>, day: number): number =>
  log.startMs + (day + 1) * dayMs - 1;
