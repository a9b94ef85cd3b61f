import { leafHash } from '../../../analysis/tlog/tree/merkle-hash.ts';
import { Fault } from '../../../model/fault.ts';
import type { Querying } from './publisher-row.ts';

/** A committed entry: its bytes, and the leaf hash that was made when it was written. */
export interface StoredEntry {
  readonly bytes: Buffer;
  readonly leafHash: Buffer;
}

/**
 * Reads the committed entries with the indexes `from` up to before `to` in the log in use, all of them, each checked
 * against its leaf hash.
 *
 * @throws Fault `ledger-stopped` when one is missing or its bytes have changed
 */
export const readEntries = async (client: Querying, from: number, to: number): Promise<StoredEntry[]> => {
  const { rows } = await client.query<{ seq: number; bytes: Buffer; leaf_hash: Buffer }>(
    // The place of index 0 comes from a query of its own, so that the range is looked up in the index.
    `select seq - (select first_seq from ledger_publisher) as seq, bytes, leaf_hash from entry
     where seq >= (select first_seq from ledger_publisher) + $1 and seq < (select first_seq from ledger_publisher) + $2
     order by entry.seq`,
    [from, to],
  );
  for (let at = 0; at < to - from; at += 1) {
    const row = rows[at];
    if (row?.seq !== from + at)
      throw new Fault('ledger-stopped', `entry ${from + at} is missing from the database: restore it`);
    // A stored bit that flips must never be signed: what was written and what is read have to be the same.
    if (!leafHash(row.bytes).equals(row.leaf_hash))
      throw new Fault(
        'ledger-stopped',
        `entry ${row.seq} in the database no longer has the leaf hash it was written with: its storage is damaged`,
      );
  }
  return rows.map(({ bytes, leaf_hash }) => ({ bytes, leafHash: leaf_hash }));
};
