import { Fault } from '../../model/fault.ts';

export interface GroupLimits {
  /** Items that may wait; one more is the fault `busy`, and nothing is shown. */
  readonly waitingMax: number;
  /** Items that are done together at most. */
  readonly batchMax: number;
}

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Gathers items while earlier ones are being done, and does them together: one commit with one fsync for all of
 * them, or one question to the database. One batch is under way at a time, in the order of arrival; an item is
 * never part of work that began before it was handed in. Nobody is answered before the batch that holds their item.
 */
export class GroupedWork<Item, Answer> {
  readonly #work: (items: readonly Item[]) => Promise<readonly Answer[]>;
  readonly #limits: GroupLimits;
  #waiting: Waiting<Item, Answer>[] = [];
  #running = false;
  #idle: (() => void)[] = [];

  constructor(work: (items: readonly Item[]) => Promise<readonly Answer[]>, limits: GroupLimits) {
    this.#work = work;
    this.#limits = limits;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  add(item: Item): Promise<Answer> {
    if (this.#waiting.length >= this.#limits.waitingMax) {
      return Promise.reject(new Fault('busy', `${this.#limits.waitingMax} items already wait`));
    }
    return new Promise<Answer>((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#running) {
        this.#running = true;
        // One turn of the event loop lets items that are already on their way share the first batch.
        setImmediate(() => void this.#run());
      }
    });
  }

  /** Resolves when nothing waits and nothing is in flight. */
  drained(): Promise<void> {
    return this.#running ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve();
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, this.#limits.batchMax);
      this.#waiting = this.#waiting.slice(batch.length);
      await this.#settle(batch);
    }
    this.#running = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #settle(batch: readonly Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = await this.#work(batch.map((waiting) => waiting.item));
      batch.forEach((waiting, place) => {
        const answer = answers[place];
        if (answer === undefined)
          waiting.reject(new Fault('bug', 'grouped work answered fewer items than it was given'));
        else waiting.resolve(answer);
      });
    } catch (cause) {
      for (const waiting of batch) waiting.reject(cause);
    }
  }
}
