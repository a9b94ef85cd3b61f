import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import { isFault } from '../../model/fault.ts';
import { instantOf } from '../../model/instant.ts';
import { type CopyValue, copyRows } from './copy-rows.ts';

let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await freshDatabase();
  await fresh.db.pool.query(
    'create table copied (n serial, word text, bytes bytea, at timestamptz, needed text not null)',
  );
});
afterAll(() => fresh.drop());

const target = 'copied (word, bytes, at, needed)';
const copy = async (rows: readonly (readonly CopyValue[])[]): Promise<unknown[]> => {
  const client = await fresh.db.pool.connect();
  try {
    await client.query('truncate copied');
    await copyRows(client, target, rows);
    const { rows: read } = await client.query('select word, bytes, at, needed from copied order by n');
    return read;
  } finally {
    client.release();
  }
};

describe('rows copied in binary', () => {
  it('are read back as they were given', async () => {
    // PostgreSQL holds every text but U+0000, and no half of a surrogate pair
    const word = fc.string({ unit: 'binary', maxLength: 30 }).filter((text) => !text.includes('\0'));
    const at = fc.integer({ min: -10_000_000_000_000, max: 200_000_000_000_000 });
    const row = fc.tuple(fc.option(word), fc.option(fc.uint8Array({ maxLength: 40 })), fc.option(at), word);
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 30 }), async (rows) => {
        const read = await copy(
          rows.map(([text, bytes, epochMs, needed]) => [
            text,
            bytes && Buffer.from(bytes),
            epochMs === null ? null : { at: instantOf(epochMs) },
            needed,
          ]),
        );
        expect(read).toEqual(
          rows.map(([text, bytes, epochMs, needed]) => ({
            word: text,
            bytes: bytes && Buffer.from(bytes),
            at: epochMs,
            needed,
          })),
        );
      }),
      { numRuns: 40 },
    );
  });
  it('are refused as a fault that quotes none of their values, and the client goes on working', async () => {
    const client = await fresh.db.pool.connect();
    try {
      await client.query('begin');
      const refused = await copyRows(client, target, [['anna@example.com', null, null, null]]).catch(
        (thrown: unknown) => thrown,
      );
      expect(isFault(refused) && refused.code).toBe('bug');
      expect(String(refused)).not.toContain('anna');
      await client.query('rollback');
      expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    } finally {
      client.release();
    }
  });
});
