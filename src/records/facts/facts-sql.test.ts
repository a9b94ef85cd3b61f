import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import { factsSql } from './facts-sql.ts';

let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await freshDatabase();
});
afterAll(() => fresh.drop());

it('reads no table whole, though all of them were empty and known to be when it was planned', async () => {
  const client = await fresh.db.pool.connect();
  try {
    await client.query('vacuum analyze');
    await client.query('set enable_seqscan = off');
    // Many asks at once are where the planner prefers to read a whole table into a hash.
    const manyAsks = factsSql.replaceAll(/\$\d::(\w+)\[\]/g, 'array_fill(null::$1, array[500])');
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${manyAsks}`);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('break_glass_agent');
    expect(plan).not.toContain('Seq Scan');
  } finally {
    client.release(true);
  }
});
