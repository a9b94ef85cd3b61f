import type pg from 'pg';
import { Fault } from '../../model/fault.ts';
import { formatInstant, type Instant } from '../../model/instant.ts';
import type { WrappedKey } from '../../platform/keys/key-encryption.ts';
import { lockClass, lockNumber } from '../../platform/postgres/advisory-locks.ts';
import { asDatabaseFault } from '../../platform/postgres/database-fault.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';

/** Whose key: each kind has a table of its own. */
export const keyHolders = ['customer', 'agent'] as const;
export type KeyHolder = (typeof keyHolders)[number];

export interface HeldKey extends WrappedKey {
  readonly subjectId: string;
}

/** A change of the key-encryption key that was begun. */
export interface RewrapBegun {
  readonly toKeyId: string;
  readonly startedAt: Instant;
  readonly rewrapped: number;
  /** The ledger's idempotency key of the entry that ends it. */
  readonly entryKey: string;
}

const tableOf: Readonly<Record<KeyHolder, string>> = {
  customer: 'keys.customer_key',
  agent: 'keys.agent_key',
};
const columnOf: Readonly<Record<KeyHolder, string>> = { customer: 'customer_id', agent: 'agent_id' };

/**
 * The hand that changes what subject keys are wrapped under. One at a time in the whole database, for as long as it
 * is open; it never sees a subject key itself.
 */
export class WrappedKeyWriter {
  readonly #client: pg.PoolClient;

  private constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  /** @returns undefined while another process has it */
  static async open(db: CaseboundDatabase): Promise<WrappedKeyWriter | undefined> {
    const client = await db.pool
      .connect()
      .catch((thrown: unknown) => Promise.reject(asDatabaseFault(thrown)));
    try {
      const { rows } = await client.query<{ locked: boolean }>(
        'select pg_try_advisory_lock($1, $2) as locked',
        [lockClass, lockNumber.rewrapKeys],
      );
      if (rows[0]?.locked === true) return new WrappedKeyWriter(client);
      client.release();
      return undefined;
    } catch (thrown) {
      client.release(true);
      throw asDatabaseFault(thrown);
    }
  }

  close(): void {
    // Ending the session is what frees the lock.
    this.#client.release(true);
  }

