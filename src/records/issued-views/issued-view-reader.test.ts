import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import { newId, newViewId, type ViewId } from '../../model/id.ts';
import { formatInstant, instantOf } from '../../model/instant.ts';
import { seededChance } from '../../platform/chance/seeded-chance.ts';
import { issuedViewReader } from './issued-view-reader.ts';

const chance = seededChance('issued views');
const agentId = newId('agent', chance);
const customerId = newId('customer', chance);
const start = Date.UTC(2026, 10, 2, 9);
let fresh: FreshDatabase;

const record = async (
  seq: number,
  over: { viewId: ViewId; action?: string; outcome?: string },
): Promise<void> => {
  await fresh.db.pool.query(
    `insert into access (seq, at, action, outcome, agent_id, session_id, customer_id, view_id, fields)
     values ($1, $2, $3, $4, $5, $6, $7, $8, '{}')`,
    [
      seq,
      formatInstant(instantOf(start + seq * 60_000)),
      over.action ?? 'view',
      over.outcome ?? 'permitted',
      agentId,
      newId('session', chance),
      customerId,
      over.viewId,
    ],
  );
};

describe('issued views', () => {
  const views = Array.from({ length: 5 }, () => newViewId(chance));
  beforeAll(async () => {
    fresh = await freshDatabase();
    for (const [seq, viewId] of views.entries()) await record(seq, { viewId });
    await record(5, { viewId: views[0] as ViewId, action: 'reveal' });
    await record(6, { viewId: newViewId(chance), outcome: 'refused' });
  });
  afterAll(() => fresh.drop());

  it('are found by id: who, whom and when', async () => {
    const found = await issuedViewReader(fresh.db.kysely).find(views[2] as ViewId);
    expect(found).toEqual({
      viewId: views[2],
      agentId,
      customerId,
      caseId: undefined,
      at: start + 120_000,
      seq: 2,
    });
  });

  it('are the views alone: a later reveal in one does not take its place, and an unknown id finds nobody', async () => {
    const reader = issuedViewReader(fresh.db.kysely);
    expect((await reader.find(views[0] as ViewId))?.seq).toBe(0);
    expect(await reader.find(newViewId(chance))).toBeUndefined();
  });

  it('are listed for a window, latest first, permitted ones only, at most as many as asked for', async () => {
    const reader = issuedViewReader(fresh.db.kysely);
    const [from, to] = [instantOf(start + 60_000), instantOf(start + 10 * 60_000)];
    expect(await reader.between(from, to, 10)).toEqual([views[4], views[3], views[2], views[1]]);
    expect(await reader.between(from, to, 2)).toEqual([views[4], views[3]]);
    expect(await reader.between(from, instantOf(start + 120_000), 10)).toEqual([views[1]]);
  });
});
