import { organisationRoles } from '../../model/role.ts';
import type { Agent } from '../../records/directory/directory-entry.ts';
import type { PlacedUnit } from '../../records/directory/directory-reader.ts';
import type { StandingAsk, StandingAsker, StandingRefusalCode } from './standing-ask.ts';

/** What is known when a change is judged. Undefined: there is no such thing. */
export interface StandingFacts {
  /** The asker as the directory has them now. */
  readonly asker: Agent | undefined;
  /** The agent to be changed. */
  readonly agent: Agent | undefined;
  /** The unit to be changed, or for a move the team to move to. */
  readonly unit: PlacedUnit | undefined;
}

export type StandingDecision =
  | { readonly outcome: 'refuse'; readonly refusal: StandingRefusalCode }
  /** `unchanged`: it already is as asked. */
  | { readonly outcome: 'permit' | 'unchanged' };

const refuse = (refusal: StandingRefusalCode): StandingDecision => ({ outcome: 'refuse', refusal });
const permitIf = (changes: boolean): StandingDecision => ({ outcome: changes ? 'permit' : 'unchanged' });

/** May people of this role ask for this at all, whoever it is about? */
const roleMayAsk = (asker: Agent, ask: StandingAsk): boolean => {
  if (asker.role === 'administrator' || asker.role === 'responder') return asker.vendorId === undefined;
  return (
    asker.role === 'vendor-security' &&
    asker.vendorId !== undefined &&
    ask.act === 'suspend' &&
    ask.target.what === 'agent'
  );
};

/** Would the change touch the asker, directly or through what they are part of? */
const touchesAsker = (asker: Agent, ask: StandingAsk): boolean => {
  if (ask.act === 'move' || ask.act === 'change-role') return ask.agentId === asker.id;
  const parts = { agent: asker.id, team: asker.teamId, site: asker.siteId, vendor: asker.vendorId };
  return parts[ask.target.what] === ask.target.id;
};

const judgeAgent = (ask: StandingAsk, agent: Agent, facts: StandingFacts): StandingDecision => {
  if (agent.state === 'left') return refuse('has-left');
  const isOrganisations = organisationRoles.includes(ask.act === 'change-role' ? ask.role : agent.role);
  switch (ask.act) {
    case 'suspend':
      return permitIf(agent.state !== 'suspended');
    case 'activate':
      return permitIf(agent.state !== 'active');
    case 'move':
      if (!facts.unit) return refuse('not-there');
      if (isOrganisations && facts.unit.vendorId !== undefined) return refuse('role-not-there');
      return permitIf(agent.teamId !== ask.teamId);
    case 'change-role':
      if (isOrganisations && agent.vendorId !== undefined) return refuse('role-not-there');
      if (!isOrganisations && agent.teamId === undefined) return refuse('no-team');
      return permitIf(agent.role !== ask.role);
  }
};

/**
 * Who may change whose standing. Administrators and responders of the organisation may change everything but what
 * they themselves are part of; a vendor's security may suspend that vendor's agents and nothing else. What is
 * outside the asker's reach is judged exactly like what does not exist. Pure.
 */
export const judgeStanding = (
  by: StandingAsker,
  ask: StandingAsk,
  facts: StandingFacts,
): StandingDecision => {
  const { asker, agent, unit } = facts;
  if (!asker || asker.standingNo !== by.standingNo)
    return refuse(asker?.active === false ? 'account-suspended' : 'session-ended');
  if (!asker.active) return refuse('account-suspended');
  if (!roleMayAsk(asker, ask)) return refuse('role-cannot');
  if (touchesAsker(asker, ask)) return refuse('yourself');
  if (ask.act === 'move' || ask.act === 'change-role' || ask.target.what === 'agent') {
    if (!agent || (asker.vendorId !== undefined && agent.vendorId !== asker.vendorId))
      return refuse('not-there');
    return judgeAgent(ask, agent, facts);
  }
  if (!unit) return refuse('not-there');
  return permitIf(unit.state !== (ask.act === 'suspend' ? 'suspended' : 'active'));
};
