import { type RawBuilder, sql } from 'kysely';
import type { AgentId, SiteId, TeamId, VendorId } from '../../model/id.ts';
import type { Role } from '../../model/role.ts';
import type { Agent, AgentState } from './directory-entry.ts';

/** The row of an agent with the place they work at, as the driver reads it. */
export interface AgentRow {
  readonly id: AgentId;
  readonly ref: string;
  readonly name: string;
  readonly role: Role;
  readonly team_id: TeamId | null;
  readonly site_id: SiteId | null;
  readonly vendor_id: VendorId | null;
  readonly state: AgentState;
  readonly active: boolean;
  readonly standing_no: number;
}

/** Selects agents as AgentRow; `a`, `t`, `si` and `v` name the agent, team, site and vendor for what follows. */
export const selectAgents: RawBuilder<AgentRow> = sql<AgentRow>`
  select a.id, a.ref, a.name, a.role, a.team_id, si.id as site_id, v.id as vendor_id, a.state, a.standing_no,
    (a.state = 'active' and coalesce(t.state, 'active') = 'active' and coalesce(si.state, 'active') = 'active'
      and coalesce(v.state, 'active') = 'active') as active
  from agent a
  left join team t on t.id = a.team_id
  left join site si on si.id = t.site_id
  left join vendor v on v.id = si.vendor_id`;

export const readAgentRow = (row: AgentRow): Agent => ({
  id: row.id,
  ref: row.ref,
  name: row.name,
  role: row.role,
  teamId: row.team_id ?? undefined,
  siteId: row.site_id ?? undefined,
  vendorId: row.vendor_id ?? undefined,
  state: row.state,
  active: row.active,
  standingNo: row.standing_no,
});
