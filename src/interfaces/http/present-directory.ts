import Type, { type Static } from 'typebox';
import type { Agent, Site, Team, Vendor } from '../../records/directory/directory-entry.ts';
import { known } from './known.ts';
import { exactly, idText, list, oneOf, optional, roleText, standingText } from './shape.ts';

const name = Type.String();
const ref = Type.String({ description: 'The organisation’s own name for it.' });
const state = standingText;

export const vendorShape = exactly({ vendor: idText('vendor'), ref, name, state });
export const presentVendor = ({ id, ref, name, state }: Vendor): Static<typeof vendorShape> => ({
  vendor: id,
  ref,
  name,
  state,
});

export const siteShape = exactly({
  site: idText('site'),
  ref,
  name,
  vendor: optional(idText('vendor')),
  time_zone: Type.String(),
  state,
});
export const presentSite = (site: Site): Static<typeof siteShape> => ({
  site: site.id,
  ref: site.ref,
  name: site.name,
  ...known({ vendor: site.vendorId }),
  time_zone: site.timeZone,
  state: site.state,
});

export const teamShape = exactly({
  team: idText('team'),
  ref,
  name,
  site: idText('site'),
  vendor: optional(idText('vendor')),
  queues: list(Type.String(), 500),
  state,
});
export const presentTeam = (team: Team): Static<typeof teamShape> => ({
  team: team.id,
  ref: team.ref,
  name: team.name,
  site: team.siteId,
  ...known({ vendor: team.vendorId }),
  queues: [...team.queueRefs],
  state: team.state,
});

export const agentShape = exactly({
  agent: idText('agent'),
  ref,
  name,
  role: roleText,
  team: optional(idText('team')),
  site: optional(idText('site')),
  vendor: optional(idText('vendor')),
  state: oneOf(['active', 'suspended', 'left']),
  active: Type.Boolean({ description: 'False also when the team, site or vendor is suspended.' }),
});
export const presentAgent = (agent: Agent): Static<typeof agentShape> => ({
  agent: agent.id,
  ref: agent.ref,
  name: agent.name,
  role: agent.role,
  ...known({ team: agent.teamId, site: agent.siteId, vendor: agent.vendorId }),
  state: agent.state,
  active: agent.active,
});
