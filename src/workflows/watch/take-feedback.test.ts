import { describe, expect, it } from 'vitest';
import { MemoryLedger } from '../../../test/support/memory-ledger.ts';
import type { Actor } from '../../model/actor.ts';
import { newId } from '../../model/id.ts';
import { instantOf } from '../../model/instant.ts';
import { seededChance } from '../../platform/chance/seeded-chance.ts';
import { keySealer } from '../../platform/keys/subject-key.ts';
import type { Lead, LeadWord } from '../../records/lead/lead.ts';
import { takeFeedback } from './take-feedback.ts';

const chance = seededChance('feedback');
const now = instantOf(Date.UTC(2026, 10, 22, 9));
const [alertId, suspect, accomplice] = [
  newId('alert', chance),
  newId('agent', chance),
  newId('agent', chance),
];
const lead: Lead = {
  alertId,
  source: 's',
  at: now,
  agentId: suspect,
  kind: 'campaign',
  score: 3,
  reasons: [],
  told: { accesses: [], innocentExplanations: [], wouldClear: [], members: [suspect, accomplice], month: [] },
  feedback: [],
};
const actor = (over: Partial<Actor> = {}): Actor => ({
  agentId: newId('agent', chance),
  role: 'analyst',
  active: true,
  teamId: undefined,
  siteId: undefined,
  vendorId: undefined,
  session: { id: newId('session', chance), live: true },
  ...over,
});
const setUp = () => {
  const [ledger, words] = [new MemoryLedger(), [] as LeadWord[]];
  const ports = {
    clock: { now: () => now },
    ledger,
    leads: {
      find: async (id: Lead['alertId']) => (id === alertId ? lead : undefined),
      addWord: async (word: LeadWord) => void words.push(word),
    },
    agentSealer: async () => keySealer(chance.bytes(32), chance),
  };
  return {
    ledger,
    words,
    tell: (by: Actor, id = alertId) => takeFeedback(ports, by, { alertId: id, verdict: 'wrong' }),
  };
};

describe('what people say about a lead', () => {
  it('is on record, and then kept', async () => {
    const { ledger, words, tell } = setUp();
    const by = actor();
    expect(await tell(by)).toBe(0);
    expect(ledger.drafts).toMatchObject([{ kind: 'lead-feedback/v1', by: { agentId: by.agentId } }]);
    expect(words).toMatchObject([{ seq: 0, verdict: 'wrong', saidBy: by.agentId }]);
  });
  it('does not count from whom the lead is about, nor from a member of the campaign', async () => {
    const { ledger, words, tell } = setUp();
    for (const agentId of [suspect, accomplice])
      expect(await tell(actor({ agentId }))).toMatchObject({ refused: 'not-independent' });
    expect([ledger.drafts, words]).toEqual([[], []]);
  });
  it('is for analysts and responders with a live session, about leads that there are', async () => {
    const { tell } = setUp();
    expect(await tell(actor({ role: 'agent' }))).toMatchObject({ refused: 'role-cannot' });
    expect(await tell(actor({ active: false }))).toMatchObject({ refused: 'account-suspended' });
    await expect(tell(actor(), newId('alert', chance))).rejects.toMatchObject({ code: 'not-found' });
  });
});
