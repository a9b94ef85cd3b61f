import { MinuteCounts } from './minute-counts.ts';

/**
 * How many different ids were seen since a minute. Each id counts at the last minute it was seen in: it was seen
 * since m exactly when that last minute is m or later.
 */
export class DistinctWindow<Id extends string> {
  readonly #lastMinutes = new Map<Id, number>();
  readonly #counts: MinuteCounts;

  constructor(minutesMax: number) {
    this.#counts = new MinuteCounts(minutesMax);
  }

  see(id: Id, minute: number): void {
    const before = this.#lastMinutes.get(id);
    if (before !== undefined) {
      if (before >= minute) return;
      this.#counts.add(before, -1);
    }
    this.#counts.add(minute, 1);
    this.#lastMinutes.set(id, minute);
    const oldest = this.#counts.forgetOldest();
    if (oldest === undefined) return;
    for (const [known, last] of this.#lastMinutes) if (last < oldest) this.#lastMinutes.delete(known);
  }

  seenSince(id: Id, minute: number): boolean {
    return (this.#lastMinutes.get(id) ?? Number.NEGATIVE_INFINITY) >= minute;
  }

  countSince(minute: number): number {
    return this.#counts.since(minute);
  }
}
