import type { Fault } from '../../src/model/fault.ts';
import type { Appended, AppendOptions, EntryDraft, Ledger } from '../../src/records/ledger/entry-draft.ts';

/** A ledger that keeps its drafts in memory and behaves as the real one does towards whoever appends. */
export class MemoryLedger implements Ledger {
  readonly drafts: EntryDraft[] = [];
  readonly #keys = new Map<
    string,
    { readonly appended: Appended; readonly fingerprint: string | undefined }
  >();
  #broken: Fault | undefined;

  /** Every append fails with this fault until it is mended with undefined. */
  break(fault: Fault | undefined): void {
    this.#broken = fault;
  }

  async append(draft: EntryDraft, options: AppendOptions = {}): Promise<Appended> {
    if (this.#broken) throw this.#broken;
    const before = options.idempotencyKey === undefined ? undefined : this.#keys.get(options.idempotencyKey);
    if (before)
      return { ...before.appended, repeated: true, sameAsk: before.fingerprint === options.fingerprint };
    const appended = { seq: this.drafts.length, at: draft.at, repeated: false, sameAsk: true };
    this.drafts.push(draft);
    if (options.idempotencyKey !== undefined)
      this.#keys.set(options.idempotencyKey, { appended, fingerprint: options.fingerprint });
    return appended;
  }
}
