import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plain } from '../../model/plain.ts';
import { type AgentToCover, allocateCanaries } from './allocate-canaries.ts';
import { canariesNeeded, chanceToCatch } from './canaries-needed.ts';
import { contactAlias, isAliasOf } from './contact-alias.ts';
import { burnReasonOf, type CanaryHit, judgeHit } from './judge-hit.ts';

const drawing = (seed: number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};
const dayOf = (at: number): string => new Date(Date.UTC(2026, 0, 5 + at)).toISOString().slice(0, 10);
const agentOf = (name: string, seen: number, days: number): AgentToCover => ({
  agent: name,
  seen,
  workDays: Array.from({ length: days }, (_, at) => dayOf(at)),
  queues: [
    { queue: 'north', share: 0.8 },
    { queue: 'south', share: 0.2 },
  ],
  weight: 1,
});

describe('canaries', () => {
  it('needed are as many as bring the chance to miss below the limit, and not one more', () => {
    expect([canariesNeeded(0.05, 0.3), canariesNeeded(0.05, 0.1), canariesNeeded(0.05, 1)]).toEqual([
      9, 29, 1,
    ]);
    const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(share, share, (miss, copied) => {
        const needed = canariesNeeded(miss, copied);
        expect(1 - chanceToCatch(needed, copied)).toBeLessThanOrEqual(miss * (1 + 1e-9));
        expect(1 - chanceToCatch(needed - 1, copied)).toBeGreaterThan(miss * (1 - 1e-9));
      }),
    );
  });

  it('cover every account within the plan, each with what it lacks, when the budget lasts', () => {
    const agents = [agentOf('ann', 0, 60), agentOf('bob', 4, 60), agentOf('cyd', 30, 60)];
    const budget = { casesMax: 1000, perAgentWeekMax: 2, missMax: 0.05, copiedShare: 0.3 };
    const { cases, coverage, uncovered } = allocateCanaries(agents, budget, drawing(1));
    const countOf = (name: string): number => cases.filter(({ agent }) => agent === name).length;
    expect(['ann', 'bob', 'cyd'].map(countOf)).toEqual([9, 5, 0]);
    expect(uncovered).toEqual([]);
    expect(coverage.every(({ after }) => after >= 0.95)).toBe(true);
  });

  it('never exceed the budget, an account’s week, or one a day, and go where they lower the miss most', () => {
    const agent = fc.tuple(fc.nat(12), fc.nat(40), fc.integer({ min: 1, max: 5 }));
    fc.assert(
      fc.property(
        fc.array(agent, { minLength: 1, maxLength: 8 }),
        fc.nat(60),
        fc.integer({ min: 1, max: 3 }),
        fc.integer(),
        (list, casesMax, perAgentWeekMax, seed) => {
          const agents = list.map(([seen, days, weight], at) => ({
            ...agentOf(`a${at}`, seen, days),
            weight,
          }));
          const budget = { casesMax, perAgentWeekMax, missMax: 0.05, copiedShare: 0.2 };
          const { cases, coverage, uncovered } = allocateCanaries(agents, budget, drawing(seed));
          expect(cases.length).toBeLessThanOrEqual(casesMax);
          expect(new Set(cases.map((one) => `${one.agent} ${one.day}`)).size).toBe(cases.length);
          const weeks = new Map<string, number>();
          for (const one of cases) {
            const key = `${one.agent} ${Math.floor(Date.parse(one.day) / 604_800_000)}`;
            weeks.set(key, (weeks.get(key) ?? 0) + 1);
          }
          expect(Math.max(0, ...weeks.values())).toBeLessThanOrEqual(perAgentWeekMax);
          // No case moved from one account to a starved one could lower the weighted miss.
          const gain = (at: number, given: number): number =>
            (agents[at]?.weight ?? 0) * 0.2 * 0.8 ** ((agents[at]?.seen ?? 0) + given);
          const given = coverage.map((_, at) => cases.filter((one) => one.agent === `a${at}`).length);
          for (const { agent: name, why } of uncovered)
            if (why === 'budget') {
              const at = Number(name.slice(1));
              for (const [other, count] of given.entries())
                if (count > 0)
                  expect(gain(other, count - 1)).toBeGreaterThanOrEqual(gain(at, given[at] ?? 0) - 1e-12);
            }
        },
      ),
    );
  });

  it('say which accounts stay uncovered, and why', () => {
    const budget = { casesMax: 6, perAgentWeekMax: 1, missMax: 0.05, copiedShare: 0.3 };
    const { uncovered } = allocateCanaries([agentOf('ann', 0, 60), agentOf('bob', 0, 7)], budget, drawing(3));
    expect(uncovered.map(({ agent, why }) => [agent, why])).toEqual([
      ['ann', 'budget'],
      ['bob', 'days'],
    ]);
  });
});

