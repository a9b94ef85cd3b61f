import { type Instant, instantOf, later } from '../../model/instant.ts';
import type { Clock } from '../../model/ports.ts';

/** A clock that stands still until it is told to move: for tests, drills and the simulation. */
export class SimulatedClock implements Clock {
  #now: Instant;

  constructor(start: Instant = instantOf(Date.UTC(2026, 0, 5, 9))) {
    this.#now = start;
  }
  now(): Instant {
    return this.#now;
  }
  /** Moves forward. @throws RangeError when `byMs` is negative: use `setTo` to play a clock that is set back. */
  advance(byMs: number): Instant {
    if (byMs < 0) throw new RangeError('a clock advances forward only');
    this.#now = later(this.#now, byMs);
    return this.#now;
  }
  /** Sets any time, earlier ones too: a machine's clock may do that. */
  setTo(at: Instant): void {
    this.#now = at;
  }
}
