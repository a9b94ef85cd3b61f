import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import { factsSql } from './facts-sql.ts';

let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await freshDatabase();
});
afterAll(() => fresh.drop());

it('reads no table whole, though it was planned while all of them were empty', async () => {
  const client = await fresh.db.pool.connect();
  try {
    await client.query('set plan_cache_mode = force_generic_plan');
    await client.query('set enable_seqscan = off');
    await client.query(`prepare facts as ${factsSql}`);
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `explain execute facts (${Array(9).fill("'{}'").join(', ')})`,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('break_glass_agent');
    expect(plan).not.toContain('Seq Scan');
  } finally {
    client.release(true);
  }
});
