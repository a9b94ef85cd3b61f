import type { AgentId, SessionId, SiteId, TeamId, VendorId } from './id.ts';
import type { RefusalCode } from './refusal.ts';
import type { Role } from './role.ts';

/** A person who acts, as things stand at this instant. */
export interface Actor {
  readonly agentId: AgentId;
  readonly role: Role;
  /** Neither they nor anything they are part of is suspended. */
  readonly active: boolean;
  readonly teamId: TeamId | undefined;
  readonly siteId: SiteId | undefined;
  readonly vendorId: VendorId | undefined;
  /** Undefined when the operator acts for them from the command line. */
  readonly session: { readonly id: SessionId; readonly live: boolean } | undefined;
}

/** Why this person may not act, given who may; undefined when they may. */
export const refusalOfActor = (actor: Actor, allowed: readonly Role[]): RefusalCode | undefined => {
  if (actor.session?.live === false) return 'session-ended';
  if (!actor.active) return 'account-suspended';
  return allowed.includes(actor.role) ? undefined : 'role-cannot';
};
