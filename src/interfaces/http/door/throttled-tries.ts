import type { SessionId } from '../../../model/id.ts';
import type { Instant } from '../../../model/instant.ts';

/** Told how often a session was turned away at one route. Usually writes one entry to the ledger. */
export type OnThrottled = (session: SessionId, route: string, count: number) => void | Promise<void>;

interface Tally {
  readonly session: SessionId;
  readonly route: string;
  since: Instant;
  count: number;
}

/** At most one telling a session and route in this time. */
export const tellEveryMs = 60_000;
/** How many tallies are kept; when one more comes, the oldest is told at once. */
export const talliesMax = 10_000;

/**
 * Counts the tries that were turned away before the rules saw them, so that ten thousand of them become one
 * counted entry a minute instead of ten thousand entries or none.
 */
export class ThrottledTries {
  readonly #tell: OnThrottled;
  readonly #tallies = new Map<string, Tally>();

  constructor(tell: OnThrottled) {
    this.#tell = tell;
  }

  /** Counts one try. Resolves when nothing more is to be told now. */
  async count(session: SessionId, route: string, now: Instant): Promise<void> {
    const key = `${session} ${route}`;
    const tally = this.#tallies.get(key) ?? { session, route, since: now, count: 0 };
    tally.count += 1;
    this.#tallies.set(key, tally);
    if (this.#tallies.size <= talliesMax) return;
    for (const oldest of this.#tallies.values()) {
      await this.#tellOf(oldest);
      break;
    }
  }

  /** Tells every tally whose minute is over, or all of them. What could not be told is kept for the next time. */
  async flush(now: Instant, which: 'due' | 'all'): Promise<void> {
    for (const tally of [...this.#tallies.values()]) {
      if (which === 'all' || now - tally.since >= tellEveryMs) await this.#tellOf(tally);
    }
  }

  async #tellOf(tally: Tally): Promise<void> {
    const key = `${tally.session} ${tally.route}`;
    this.#tallies.delete(key);
    try {
      await this.#tell(tally.session, tally.route, tally.count);
    } catch {
      const meanwhile = this.#tallies.get(key);
      this.#tallies.set(key, { ...tally, count: tally.count + (meanwhile?.count ?? 0) });
    }
  }
}
