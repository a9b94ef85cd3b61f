import type pg from 'pg';
import { openCheckpoint, signCheckpoint } from '../../../analysis/tlog/checkpoint/checkpoint.ts';
import type { VerifierKey } from '../../../analysis/tlog/note/verifier-key.ts';
import type { TreeEdge } from '../../../analysis/tlog/tile/tree-edge.ts';
import type { TreeHead } from '../../../analysis/tlog/tree/verify-proof.ts';
import { Fault } from '../../../model/fault.ts';
import { lockClass, lockNumber } from '../../../platform/postgres/advisory-locks.ts';
import { asDatabaseFault } from '../../../platform/postgres/database-fault.ts';
import { judgeHeads } from './judge-heads.ts';
import { bundleStart, nextTiles, supersededFolders } from './next-tiles.ts';
import type { OutsideHead, PublishPorts, SignedHead } from './publish-ports.ts';
import { advance, committedSize, isTurnOf, type Querying, signedRoot, takeTurn } from './publisher-row.ts';
import { readBack } from './read-back.ts';
import { readEntries } from './read-entries.ts';
import { storedEdge } from './stored-edge.ts';
import { cosignedHead } from './witness-row.ts';

/** Entries that one step takes at most, so that a long backlog is signed in pieces. */
const stepEntriesMax = 16_384;

/** Beside `checkpoint`: the newest one that has the quorum of cosignatures. */
export const witnessedPath = 'checkpoint.witnessed';

const servedHead = (served: Buffer, key: VerifierKey): OutsideHead => {
  try {
    const { size, root } = openCheckpoint(served, key, 'the published checkpoint');
    return { by: 'the published checkpoint', size, root };
  } catch (cause) {
    throw new Fault(
      'ledger-stopped',
      `${cause instanceof Error ? cause.message : 'the published checkpoint is broken'}: it cannot be told whether ` +
        'this database is up to date. Compare with a copy that others hold; when the database is the newest there ' +
        'is, remove the broken file checkpoint and it is written anew',
      { cause },
    );
  }
};

/** While the lock is held: the connection that holds it, the epoch, and where the log stands. */
interface Tenure {
  readonly client: pg.PoolClient;
  readonly epoch: number;
  readonly edge: TreeEdge;
  readonly head: SignedHead;
}

/**
 * `waiting`: another process publishes. `idle`: everything committed is published. `published`: a new checkpoint
 * stands. `superseded`: another publisher took over, so nothing was signed.
 */
export interface StepOutcome {
  readonly did: 'waiting' | 'idle' | 'published' | 'superseded';
  readonly size: number;
}

/**
 * Publishes the ledger as a transparency log: tiles first, then the checkpoint, and only of entries that are
 * committed. Any number of processes may run one: an advisory lock lets one work, and an epoch in the database
 * keeps one that lost its lock without noticing from signing anything.
 */