describe('a contact alias', () => {
  const key = plain(new Uint8Array(32).fill(7));

  it('is the same for the same pair and another for any other, key or epoch', () => {
    const pair = fc.record({ agent: fc.string(), customer: fc.string(), epoch: fc.nat(5) });
    fc.assert(
      fc.property(pair, pair, (one, other) => {
        const alias = contactAlias(key, one);
        expect(alias).toMatch(/^[0-9a-hjkmnp-tv-z]{16}$/);
        expect(isAliasOf(key, alias.toUpperCase(), one)).toBe(true);
        expect(isAliasOf(plain(new Uint8Array(32)), alias, one)).toBe(false);
        expect(isAliasOf(key, alias, other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });
});

describe('a hit', () => {
  const view = (agent: string, atMs: number) => ({ agent, viewId: `${agent}${atMs}`, atMs });
  const hit = (change: Partial<CanaryHit>): CanaryHit => ({
    kind: 'alias',
    hitAtMs: 100,
    views: [view('ann', 10)],
    sentAtMs: [],
    burntAtMs: undefined,
    agents: 1000,
    byChance: 0,
    ...change,
  });

  it('of an alias shown once proves the view; shown again, the account; of one shown to two, either', () => {
    expect(judgeHit(hit({}))).toMatchObject({
      proves: 'view',
      viewIds: ['ann10'],
      copiedBetweenMs: [10, 100],
    });
    expect(judgeHit(hit({})).accounts[0]?.posterior).toBeGreaterThan(0.95);
    expect(judgeHit(hit({ views: [view('ann', 10), view('ann', 20)] })).proves).toBe('account');
    const both = judgeHit(hit({ views: [view('bob', 10), view('ann', 20)] }));
    expect([both.proves, both.accounts.map(({ agent }) => agent)]).toEqual(['accounts', ['ann', 'bob']]);
    expect(both.accounts[0]?.posterior).toBeLessThan(0.5);
  });

  it('proves nothing when the alias was sent before, was burnt, or had not been seen by anybody', () => {
    const sent = judgeHit(hit({ sentAtMs: [50] }));
    expect([sent.proves, sent.isContaminated]).toEqual(['nothing', true]);
    expect(sent.accounts[0]?.posterior).toBeLessThanOrEqual(0.5);
    expect(judgeHit(hit({ sentAtMs: [150] })).proves).toBe('view');
    expect(judgeHit(hit({ burntAtMs: 60 })).proves).toBe('nothing');
    expect(judgeHit(hit({ views: [view('ann', 101)] })).accounts).toEqual([]);
  });

  it('that chance could bring is a lead and not more', () => {
    const { accounts, sentences } = judgeHit(hit({ kind: 'canary', byChance: 0.01 }));
    expect(accounts[0]?.posterior).toBeLessThan(0.2);
    expect(sentences.join(' ')).toMatch(/by chance.*second, independent hit/);
  });
});

describe('burning', () => {
  const fresh = {
    plannedAgents: ['ann'],
    seenBy: ['ann'],
    ageDays: 10,
    hits: 0,
    timesSent: 0,
    wasRecognised: false,
  };
  it.each([
    [{}, undefined],
    [{ hits: 1 }, 'hit'],
    [{ wasRecognised: true }, 'recognised'],
    [{ timesSent: 1 }, 'sent'],
    [{ seenBy: ['ann', 'bob'] }, 'shown-outside-plan'],
    [{ ageDays: 121 }, 'worn'],
  ] as const)('%o: %s', (change, reason) => {
    expect(burnReasonOf({ ...fresh, ...change })).toBe(reason);
  });
});
