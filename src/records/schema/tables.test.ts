import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import { instantOf } from '../../model/instant.ts';
import { timestamp } from '../../platform/postgres/timestamp.ts';

let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await freshDatabase();
});
afterAll(() => fresh.drop());

describe('the tables', () => {
  it('can be written and read', async () => {
    const { kysely } = fresh.db;
    await kysely
      .insertInto('reader_position')
      .values({ reader: 'budgets', next_seq: 2 ** 40 })
      .execute();
    expect(await kysely.selectFrom('reader_position').selectAll().execute()).toEqual([
      { reader: 'budgets', next_seq: 2 ** 40 },
    ]);
    expect(await kysely.selectNoFrom(timestamp(instantOf(1_700_000_000_123)).as('at')).execute()).toEqual([
      { at: 1_700_000_000_123 },
    ]);
  });
});
