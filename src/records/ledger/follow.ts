import type { Access } from '../../model/access.ts';
import { asDatabaseFault } from '../../platform/postgres/database-fault.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import { readAccesses } from './read-accesses.ts';

/** A reader whose position outlives the process: it takes pages in order and is never shown one twice in its own tables. */
export interface KeptReader {
  readonly name: string;
  /** Does its work for these accesses inside the transaction that also keeps its new position. */
  take(db: KeptReaderTransaction, accesses: readonly Access[]): Promise<void>;
}

export interface KeptReaderTransaction {
  query(text: string, values: readonly unknown[]): Promise<{ rows: readonly unknown[] }>;
}

/**
 * Brings a kept reader forward by one page. Answers how many accesses it took: 0 when it has seen all.
 * Two processes may call this at once; the row lock on the position lets one of them work at a time.
 */
export const followOnce = async (
  db: CaseboundDatabase,
  reader: KeptReader,
  pageMax: number,
): Promise<number> => {
  const client = await db.pool.connect();
  try {
    await client.query('begin');
    await client.query(
      'insert into reader_position (reader, next_seq) values ($1, 0) on conflict do nothing',
      [reader.name],
    );
    const { rows } = await client.query<{ next_seq: number }>(
      'select next_seq from reader_position where reader = $1 for update',
      [reader.name],
    );
    const accesses = await readAccesses(db, rows[0]?.next_seq ?? 0, pageMax);
    const last = accesses.at(-1);
    if (last) {
      await reader.take({ query: (text, values) => client.query(text, [...values]) }, accesses);
      await client.query('update reader_position set next_seq = $2 where reader = $1', [
        reader.name,
        last.seq + 1,
      ]);
    }
    await client.query('commit');
    return accesses.length;
  } catch (cause) {
    await client.query('rollback').catch(() => {});
    throw asDatabaseFault(cause);
  } finally {
    client.release();
  }
};
