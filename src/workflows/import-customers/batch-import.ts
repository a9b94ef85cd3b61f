import { Fault } from '../../model/fault.ts';
import { type CustomerId, newId } from '../../model/id.ts';
import type { WrappedKey } from '../../platform/keys/key-encryption.ts';
import { SubjectKey } from '../../platform/keys/subject-key.ts';
import type { ImportProgress } from '../../records/vault/import-progress.ts';
import type { SealedColumns } from '../../records/vault/seal-customer.ts';
import type { CustomerToStore, VaultWriter } from '../../records/vault/vault-writer.ts';
import type { BadRow, BadRowReason } from './bad-row.ts';
import type { ImportOptions } from './import-ask.ts';
import type { LeftOut } from './import-columns.ts';
import type { RejectsFile } from './rejects-file.ts';
import type { RowBatch } from './row-splitter.ts';
import type { RowIdentity } from './seal-messages.ts';
import type { ParsedBatch, Sealing } from './seal-threads.ts';

interface BatchPorts extends Pick<ImportOptions, 'keys' | 'catalogue' | 'clock' | 'chance'> {
  readonly writer: VaultWriter;
  readonly rejects: RejectsFile;
  readonly sealing: Sealing;
}

/** A row that will be stored, with whose it is. */
interface Claim {
  /** Which of the batch's good rows. */
  readonly row: number;
  readonly identity: RowIdentity;
  readonly refHash: Buffer;
  readonly customerId: CustomerId;
  readonly key: SubjectKey;
  readonly isNew: boolean;
}

interface ClaimedBatch {
  readonly batch: RowBatch;
  readonly held: ParsedBatch;
  readonly claims: readonly Claim[];
  /** Hashes of all references that the batch has put under way. */
  readonly refs: readonly string[];
  readonly bad: readonly BadRow[];
}

/** Batches in the works at once: enough that the threads never wait for the database, few enough for memory. */
const batchesMax = 5;

/**
 * Takes batches of rows through four stages: parsed, claimed (whose rows are they, old customers or new), sealed,
 * stored. Several batches are under way at once; claiming and storing keep the file's order.
 */
export class BatchImport {
  readonly #ports: BatchPorts;
  #progress: ImportProgress;
  #leftOut: LeftOut = { secret: [], notInCatalogue: [] };
  readonly #badReasons: Partial<Record<BadRowReason, number>> = {};
  /** Hashes of references in batches that are claimed and not yet stored. */
  readonly #underWay = new Set<string>();
  #lastClaimed: Promise<unknown> = Promise.resolve();
  #lastStored: Promise<unknown> = Promise.resolve();
  readonly #unfinished: Promise<unknown>[] = [];

  constructor(ports: BatchPorts, progress: ImportProgress) {
    this.#ports = ports;
    this.#progress = progress;
  }

  /** As of the last stored batch. */
  get progress(): ImportProgress {
    return this.#progress;
  }
  get leftOut(): LeftOut {
    return this.#leftOut;
  }
  get badReasons(): Readonly<Partial<Record<BadRowReason, number>>> {
    return this.#badReasons;
  }

