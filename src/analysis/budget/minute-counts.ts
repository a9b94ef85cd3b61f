/**
 * Amounts by minute, as running totals, so that "how much since minute m" is one binary search. It remembers the
 * newest `minutesMax` busy minutes and forgets the oldest first: how much it holds depends on no clock, so no clock
 * that jumps can make it forget what is still inside a window.
 */
export class MinuteCounts {
  readonly #minutesMax: number;
  readonly #minutes: number[] = [];
  /** `#totals[i]` is the sum of everything from the first remembered minute up to `#minutes[i]`. */
  readonly #totals: number[] = [];

  constructor(minutesMax: number) {
    this.#minutesMax = minutesMax;
  }

  /** Adds an amount (negative: takes it back) to one minute. Minutes may come in any order. */
  add(minute: number, amount: number): void {
    let at = this.#firstNotBefore(minute);
    if (this.#minutes[at] !== minute) {
      this.#minutes.splice(at, 0, minute);
      this.#totals.splice(at, 0, this.#totalBefore(at));
    }
    for (; at < this.#totals.length; at += 1) this.#totals[at] = (this.#totals[at] ?? 0) + amount;
  }

  /** The sum over `minute` and everything later. */
  since(minute: number): number {
    return this.#totalBefore(this.#totals.length) - this.#totalBefore(this.#firstNotBefore(minute));
  }

  /**
   * Forgets the oldest minutes down to the limit, once a tenth more than the limit has gathered.
   * Answers the oldest minute still known, or undefined when nothing was forgotten.
   */
  forgetOldest(): number | undefined {
    const excess = this.#minutes.length - this.#minutesMax;
    if (excess <= this.#minutesMax / 10) return undefined;
    const forgotten = this.#totalBefore(excess);
    this.#minutes.splice(0, excess);
    this.#totals.splice(0, excess);
    for (let at = 0; at < this.#totals.length; at += 1)
      this.#totals[at] = (this.#totals[at] ?? 0) - forgotten;
    return this.#minutes[0];
  }

  #totalBefore(index: number): number {
    return this.#totals[index - 1] ?? 0;
  }

  #firstNotBefore(minute: number): number {
    const last = this.#minutes.at(-1);
    if (last === undefined || last < minute) return this.#minutes.length;
    let low = 0;
    let high = this.#minutes.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#minutes[middle] ?? 0) < minute) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
