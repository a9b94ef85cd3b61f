import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import { type AlertId, newId } from '../../model/id.ts';
import { instantOf } from '../../model/instant.ts';
import { seededChance } from '../../platform/chance/seeded-chance.ts';
import { alertReader } from '../alert/alert-reader.ts';
import type { LeadFound } from './lead.ts';
import { leadRecords } from './lead-records.ts';

const chance = seededChance('leads');
let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await freshDatabase();
});
afterAll(() => fresh.drop());

const agentId = newId('agent', chance);
const at = instantOf(Date.UTC(2026, 10, 22, 9));
const lead: LeadFound = {
  source: 'a/1/unexplained-looks',
  at,
  agentId,
  kind: 'unexplained-looks',
  score: 4.25,
  reasons: ['One.', 'Two, with a "quote".'],
  told: {
    accesses: [
      { at: '2026-11-22T08:00:00.000Z', action: 'view', customer: 'cus_x', case: '', why: 'No case.' },
    ],
    innocentExplanations: ['Hand-over: none was recorded.'],
    wouldClear: ['A case number for these looks.'],
    members: [],
    month: [{ day: '2026-11-21', customers: 31, unexplained: 4, expected: 1.5 }],
  },
};

describe('leads', () => {
  it('are raised once with their alert, whatever is read again', async () => {
    const leads = leadRecords(fresh.db.kysely, chance);
    const [first, second] = await Promise.all([leads.add(lead), leads.add({ ...lead, source: 'b' })]);
    expect(await leads.add(lead)).toBeUndefined();
    const alerts = await alertReader(fresh.db.kysely).waiting(at, 10);
    expect(alerts.map(({ id }) => id).sort()).toEqual([first, second].sort());
    expect(await leads.find(first as AlertId)).toEqual({ ...lead, alertId: first, feedback: [] });
    expect(await leads.find(newId('alert', chance))).toBeUndefined();
  });

  it('keep what people said, in order, and tell it to whoever follows', async () => {
    const leads = leadRecords(fresh.db.kysely, chance);
    const alertId = (await leads.add({ ...lead, source: 'c' })) as AlertId;
    const saidBy = newId('agent', chance);
    await leads.addWord({ seq: 12, at, alertId, verdict: 'wrong', saidBy });
    await leads.addWord({ seq: 9, at, alertId, verdict: 'explained', saidBy });
    expect((await leads.find(alertId))?.feedback.map(({ verdict }) => verdict)).toEqual([
      'explained',
      'wrong',
    ]);
    expect(await leads.wordsAfter(9, 10)).toEqual([
      { seq: 12, at, alertId, verdict: 'wrong', saidBy, agentId, kind: 'unexplained-looks' },
    ]);
  });
});