export class LedgerPublisher {
  readonly #ports: PublishPorts;
  #tenure: Tenure | undefined;
  #running: Promise<StepOutcome> | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(ports: PublishPorts) {
    this.#ports = ports;
  }

  /**
   * One turn of the wheel: call it every second. Calls that overlap share one turn.
   * @throws Fault `ledger-stopped` or `not-verified` when it must not sign, and why; `storage-down`, `storage-full`
   */
  step(): Promise<StepOutcome> {
    this.#running ??= this.#alone(() => this.#step()).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Where the log stands while this publisher is the one that works. */
  get head(): SignedHead | undefined {
    return this.#tenure?.head;
  }

  /**
   * Serves a head with the cosignatures that are kept for it: as the checkpoint, unless the log has moved on, and as
   * the witnessed one when it has all it needs.
   */
  serveCosigned(size: number): Promise<void> {
    return this.#alone(() => this.#serveCosigned(size));
  }

  /** Gives the lock back. */
  async close(): Promise<void> {
    await this.#alone(async () => this.#endTenure());
  }

  /** One thing at a time: a step finds no file changing under it. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #step(): Promise<StepOutcome> {
    try {
      const tenure = this.#tenure ?? (await this.#beginTenure());
      if (tenure === undefined) return { did: 'waiting', size: 0 };
      this.#tenure = tenure;
      if (!(await isTurnOf(tenure.client as Querying, tenure.epoch))) return this.#superseded(tenure);
      await this.#serveCheckpoint(tenure.head);
      return await this.#publishFrom(tenure);
    } catch (thrown) {
      // Whatever went wrong, the next turn begins from what is stored and not from memory.
      this.#endTenure();
      throw asDatabaseFault(thrown);
    }
  }

  async #beginTenure(): Promise<Tenure | undefined> {
    const { db, signer, store } = this.#ports;
    const client = await db.pool.connect();
    try {
      const { rows } = await client.query<{ locked: boolean }>(
        'select pg_try_advisory_lock($1, $2) as locked',
        [lockClass, lockNumber.publishLedger],
      );
      if (rows[0]?.locked !== true) {
        client.release();
        return undefined;
      }
      const { epoch, head, committed } = await takeTurn(client as Querying, signer.verifierKey.name);
      if (head.size > committed)
        throw new Fault(
          'ledger-stopped',
          `${head.size} entries were signed, the database has only ${committed}`,
        );
      await this.#judge(client as Querying, head);
      const edge = await storedEdge(client as Querying, store, head);
      // What a publisher that was killed after signing did not come to remove.
      for (const folder of supersededFolders(Math.max(0, head.size - stepEntriesMax), head.size))
        await store.removeFolder(folder);
      return { client, epoch, head, edge };
    } catch (thrown) {
      client.release(true);
      throw thrown;
    }
  }

  /** Nobody outside may hold a head that this database does not know: the served checkpoint, witnesses, exports. */
  async #judge(client: Querying, head: SignedHead): Promise<void> {
    const { outsideHeads, signer, store } = this.#ports;
    const served = await store.read('checkpoint');
    const outside: OutsideHead[] = [...((await outsideHeads?.(head)) ?? [])];
    if (served !== undefined) outside.push(servedHead(served, signer.verifierKey));
    const { name } = signer.verifierKey;
    const rootAt = new Map<number, Buffer | undefined>();
    for (const { size } of outside) rootAt.set(size, await signedRoot(client, name, size));
    judgeHeads(name, { ...head, rootAt }, outside);
  }

  async #publishFrom(tenure: Tenure): Promise<StepOutcome> {
    const { clock, signer, store } = this.#ports;
    const client = tenure.client as Querying;
    const from = tenure.head.size;
    const size = Math.min(await committedSize(client), bundleStart(from) + stepEntriesMax);
    if (size <= from) return { did: 'idle', size: from };
    const entries = await readEntries(client, bundleStart(from), size);
    const edge = tenure.edge.copy();
    await store.add(nextTiles(edge, entries));
    const head: TreeHead = { size, root: edge.root() };
    await readBack(store, tenure.edge.copy(), head);
    const note = signCheckpoint(head, signer);
    const origin = signer.verifierKey.name;
    const next = { origin, epoch: tenure.epoch, from, ...head, note, at: clock.now() };
    if (!(await advance(client, next))) return this.#superseded(tenure);
    await store.replace({ path: 'checkpoint', bytes: Buffer.from(note) });
    this.#tenure = { ...tenure, edge, head: { ...head, note } };
    for (const folder of supersededFolders(from, size)) await store.removeFolder(folder);
    return { did: 'published', size };
  }

  /** After a crash between signing and serving, or a late write of a superseded publisher, serves the right one. */
  async #serveCheckpoint({ note }: SignedHead): Promise<void> {
    if (note === undefined) return;
    const served = await this.#ports.store.read('checkpoint');
    const bytes = Buffer.from(note);
    // Cosignatures may follow the log's own signature.
    if (served?.subarray(0, bytes.length).equals(bytes) !== true)
      await this.#ports.store.replace({ path: 'checkpoint', bytes });
  }

  async #serveCosigned(size: number): Promise<void> {
    const tenure = this.#tenure;
    if (!tenure || !(await isTurnOf(tenure.client as Querying, tenure.epoch))) return;
    const { signer, store } = this.#ports;
    const found = await cosignedHead(tenure.client as Querying, signer.verifierKey.name, size);
    if (!found) return;
    const bytes = Buffer.from(found.note);
    if (tenure.head.size === size) await store.replace({ path: 'checkpoint', bytes });
    if (found.isWitnessed) await store.replace({ path: witnessedPath, bytes });
  }

  #superseded(tenure: Tenure): StepOutcome {
    this.#endTenure();
    return { did: 'superseded', size: tenure.head.size };
  }

  #endTenure(): void {
    // The connection is closed, not pooled: ending the session is what frees the lock.
    this.#tenure?.client.release(true);
    this.#tenure = undefined;
  }
}
