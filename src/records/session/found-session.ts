import type { AgentId, SessionId, SiteId, TeamId, VendorId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import type { Role } from '../../model/role.ts';
import type { SessionLimits } from './session-limits.ts';

/** Why a session that exists is over. `standing`: the agent's team, role or state changed since it began. */
export type SessionEnd = 'ended' | 'expired' | 'idle' | 'standing' | 'suspended';

/** A session with the agent behind it, as both stand now. */
export interface FoundSession {
  readonly id: SessionId;
  readonly agentId: AgentId;
  readonly agentRef: string;
  readonly agentName: string;
  readonly role: Role;
  readonly standingNo: number;
  readonly teamId: TeamId | undefined;
  readonly siteId: SiteId | undefined;
  /** Undefined for people of the organisation itself. */
  readonly vendorId: VendorId | undefined;
  readonly startedAt: Instant;
  readonly endsAt: Instant;
  /** Undefined while it is live. */
  readonly over: SessionEnd | undefined;
}

/** The row behind it, as the driver reads it. */
export interface SessionRow {
  readonly id: SessionId;
  readonly session_standing_no: number;
  readonly started_at: Instant;
  readonly seen_at: Instant;
  readonly ends_at: Instant;
  readonly ended_at: Instant | null;
  readonly agent_id: AgentId;
  readonly agent_ref: string;
  readonly agent_name: string;
  readonly role: Role;
  readonly standing_no: number;
  readonly active: boolean;
  readonly team_id: TeamId | null;
  readonly site_id: SiteId | null;
  readonly vendor_id: VendorId | null;
}

export const judgeSession = (
  row: SessionRow,
  now: Instant,
  limits: SessionLimits,
): SessionEnd | undefined => {
  if (row.ended_at !== null) return 'ended';
  if (!row.active) return 'suspended';
  if (row.session_standing_no !== row.standing_no) return 'standing';
  if (now >= row.ends_at || now - row.started_at >= limits.lifetimeMs) return 'expired';
  if (now - row.seen_at >= limits.idleMs) return 'idle';
  return undefined;
};

export const readSessionRow = (row: SessionRow, over: SessionEnd | undefined): FoundSession => ({
  id: row.id,
  agentId: row.agent_id,
  agentRef: row.agent_ref,
  agentName: row.agent_name,
  role: row.role,
  standingNo: row.standing_no,
  teamId: row.team_id ?? undefined,
  siteId: row.site_id ?? undefined,
  vendorId: row.vendor_id ?? undefined,
  startedAt: row.started_at,
  endsAt: row.ends_at,
  over,
});
