import type pg from 'pg';
import { Fault } from '../../model/fault.ts';
import type { LookupKind } from '../../model/field.ts';
import type { CustomerId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import type { WrappedKey } from '../../platform/keys/key-encryption.ts';
import { lockClass, lockNumber } from '../../platform/postgres/advisory-locks.ts';
import { type CopyValue, copyRows } from '../../platform/postgres/copy-rows.ts';
import { asDatabaseFault } from '../../platform/postgres/database-fault.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import { advanceImport, type ImportProgress } from './import-progress.ts';
import type { SealedColumns } from './seal-customer.ts';

/** A customer who is in the vault already. */
export interface KeptCustomer {
  readonly customerId: CustomerId;
  /** The import that last wrote them. */
  readonly importId: string | undefined;
  /** Undefined when it was destroyed: nothing can be sealed for this customer any more. */
  readonly key: WrappedKey | undefined;
}

/** A customer as an import stores them, in place of what the vault held of them. */
export interface CustomerToStore extends SealedColumns {
  readonly customerId: CustomerId;
  readonly refHash: Buffer;
  readonly protection: string | undefined;
  readonly lookups: readonly (readonly [LookupKind, Buffer])[];
  /** The key of a new customer; undefined for one who keeps theirs. */
  readonly newKey: WrappedKey | undefined;
}

export interface StoredBatch {
  readonly customers: readonly CustomerToStore[];
  readonly catalogueVersion: string;
  readonly at: Instant;
  readonly before: ImportProgress;
  readonly after: ImportProgress;
}

/**
 * The writing side of the vault: for importers alone, one at a time in the whole database. It can store what was
 * sealed, and open nothing.
 */
export class VaultWriter {
  readonly #db: CaseboundDatabase;
  readonly #client: pg.PoolClient;

  private constructor(db: CaseboundDatabase, client: pg.PoolClient) {
    this.#db = db;
    this.#client = client;
  }

  /** @throws Fault `conflict` while another import runs */
  static async open(db: CaseboundDatabase): Promise<VaultWriter> {
    const client = await db.pool
      .connect()
      .catch((thrown: unknown) => Promise.reject(asDatabaseFault(thrown)));
    try {
      await takeLock(client);
      await client.query(stagingSql);
      return new VaultWriter(db, client);
    } catch (thrown) {
      client.release(true);
      throw asDatabaseFault(thrown);
    }
  }

  /** Lets the next import in. */
  async close(): Promise<void> {
    await this.#client.query('select pg_advisory_unlock_all()').catch(() => undefined);
    this.#client.release(true);
  }

  /** Customers with these hashes of references, by the hash in hexadecimal. */
  async findKept(refHashes: readonly Buffer[]): Promise<ReadonlyMap<string, KeptCustomer>> {
    const found = await this.#db.pool
      .query<KeptRow>({ name: 'vault-kept', text: keptSql, values: [refHashes] })
      .catch((thrown: unknown) => Promise.reject(asDatabaseFault(thrown)));
    return new Map(found.rows.map((row) => [row.ref_hash.toString('hex'), keptOf(row)]));
  }

  /**
   * Stores a batch and moves the import on, both or neither.
   * @throws Fault; the writer can then only be closed
   */
  async store(batch: StoredBatch): Promise<void> {
    const client = this.#client;
    const { customers, before, after } = batch;
    const fresh = customers.filter((customer) => customer.newKey !== undefined);
    const kept = customers.filter((customer) => customer.newKey === undefined);
    try {
      await client.query('begin');
      // A batch that a power cut takes back takes the position back with it: the import does it again.
      await client.query('set local synchronous_commit = off');
      if (kept.length > 0) await this.#holdKept(kept);
      await copyRows(client, `customer ${customerColumns}`, fresh.map(customerRow(batch)));
      await copyRows(client, keyTarget, fresh.flatMap(keyRow));
      await copyRows(client, lookupTarget, fresh.flatMap(lookupRows));
      if (kept.length > 0) await this.#replace(kept, batch);
      await advanceImport(client, before, after);
      await client.query('commit');
    } catch (thrown) {
      await client.query('rollback').catch(() => undefined);
      throw asDatabaseFault(thrown);
    }
  }

  /**
   * A customer who was erased since their row was read must not come back: not under the key that the import still
   * has in memory. Until this batch is stored, nobody is destroyed.
   */
  async #holdKept(kept: readonly CustomerToStore[]): Promise<void> {
    await this.#client.query('select pg_advisory_xact_lock_shared($1, $2)', [
      lockClass,
      lockNumber.destroySubject,
    ]);
    const { rows } = await this.#client.query<{ count: number }>(
      'select count(*) as count from keys.customer_key where customer_id = any($1)',
      [kept.map((customer) => customer.customerId)],
    );
    if (rows[0]?.count !== kept.length)
      throw new Fault(
        'conflict',
        'customers of this file were erased while it was read: start the import again, it goes on where it stopped',
      );
  }

  /** An insert that conflicts finds each row by index, whatever the planner thinks of a table it has no figures of. */
  async #replace(kept: readonly CustomerToStore[], batch: StoredBatch): Promise<void> {
    await copyRows(this.#client, `staged_customer ${customerColumns}`, kept.map(customerRow(batch)));
    const replaced = await this.#client.query(replaceSql);
    if (replaced.rowCount !== kept.length)
      throw new Fault('conflict', 'customers were changed beside the import');
    await this.#replaceLookups(kept);
  }

  /** Most customers are found by the same values as before: only what differs is touched. */
  async #replaceLookups(kept: readonly CustomerToStore[]): Promise<void> {
    const ids = kept.map((customer) => customer.customerId);
    const found = await this.#client.query<LookupRow>(
      'select kind, hash, customer_id from lookup_hash where customer_id = any($1)',
      [ids],
    );
    const wanted = new Map(kept.flatMap(lookupRows).map((row) => [lookupKey(row), row]));
    const stale = found.rows.filter(
      (row) => !wanted.delete(lookupKey([row.kind, row.hash, row.customer_id])),
    );
    if (stale.length > 0)
      await this.#client.query(staleSql, [
        stale.map((row) => row.kind),
        stale.map((row) => row.hash),
        stale.map((row) => row.customer_id),
      ]);
    await copyRows(this.#client, lookupTarget, [...wanted.values()]);
  }
}

