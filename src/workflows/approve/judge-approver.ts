import type { AgentId, TeamId, VendorId } from '../../model/id.ts';
import type { RefusalCode } from '../../model/refusal.ts';
import type { Role } from '../../model/role.ts';

export interface Approver {
  readonly agentId: AgentId;
  readonly role: Role;
  readonly sessionLive: boolean;
  readonly active: boolean;
  readonly teamId: TeamId | undefined;
  readonly vendorId: VendorId | undefined;
}

/** Roles that may decide, each only as people of the organisation itself. */
const approverRoles: readonly Role[] = ['lead', 'analyst', 'responder', 'administrator'];

/**
 * May this person decide requests at all? Only people of the organisation itself: two vendors on one floor, or one
 * campaign that reached both, are not independent of each other either.
 */
export const judgeApprover = (approver: Approver): RefusalCode | undefined => {
  if (!approver.sessionLive) return 'session-ended';
  if (!approver.active) return 'account-suspended';
  return approverRoles.includes(approver.role) && approver.vendorId === undefined ? undefined : 'role-cannot';
};

/**
 * Are these two independent? Never the same person, never of one vendor; and where the asker works for the
 * organisation itself, which has no vendor to be outside of, never of one team.
 */
export const areIndependent = (
  approver: Pick<Approver, 'agentId' | 'teamId' | 'vendorId'>,
  asker: Pick<Approver, 'agentId' | 'teamId' | 'vendorId'>,
): boolean =>
  approver.agentId !== asker.agentId &&
  (asker.vendorId === undefined
    ? asker.teamId === undefined || approver.teamId !== asker.teamId
    : approver.vendorId !== asker.vendorId);
