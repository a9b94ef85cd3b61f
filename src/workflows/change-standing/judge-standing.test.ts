import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentId, SessionId, SiteId, TeamId, VendorId } from '../../model/id.ts';
import { organisationRoles, roles } from '../../model/role.ts';
import type { Agent } from '../../records/directory/directory-entry.ts';
import { judgeStanding, type StandingFacts } from './judge-standing.ts';
import type { StandingAsk } from './standing-ask.ts';

const agent = (name: string, over: Partial<Agent> = {}): Agent => ({
  id: `agt_${name}` as AgentId,
  ref: name,
  name,
  role: 'agent',
  teamId: 'tea_v1' as TeamId,
  siteId: 'sit_v1' as SiteId,
  vendorId: 'ven_1' as VendorId,
  state: 'active',
  active: true,
  standingNo: 3,
  ...over,
});
const own = { teamId: 'tea_own' as TeamId, siteId: 'sit_own' as SiteId, vendorId: undefined };
const ada = agent('ada', { role: 'administrator', ...own });
const rob = agent('rob', { role: 'responder', ...own });
const sue = agent('sue', { role: 'vendor-security' });
const ann = agent('ann');
const foreign = agent('foreign', { vendorId: 'ven_2' as VendorId, teamId: 'tea_v2' as TeamId });

const byOf = (asker: Agent) => ({
  agentId: asker.id,
  sessionId: 'ses_1' as SessionId,
  standingNo: asker.standingNo,
});
const suspend = (target: Agent): StandingAsk => ({
  act: 'suspend',
  target: { what: 'agent', id: target.id },
  reason: undefined,
});
const judge = (asker: Agent, ask: StandingAsk, facts: Partial<StandingFacts> = {}): string => {
  const decision = judgeStanding(byOf(asker), ask, { asker, agent: undefined, unit: undefined, ...facts });
  return decision.outcome === 'refuse' ? decision.refusal : decision.outcome;
};
const everyAct = (target: Agent): StandingAsk[] => [
  suspend(target),
  { ...suspend(target), act: 'activate' } as StandingAsk,
  { act: 'move', agentId: target.id, teamId: 'tea_v2' as TeamId, reason: undefined },
  { act: 'change-role', agentId: target.id, role: 'lead', reason: undefined },
  ...(['suspend', 'activate'] as const).flatMap((act): StandingAsk[] => [
    { act, target: { what: 'team', id: 'tea_x' as TeamId }, reason: undefined },
    { act, target: { what: 'site', id: 'sit_x' as SiteId }, reason: undefined },
    { act, target: { what: 'vendor', id: 'ven_x' as VendorId }, reason: undefined },
  ]),
];
const unit = { state: 'active' as const, vendorId: 'ven_1' as VendorId };

