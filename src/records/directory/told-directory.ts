import type { Role } from '../../model/role.ts';
import type { AgentState, UnitState } from './directory-entry.ts';

/**
 * A directory as a file tells it, understood but not yet checked against itself or what is known. A field that is
 * undefined leaves what is there as it is; null empties it.
 */
export interface ToldDirectory {
  readonly organisationName: string | undefined;
  readonly vendors: readonly ToldVendor[];
  readonly sites: readonly ToldSite[];
  readonly shifts: readonly ToldShift[];
  readonly queues: readonly ToldQueue[];
  readonly teams: readonly ToldTeam[];
  readonly agents: readonly ToldAgent[];
}

/** `where` names the place in the file, for messages: `line 12`. */
interface Told {
  readonly where: string;
  readonly ref: string;
  readonly name: string;
}
export interface ToldVendor extends Told {
  readonly state: UnitState | undefined;
}
export interface ToldSite extends Told {
  /** Null: a site of the organisation itself, which a new site without a vendor is too. */
  readonly vendorRef: string | null | undefined;
  readonly timeZone: string;
  readonly state: UnitState | undefined;
}
export interface ToldShift extends Told {
  readonly startsAt: string;
  readonly endsAt: string;
  readonly timeZone: string;
}
export type ToldQueue = Told;
export interface ToldTeam extends Told {
  readonly siteRef: string;
  readonly shiftRef: string | null | undefined;
  readonly queueRefs: readonly string[] | undefined;
  readonly state: UnitState | undefined;
}
export interface ToldAgent extends Told {
  readonly role: Role;
  readonly teamRef: string | null | undefined;
  readonly subject: string | null | undefined;
  readonly state: AgentState | undefined;
}