/** Not at once refused: the server needs a moment to see that a killed import is gone. */
const lockWaitMs = 2_000;

const takeLock = async (client: pg.PoolClient): Promise<void> => {
  await client.query(`set lock_timeout = ${lockWaitMs}`);
  try {
    await client.query('select pg_advisory_lock($1, $2)', [lockClass, lockNumber.importCustomers]);
  } catch (thrown) {
    // lock_not_available
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === '55P03')) throw thrown;
    const detail = 'Another import of customers is running. Wait for its end, then start this one again.';
    throw new Fault('conflict', 'another import of customers is running', { detail });
  }
};

interface KeptRow {
  readonly ref_hash: Buffer;
  readonly id: CustomerId;
  readonly import_id: string | null;
  readonly wrapping_key_id: string | null;
  readonly wrapped: Buffer | null;
}

interface LookupRow {
  readonly kind: LookupKind;
  readonly hash: Buffer;
  readonly customer_id: CustomerId;
}

const keptSql = `select c.ref_hash, c.id, c.import_id, k.wrapping_key_id, k.wrapped
  from customer c left join keys.customer_key k on k.customer_id = c.id
  where c.ref_hash = any($1)`;

const keptOf = (row: KeptRow): KeptCustomer => ({
  customerId: row.id,
  importId: row.import_id ?? undefined,
  key:
    row.wrapping_key_id === null || row.wrapped === null
      ? undefined
      : { wrappingKeyId: row.wrapping_key_id, wrapped: row.wrapped },
});

const stagingSql =
  'create temporary table staged_customer (like customer including storage) on commit delete rows';

const customerColumns = '(id, ref_hash, protected, catalogue_version, masks, sealed, import_id, updated_at)';
const keyTarget = 'keys.customer_key (customer_id, wrapping_key_id, wrapped)';
const lookupTarget = 'lookup_hash (kind, hash, customer_id)';

const replaceSql = `insert into customer ${customerColumns}
  select id, ref_hash, protected, catalogue_version, masks, sealed, import_id, updated_at from staged_customer
  on conflict (ref_hash) do update set protected = excluded.protected,
    catalogue_version = excluded.catalogue_version, masks = excluded.masks, sealed = excluded.sealed,
    import_id = excluded.import_id, updated_at = excluded.updated_at
  where customer.id = excluded.id`;

const staleSql = `delete from lookup_hash where (kind, hash, customer_id) in
  (select * from unnest($1::text[], $2::bytea[], $3::text[]))`;

const customerRow =
  ({ catalogueVersion, at, after }: StoredBatch) =>
  (customer: CustomerToStore): CopyValue[] => [
    customer.customerId,
    customer.refHash,
    customer.protection ?? null,
    catalogueVersion,
    customer.masks,
    customer.sealed,
    after.importId,
    { at },
  ];

const keyRow = ({ customerId, newKey }: CustomerToStore): CopyValue[][] =>
  newKey ? [[customerId, newKey.wrappingKeyId, newKey.wrapped]] : [];

const lookupRows = ({ customerId, lookups }: CustomerToStore): [LookupKind, Buffer, CustomerId][] =>
  lookups.map(([kind, hash]) => [kind, hash, customerId]);

const lookupKey = ([kind, hash, customerId]: readonly [LookupKind, Buffer, CustomerId]): string =>
  `${kind} ${hash.toString('hex')} ${customerId}`;
