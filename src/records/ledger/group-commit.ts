import { Fault } from '../../model/fault.ts';

export interface GroupCommitLimits {
  /** Drafts that may wait; one more is the fault `busy` and nothing is shown. */
  readonly waitingMax: number;
  /** Drafts that one commit carries. */
  readonly batchMax: number;
}

interface Waiting<Draft, Answer> {
  readonly draft: Draft;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Gathers drafts while a commit is under way and commits them together: one fsync for all of them. One batch is
 * in flight at a time, in the order of arrival. Nobody is answered before the commit that carries their draft.
 */
export class GroupCommit<Draft, Answer> {
  readonly #commit: (drafts: readonly Draft[]) => Promise<readonly Answer[]>;
  readonly #limits: GroupCommitLimits;
  #waiting: Waiting<Draft, Answer>[] = [];
  #running = false;
  #idle: (() => void)[] = [];

  constructor(commit: (drafts: readonly Draft[]) => Promise<readonly Answer[]>, limits: GroupCommitLimits) {
    this.#commit = commit;
    this.#limits = limits;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  add(draft: Draft): Promise<Answer> {
    if (this.#waiting.length >= this.#limits.waitingMax) {
      return Promise.reject(
        new Fault('busy', `${this.#limits.waitingMax} drafts already wait to be committed`),
      );
    }
    return new Promise<Answer>((resolve, reject) => {
      this.#waiting.push({ draft, resolve, reject });
      if (!this.#running) {
        this.#running = true;
        // One turn of the event loop lets drafts that are already on their way share the first commit.
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

  async #settle(batch: readonly Waiting<Draft, Answer>[]): Promise<void> {
    try {
      const answers = await this.#commit(batch.map((waiting) => waiting.draft));
      batch.forEach((waiting, place) => {
        const answer = answers[place];
        if (answer === undefined)
          waiting.reject(new Fault('bug', 'a commit answered fewer drafts than it was given'));
        else waiting.resolve(answer);
      });
    } catch (cause) {
      for (const waiting of batch) waiting.reject(cause);
    }
  }
}
