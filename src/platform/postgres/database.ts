import type { Kysely } from 'kysely';
import type pg from 'pg';

/**
 * One open database. `pool` is for prepared statements on the hot path, `kysely` for everything else. Both read
 * `timestamptz` as Instant (whole milliseconds), `bigint` as a safe number and `bytea` as Buffer.
 */
export interface Database<Tables> {
  readonly pool: pg.Pool;
  readonly kysely: Kysely<Tables>;
  close(): Promise<void>;
}