  /** The change that was begun and has not ended. */
  async findBegun(): Promise<RewrapBegun | undefined> {
    const [row] = await this.#rows<{
      to_key_id: string;
      started_at: Instant;
      rewrapped: number;
      entry_key: string;
    }>('select to_key_id, started_at, rewrapped, entry_key from keys.rewrap where ended_at is null', []);
    return (
      row && {
        toKeyId: row.to_key_id,
        startedAt: row.started_at,
        rewrapped: row.rewrapped,
        entryKey: row.entry_key,
      }
    );
  }

  /** Writes down that all keys go under this one; from here on the ring must have it. */
  async begin({ entryKey, startedAt, toKeyId }: Omit<RewrapBegun, 'rewrapped'>): Promise<void> {
    await this.#rows(
      `with noted as (insert into keys.ring (key_id, use) values ($1, 'wrapping') on conflict do nothing)
       insert into keys.rewrap (to_key_id, started_at, entry_key) values ($1, $2, $3) on conflict do nothing`,
      [toKeyId, formatInstant(startedAt), entryKey],
    );
  }

  /** Keys after this id that are wrapped under another key, in order. */
  async page(
    holder: KeyHolder,
    { after, toKeyId }: { readonly after: string; readonly toKeyId: string },
    countMax: number,
  ): Promise<readonly HeldKey[]> {
    const rows = await this.#rows<{ id: string; wrapping_key_id: string; wrapped: Buffer }>(
      `select ${columnOf[holder]} as id, wrapping_key_id, wrapped from ${tableOf[holder]}
       where ${columnOf[holder]} > $1 and wrapping_key_id <> $2 order by ${columnOf[holder]} limit $3`,
      [after, toKeyId, countMax],
    );
    return rows.map((row) => ({
      subjectId: row.id,
      wrappingKeyId: row.wrapping_key_id,
      wrapped: row.wrapped,
    }));
  }

  /**
   * Puts the same keys in their new wrapping, and counts them. One that was destroyed or changed meanwhile stays
   * as it is.
   */
  async replace(
    holder: KeyHolder,
    keys: readonly (HeldKey & { readonly before: Buffer })[],
    toKeyId: string,
  ): Promise<void> {
    await this.#rows(
      `with moved as (
         update ${tableOf[holder]} k set wrapping_key_id = u.key_id, wrapped = u.wrapped
         from unnest($1::text[], $2::text[], $3::bytea[], $4::bytea[]) as u (id, key_id, wrapped, before)
         where k.${columnOf[holder]} = u.id and k.wrapped = u.before
         returning 1
       )
       update keys.rewrap set rewrapped = rewrapped + (select count(*) from moved) where to_key_id = $5`,
      [
        keys.map((key) => key.subjectId),
        keys.map((key) => key.wrappingKeyId),
        keys.map((key) => key.wrapped),
        keys.map((key) => key.before),
        toKeyId,
      ],
    );
  }

  /**
   * Retires these wrapping keys, and any the database knew of besides the new one: from its commit on it takes
   * nothing wrapped under them.
   * @returns false when there are keys under another than the new one still: rewrap those first
   */
  async retire(
    { oldKeyIds, toKeyId }: { readonly oldKeyIds: readonly string[]; readonly toKeyId: string },
    now: Instant,
  ): Promise<boolean> {
    const client = this.#client;
    try {
      await client.query('begin');
      // Writers wait, those under way are waited for: what they wrote counts.
      await client.query('lock table keys.customer_key, keys.agent_key in share row exclusive mode');
      const { rows } = await client.query<{ left: boolean }>(
        `select exists (select from keys.customer_key where wrapping_key_id <> $1)
           or exists (select from keys.agent_key where wrapping_key_id <> $1) as left`,
        [toKeyId],
      );
      const clear = rows[0]?.left === false;
      if (clear) {
        await client.query(
          `insert into keys.retired (key_id, at)
           select key_id, $2::timestamptz from (
             select key_id from keys.ring where use = 'wrapping' union select unnest($3::text[])
           ) known (key_id) where key_id <> $1 on conflict do nothing`,
          [toKeyId, formatInstant(now), oldKeyIds],
        );
        await client.query(`delete from keys.ring where use = 'wrapping' and key_id <> $1`, [toKeyId]);
      }
      await client.query('commit');
      return clear;
    } catch (thrown) {
      await client.query('rollback').catch(() => undefined);
      throw asDatabaseFault(thrown);
    }
  }

  /** Ids of the keys that were retired from this instant on. */
  async retiredSince(since: Instant): Promise<readonly string[]> {
    const rows = await this.#rows<{ key_id: string }>(
      'select key_id from keys.retired where at >= $1 order by key_id',
      [formatInstant(since)],
    );
    return rows.map((row) => row.key_id);
  }

  async end(toKeyId: string, now: Instant): Promise<void> {
    const rows = await this.#rows(
      'update keys.rewrap set ended_at = $2 where to_key_id = $1 and ended_at is null returning to_key_id',
      [toKeyId, formatInstant(now)],
    );
    if (rows.length !== 1) throw new Fault('bug', 'a change of the key-encryption key ended twice');
  }

  /** How many keys there are, about: for progress. */
  async countKeys(): Promise<number> {
    const [row] = await this.#rows<{ count: number }>(
      `select sum(greatest(reltuples, 0))::bigint as count from pg_class
       where oid in ('keys.customer_key'::regclass, 'keys.agent_key'::regclass)`,
      [],
    );
    return row?.count ?? 0;
  }

  async #rows<Row extends pg.QueryResultRow>(
    text: string,
    values: readonly unknown[],
  ): Promise<readonly Row[]> {
    const { rows } = await this.#client
      .query<Row>(text, [...values])
      .catch((thrown: unknown) => Promise.reject(asDatabaseFault(thrown)));
    return rows;
  }
}
