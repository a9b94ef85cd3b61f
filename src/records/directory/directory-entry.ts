import type { AgentId, QueueId, ShiftId, SiteId, TeamId, VendorId } from '../../model/id.ts';
import type { Role } from '../../model/role.ts';

/** A unit's state. What is under something suspended is suspended too, though its own state says active. */
export type UnitState = 'active' | 'suspended';
/** `left`: no longer works here. Only an import says so, and only an import takes it back. */
export type AgentState = UnitState | 'left';

export interface Vendor {
  readonly id: VendorId;
  readonly ref: string;
  readonly name: string;
  readonly state: UnitState;
}

export interface Site {
  readonly id: SiteId;
  readonly ref: string;
  readonly name: string;
  /** Undefined: a site of the organisation itself. */
  readonly vendorId: VendorId | undefined;
  readonly timeZone: string;
  readonly state: UnitState;
}

export interface Shift {
  readonly id: ShiftId;
  readonly ref: string;
  readonly name: string;
  /** Local wall-clock times, `HH:MM`; an end before the start runs over midnight. */
  readonly startsAt: string;
  readonly endsAt: string;
  readonly timeZone: string;
}

export interface Queue {
  readonly id: QueueId;
  readonly ref: string;
  readonly name: string;
}

export interface Team {
  readonly id: TeamId;
  readonly ref: string;
  readonly name: string;
  readonly siteId: SiteId;
  readonly vendorId: VendorId | undefined;
  readonly shiftId: ShiftId | undefined;
  readonly queueRefs: readonly string[];
  readonly state: UnitState;
}

export interface Agent {
  readonly id: AgentId;
  readonly ref: string;
  readonly name: string;
  readonly role: Role;
  /** Undefined for people of the organisation who belong to no team. */
  readonly teamId: TeamId | undefined;
  readonly siteId: SiteId | undefined;
  readonly vendorId: VendorId | undefined;
  readonly state: AgentState;
  /** False when the agent, their team, their site or their vendor is suspended, or the agent has left. */
  readonly active: boolean;
  readonly standingNo: number;
}

/** One page of a list: at most `countMax` entries, beginning after the reference `after`. */
export interface PageAsk {
  readonly countMax: number;
  readonly after: string | undefined;
}

export interface Page<Entry> {
  readonly entries: readonly Entry[];
  /** The `after` of the next page; undefined on the last one. */
  readonly next: string | undefined;
}

/** Most entries that one page of the directory holds. */
export const entriesPerPageMax = 500;
