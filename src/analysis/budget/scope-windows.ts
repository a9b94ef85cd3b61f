import type { CustomerId } from '../../model/id.ts';
import { DistinctWindow } from './distinct-window.ts';
import { MinuteCounts } from './minute-counts.ts';

/** What an ask would use, or an access has used, in one scope. */
export interface Spending {
  /** Fields unmasked. */
  readonly reveals: number;
  readonly lookups: number;
  /** Set when the access opens a customer. */
  readonly customerId: CustomerId | undefined;
}

/** The first minutes that still count: everything in them and after them does. */
export interface WindowStarts {
  readonly hourMinute: number;
  readonly shiftMinute: number;
}

/** What one agent, one team or one vendor has used, including what is decided but not yet on the record. */
export class ScopeWindows {
  readonly #reveals: MinuteCounts;
  readonly #lookups: MinuteCounts;
  readonly #customers: DistinctWindow<CustomerId>;
  readonly #pendingCustomers = new Map<CustomerId, number>();
  #pendingReveals = 0;
  #pendingLookups = 0;

  constructor(minutesMax: number) {
    this.#reveals = new MinuteCounts(minutesMax);
    this.#lookups = new MinuteCounts(minutesMax);
    this.#customers = new DistinctWindow(minutesMax);
  }

  record({ reveals, lookups, customerId }: Spending, minute: number): void {
    if (reveals > 0) {
      this.#reveals.add(minute, reveals);
      this.#reveals.forgetOldest();
    }
    if (lookups > 0) {
      this.#lookups.add(minute, lookups);
      this.#lookups.forgetOldest();
    }
    if (customerId !== undefined) this.#customers.see(customerId, minute);
  }

  hold({ reveals, lookups, customerId }: Spending): void {
    this.#pendingReveals += reveals;
    this.#pendingLookups += lookups;
    if (customerId !== undefined)
      this.#pendingCustomers.set(customerId, (this.#pendingCustomers.get(customerId) ?? 0) + 1);
  }

  letGo({ reveals, lookups, customerId }: Spending): void {
    this.#pendingReveals -= reveals;
    this.#pendingLookups -= lookups;
    if (customerId === undefined) return;
    const holds = (this.#pendingCustomers.get(customerId) ?? 0) - 1;
    if (holds > 0) this.#pendingCustomers.set(customerId, holds);
    else this.#pendingCustomers.delete(customerId);
  }

  reveals(sinceMinute: number): number {
    return this.#reveals.since(sinceMinute) + this.#pendingReveals;
  }

  lookups(sinceMinute: number): number {
    return this.#lookups.since(sinceMinute) + this.#pendingLookups;
  }

  customers(sinceMinute: number): number {
    let count = this.#customers.countSince(sinceMinute);
    for (const id of this.#pendingCustomers.keys())
      if (!this.#customers.seenSince(id, sinceMinute)) count += 1;
    return count;
  }

  knows(customerId: CustomerId, sinceMinute: number): boolean {
    return this.#pendingCustomers.has(customerId) || this.#customers.seenSince(customerId, sinceMinute);
  }
}
