import { describe, expect, it } from 'vitest';
import { drawFrom } from '../world/draw.ts';
import { insiderRef, makeOrganisation } from '../world/organisation.ts';
import type { DeskAgent, Looked, ShownView } from './desk-agent.ts';
import { SimulatedInsider } from './simulated-insider.ts';

/** A gateway that refuses foreign cases and shows own ones, and stops the thief after so many tries. */
const fakeAgent = (triesMax: number, over: AbortController) => {
  const asked: string[] = [];
  const note = (what: string): void => {
    asked.push(what);
    if (asked.length >= triesMax) over.abort();
  };
  const agent: Pick<DeskAgent, 'view' | 'lookup' | 'reveal'> = {
    async view(caseRef): Promise<Looked<ShownView>> {
      note(`view ${caseRef}`);
      return caseRef === 'own'
        ? {
            outcome: 'shown',
            view: 'v1',
            customer: 'c1',
            fields: [
              { name: 'email', masked: '', can: ['reveal', 'mail'] },
              { name: 'country', masked: '', can: [] },
            ],
          }
        : { outcome: 'refused', code: 'not-yours' };
    },
    async lookup(caseRef, by) {
      note(`lookup ${caseRef} ${by}`);
      return { outcome: 'refused', code: 'not-yours' };
    },
    async reveal(view, fields) {
      note(`reveal ${view} ${fields.join(' ')}`);
      return { outcome: 'shown' };
    },
  };
  return { agent: agent as DeskAgent, asked };
};

const work = async (cases: { own?: string; foreign?: string }, triesMax: number) => {
  const over = new AbortController();
  const { agent, asked } = fakeAgent(triesMax, over);
  const counted: string[] = [];
  await new SimulatedInsider({
    agent,
    draw: drawFrom('insider'),
    foreignCase: () => cases.foreign,
    ownCase: () => cases.own,
    wantedEmail: () => 'someone@example.org',
    count: ({ outcome }) => void counted.push(outcome),
    startsAfterMs: 0,
    everyMs: 0,
  }).work(over.signal);
  return { asked, counted };
};

describe('the simulated insider', () => {
  it('tries colleagues’ cases, look-ups from a list, and every field of the own cases, and counts each look', async () => {
    const { asked, counted } = await work({ own: 'own', foreign: 'foreign' }, 60);
    expect(new Set(asked)).toEqual(
      new Set(['view foreign', 'lookup own email', 'view own', 'reveal v1 email']),
    );
    expect(counted).toHaveLength(asked.length);
  });

  it('steals only from colleagues while it holds no case, and stops at the signal', async () => {
    const { asked } = await work({ foreign: 'foreign' }, 5);
    expect(asked).toEqual(Array.from({ length: 5 }, () => 'view foreign'));
  });

  it('is one account of the made-up bank, whose name says what it is', () => {
    const marked = makeOrganisation('meridian').agents.filter(({ name }) =>
      name.includes('simulated insider'),
    );
    expect(marked.map(({ ref, role }) => ({ ref, role }))).toEqual([{ ref: insiderRef, role: 'agent' }]);
  });
});
