import type { Instant } from '../../model/instant.ts';

/** Work that repeats. */
export interface Job {
  readonly name: string;
  /** The advisory lock that lets one process at a time do it: a number of `lockNumber`. */
  readonly lock: number;
  readonly everyMs: number;
  /** How long after a failure, or a process that died over it, it is tried again. */
  readonly retryMs: number;
  /** How long after the database first knew of it it is done for the first time. */
  readonly firstAfterMs: number;
  /**
   * Does it, and answers with one line about what came of it, without personal data. Stops early, to be gone on with,
   * when told to.
   */
  run(stop: AbortSignal): Promise<string>;
}

/** What is known of a job's last time, whichever process did it. */
export interface JobRun {
  readonly job: string;
  readonly knownSince: Instant;
  readonly startedAt: Instant | undefined;
  /** Undefined while it runs, or when the process that did it died. */
  readonly endedAt: Instant | undefined;
  readonly outcome: 'done' | 'failed' | undefined;
  readonly told: string | undefined;
}