describe('who may change whose standing', () => {
  it('is everything for administrators and responders of the organisation', () => {
    for (const asker of [ada, rob])
      for (const ask of everyAct(ann))
        expect(['permit', 'unchanged']).toContain(judge(asker, ask, { agent: ann, unit }));
  });

  it('is suspending agents of their own vendor, and nothing else, for a vendor’s security', () => {
    expect(judge(sue, suspend(ann), { agent: ann })).toBe('permit');
    for (const ask of everyAct(ann).slice(1))
      expect(judge(sue, ask, { agent: ann, unit })).toBe('role-cannot');
  });

  it('is nothing for every other role', () => {
    for (const role of roles.filter(
      (one) => !['administrator', 'responder', 'vendor-security'].includes(one),
    ))
      for (const place of [own, {}])
        for (const ask of everyAct(ann))
          expect(judge(agent('eve', { role, ...place }), ask, { agent: ann, unit })).toBe('role-cannot');
  });

  it('is nothing for an organisation role that turned up under a vendor, or vendor security without a vendor', () => {
    expect(judge(agent('eve', { role: 'administrator' }), suspend(ann), { agent: ann })).toBe('role-cannot');
    const stray = agent('stray', { role: 'vendor-security', ...own });
    expect(judge(stray, suspend(agent('kim', own)), { agent: agent('kim', own) })).toBe('role-cannot');
  });

  it('answers the same for another vendor’s people, the organisation’s people and nobody at all', () => {
    const answers = [foreign, ada, undefined].map((target) =>
      judge(sue, suspend(target ?? foreign), { agent: target }),
    );
    expect(answers).toEqual(['not-there', 'not-there', 'not-there']);
    const left = agent('gone', { vendorId: 'ven_2' as VendorId, state: 'left' });
    expect(judge(sue, suspend(left), { agent: left })).toBe('not-there');
  });

  it('never includes oneself, nor what one is part of', () => {
    for (const ask of everyAct(ada).slice(0, 4))
      expect(judge(ada, ask, { agent: ada, unit })).toBe('yourself');
    expect(judge(sue, suspend(sue), { agent: sue })).toBe('yourself');
    for (const target of [
      { what: 'team', id: 'tea_own' as TeamId },
      { what: 'site', id: 'sit_own' as SiteId },
    ] as const)
      for (const act of ['suspend', 'activate'] as const)
        expect(judge(ada, { act, target, reason: undefined }, { unit })).toBe('yourself');
  });

  it('ends with the asker’s own standing: suspended, moved, or changed since the session began', () => {
    for (const ask of everyAct(ann)) {
      expect(judge({ ...ada, active: false }, ask, { agent: ann, unit })).toBe('account-suspended');
      const begunBefore = { ...byOf(ada), standingNo: ada.standingNo - 1 };
      expect(judgeStanding(begunBefore, ask, { asker: ada, agent: ann, unit })).toMatchObject({
        refusal: 'session-ended',
      });
      expect(judgeStanding(byOf(ada), ask, { asker: undefined, agent: ann, unit })).toMatchObject({
        outcome: 'refuse',
      });
    }
  });

  it('puts no organisation role under a vendor, by role or by move', () => {
    for (const role of organisationRoles) {
      const ask: StandingAsk = { act: 'change-role', agentId: ann.id, role, reason: undefined };
      expect(judge(ada, ask, { agent: ann })).toBe('role-not-there');
      const analyst = agent('ana', { role, ...own });
      const move: StandingAsk = {
        act: 'move',
        agentId: analyst.id,
        teamId: 'tea_v1' as TeamId,
        reason: undefined,
      };
      expect(judge(ada, move, { agent: analyst, unit })).toBe('role-not-there');
      expect(judge(ada, move, { agent: analyst, unit: { state: 'active', vendorId: undefined } })).toBe(
        'permit',
      );
    }
  });

  it('leaves alone who has left, and gives no team role to someone without a team', () => {
    for (const ask of everyAct(ann).slice(0, 4))
      expect(judge(ada, ask, { agent: { ...ann, state: 'left' }, unit })).toBe('has-left');
    const loose = agent('lou', {
      role: 'analyst',
      teamId: undefined,
      siteId: undefined,
      vendorId: undefined,
    });
    expect(
      judge(
        ada,
        { act: 'change-role', agentId: loose.id, role: 'agent', reason: undefined },
        { agent: loose },
      ),
    ).toBe('no-team');
  });

  it('permits a vendor’s security only suspensions of active people of that vendor, whatever the facts', () => {
    const anyAgent = fc.record({
      name: fc.constantFrom('ann', 'bob', 'sue'),
      vendorId: fc.constantFrom('ven_1' as VendorId, 'ven_2' as VendorId, undefined),
      state: fc.constantFrom('active' as const, 'suspended' as const, 'left' as const),
      role: fc.constantFrom(...roles),
    });
    fc.assert(
      fc.property(anyAgent, fc.nat(9), ({ name, ...over }, act) => {
        const target = agent(name, over);
        const ask = everyAct(target)[act];
        if (!ask || judge(sue, ask, { agent: target, unit }) !== 'permit') return;
        expect(ask.act).toBe('suspend');
        expect(target).toMatchObject({ vendorId: 'ven_1', state: 'active' });
        expect(target.id).not.toBe(sue.id);
      }),
    );
  });
});