  /** Takes the next batch in, as soon as there is room. @throws Fault of any batch before */
  async add(batch: RowBatch, onStored: () => void): Promise<void> {
    const parsed = this.#ports.sealing.parse(batch);
    const claimed = this.#lastClaimed.then(async () => this.#claim(batch, await parsed));
    const sealed = claimed.then((claim) => this.#seal(claim));
    const stored = this.#lastStored.then(async () => this.#store(await sealed)).then(onStored);
    // Each failure also reaches `stored`, which is awaited; its other copies need no second report.
    for (const stage of [parsed, claimed, sealed, stored]) stage.catch(() => undefined);
    this.#lastClaimed = claimed;
    this.#lastStored = stored;
    this.#unfinished.push(stored);
    if (this.#unfinished.length >= batchesMax) await this.#unfinished.shift();
  }

  /** Waits until all that was added is stored. */
  async finish(): Promise<void> {
    await this.#lastStored;
  }

  async #claim(batch: RowBatch, held: ParsedBatch): Promise<ClaimedBatch> {
    const { keys, chance, writer } = this.#ports;
    const bad: BadRow[] = [...batch.bad, ...held.rows.bad];
    // Whether a row is the first of its ref is settled before the database is asked: what is under way now will
    // perhaps be stored by the time it answers, but was not stored before it was asked.
    const firsts: Pick<Claim, 'row' | 'identity' | 'refHash'>[] = [];
    for (const [row, identity] of held.rows.good.entries()) {
      const refHash = keys.hash('customer-ref', identity.ref);
      if (this.#underWay.has(refHash.toString('hex'))) bad.push(repeated(identity));
      else firsts.push({ row, identity, refHash });
      this.#underWay.add(refHash.toString('hex'));
    }
    const kept = await writer.findKept(firsts.map(({ refHash }) => refHash));
    const claims: Claim[] = [];
    for (const { identity, row, refHash } of firsts) {
      const customer = kept.get(refHash.toString('hex'));
      if (customer?.importId === this.#progress.importId) bad.push(repeated(identity));
      else if (customer && !customer.key)
        bad.push({ line: identity.line, field: undefined, reason: 'key-destroyed' });
      else {
        const customerId = customer?.customerId ?? newId('customer', chance);
        const key = customer?.key ? await keys.unwrap(customer.key, customerId) : SubjectKey.generate(chance);
        claims.push({ row, identity, refHash, customerId, key, isNew: customer === undefined });
      }
    }
    const refs = firsts.map(({ refHash }) => refHash.toString('hex'));
    return { batch, held, claims, refs, bad: bad.sort((a, b) => a.line - b.line) };
  }

  async #seal(claimed: ClaimedBatch): Promise<ClaimedBatch & { customers: readonly CustomerToStore[] }> {
    const { keys } = this.#ports;
    const asked = claimed.claims.map(({ row, customerId, key }) => ({
      row,
      customerId,
      key: key.exposeForSealing(),
    }));
    const sealing = claimed.held.seal(asked);
    for (const { key } of asked) key.fill(0);
    const columns = await sealing;
    const customers: CustomerToStore[] = [];
    for (const [index, claim] of claimed.claims.entries()) {
      const sealed = columns[index];
      if (!sealed) throw new Fault('bug', 'a sealing thread left out a customer');
      const newKey = claim.isNew ? await keys.wrap(claim.key, claim.customerId) : undefined;
      customers.push(this.#customerOf(claim, sealed, newKey));
    }
    return { ...claimed, customers };
  }

  #customerOf(claim: Claim, sealed: SealedColumns, newKey: WrappedKey | undefined): CustomerToStore {
    const { keys } = this.#ports;
    const { customerId, refHash, identity } = claim;
    const lookups = identity.lookups.map(([kind, value]) => [kind, keys.hash(kind, value)] as const);
    return { customerId, refHash, protection: identity.protection, lookups, newKey, ...sealed };
  }

  async #store(sealed: ClaimedBatch & { customers: readonly CustomerToStore[] }): Promise<void> {
    const { writer, rejects, catalogue, clock } = this.#ports;
    const { batch, customers, bad, claims } = sealed;
    await rejects.write(bad);
    const before = this.#progress;
    const after: ImportProgress = {
      importId: before.importId,
      positionBytes: batch.endBytes,
      linesRead: batch.endLine - 1,
      rowsKept: before.rowsKept + customers.length,
      rowsNew: before.rowsNew + claims.filter((claim) => claim.isNew).length,
      rowsBad: before.rowsBad + bad.length,
      rejectsBytes: rejects.bytes,
    };
    await writer.store({ customers, catalogueVersion: catalogue.version, at: clock.now(), before, after });
    this.#progress = after;
    this.#leftOut = mergeLeftOut(this.#leftOut, sealed.held.rows.leftOut);
    for (const { reason } of bad) this.#badReasons[reason] = (this.#badReasons[reason] ?? 0) + 1;
    for (const ref of sealed.refs) this.#underWay.delete(ref);
  }
}

const repeated = (identity: RowIdentity): BadRow => ({
  line: identity.line,
  field: 'ref',
  reason: 'ref-repeated',
});

const mergeLeftOut = (a: LeftOut, b: LeftOut): LeftOut => ({
  secret: [...new Set([...a.secret, ...b.secret])],
  notInCatalogue: [...new Set([...a.notInCatalogue, ...b.notInCatalogue])],
});
