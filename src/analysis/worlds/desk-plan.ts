import type { Trade } from './trade.ts';

/** One building of one vendor. */
export interface SitePlan {
  readonly vendor: string;
  readonly site: string;
  /** Hours that its clocks are ahead of UTC. */
  readonly zoneHours: number;
  readonly teams: number;
  readonly agentsPerTeam: number;
  /** Teams change between early, late and night work from week to week. */
  readonly rotates?: boolean;
  /** How far the clock that stamps its accesses is off. */
  readonly skewMs?: number;
}

/** What happens to a desk besides its everyday work. Days count from the first day of the world. */
export type Happening =
  /** Something broke: more cases, and everyone of the queue looks up customers by the dozen. */
  | { readonly kind: 'outage'; readonly day: number; readonly queue: string }
  /** The papers write about fraud: worried customers, more scam reports. */
  | { readonly kind: 'press'; readonly day: number; readonly days: number }
  /** One team writes to or calls a long list of customers. */
  | { readonly kind: 'recall'; readonly day: number; readonly days: number; readonly team: number }
  /** One matter that a dozen agents look into within a day. */
  | { readonly kind: 'shared-case'; readonly day: number }
  | { readonly kind: 'holiday'; readonly day: number };

/** How many people watch over the others or work across the whole desk. */
export interface BystanderPlan {
  readonly quality: number;
  readonly fraud: number;
  readonly service: number;
}

export interface DeskPlan {
  readonly seed: string;
  /** Midnight UTC of the first day, a Monday. */
  readonly startMs: number;
  readonly days: number;
  /** `calls`: a floor where whoever is free takes the next call. `tickets`: written cases, many from one's own book. */
  readonly way: 'calls' | 'tickets';
  readonly trade: Trade;
  readonly sites: readonly SitePlan[];
  readonly customers: number;
  readonly casesPerAgentDay: number;
  /** Share of honest accesses that no case explains. */
  readonly handWork: number;
  /** Share of written cases that go on at the next site when the shift ends. */
  readonly followTheSun: number;
  readonly bystanders: BystanderPlan;
  readonly happenings: readonly Happening[];
  /** Agents share desks, so a device says little about who sits there. */
  readonly sharedDevices: boolean;
}

export const dayMs = 24 * 3_600_000;
export const hourMs = 3_600_000;
export const minuteMs = 60_000;

/** 0 is Monday. */
export const weekday = (day: number): number => day % 7;
