import type { Access } from '../../model/access.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import type { Committed } from './postgres-ledger.ts';
import { readAccesses, readSize } from './read-accesses.ts';

/** Follows the one sequence. Called with accesses in ledger order, each exactly once per process. */
export type SequenceReader = (accesses: readonly Access[]) => void;

const pageMax = 1_000;

/**
 * The one sequence of accesses as this process sees it. What this process commits reaches the readers at once,
 * before anyone is answered; what other processes commit is fetched from the database, in order. A reader never
 * sees place n before place n - 1.
 */
export class AccessSequence {
  readonly #db: CaseboundDatabase;
  readonly #readers: SequenceReader[] = [];
  #next: number;
  #catchingUp: Promise<void> | undefined;

  constructor(db: CaseboundDatabase, next: number) {
    this.#db = db;
    this.#next = next;
  }

  /** The place that the readers see next: everything before it they have seen. */
  get next(): number {
    return this.#next;
  }

  subscribe(reader: SequenceReader): () => void {
    this.#readers.push(reader);
    return () => {
      this.#readers.splice(this.#readers.indexOf(reader), 1);
    };
  }

  /** Takes what this process has just committed. When others committed before it, fetches theirs first. */
  offer(committed: Committed): void {
    if (committed.from === this.#next && !this.#catchingUp) this.#deliver(committed.accesses, committed.to);
    // A fetch under way may have looked before this commit: look once more after it.
    else void (this.#catchingUp ?? Promise.resolve()).then(() => this.catchUp()).catch(() => {});
  }

  /** Fetches everything committed so far. One at a time; rejects when the database does not answer. */
  catchUp(): Promise<void> {
    this.#catchingUp ??= this.#fetch().finally(() => {
      this.#catchingUp = undefined;
    });
    return this.#catchingUp;
  }

  async #fetch(): Promise<void> {
    for (;;) {
      const size = await readSize(this.#db);
      if (size <= this.#next) return;
      const accesses = (await readAccesses(this.#db, this.#next, pageMax)).filter(
        (access) => access.seq < size,
      );
      const last = accesses.at(-1);
      this.#deliver(accesses, last && accesses.length === pageMax ? last.seq + 1 : size);
    }
  }

  #deliver(accesses: readonly Access[], next: number): void {
    this.#next = next;
    if (accesses.length === 0) return;
    for (const reader of this.#readers) reader(accesses);
  }
}
