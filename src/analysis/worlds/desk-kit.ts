import type { BystanderPlan, DeskPlan, Happening, SitePlan } from './desk-plan.ts';
import { bankTrade, shopTrade } from './trade.ts';
import type { ReportPlan } from './victim-reports.ts';

/** A Monday, so that weekends fall where they belong. */
const usualStartMs = Date.UTC(2025, 0, 6);

export const site = (vendor: string, name: string, size: Omit<SitePlan, 'vendor' | 'site'>): SitePlan => ({
  vendor,
  site: name,
  ...size,
});

const everyone: BystanderPlan = { quality: 2, fraud: 2, service: 1 };

/** Things that happen at every desk sooner or later. */
export const ordinaryHappenings = (days: number): Happening[] => [
  { kind: 'holiday', day: Math.floor(days * 0.22) },
  { kind: 'shared-case', day: Math.floor(days * 0.47) },
  { kind: 'shared-case', day: Math.floor(days * 0.81) },
];

const threeSites: readonly SitePlan[] = [
  site('northwind', 'Indore', { zoneHours: 5.5, teams: 4, agentsPerTeam: 11, rotates: true }),
  site('harbourline', 'Bogotá', { zoneHours: -5, teams: 4, agentsPerTeam: 10 }),
  site('in-house', 'Leeds', { zoneHours: 0, teams: 2, agentsPerTeam: 9 }),
];

/** A bank's call floor: three sites, whoever is free takes the next call. */
export const bankFloor = (seed: string, over: Partial<DeskPlan> = {}): DeskPlan => ({
  seed,
  startMs: usualStartMs,
  days: 70,
  way: 'calls',
  trade: bankTrade,
  sites: threeSites,
  customers: 120_000,
  casesPerAgentDay: 22,
  handWork: 0.105,
  followTheSun: 0,
  bystanders: everyone,
  happenings: ordinaryHappenings(over.days ?? 70),
  sharedDevices: false,
  ...over,
});

/** A shop's desk of written cases: own books, cases over days, two sites half a world apart. */
export const shopDesk = (seed: string, over: Partial<DeskPlan> = {}): DeskPlan => ({
  seed,
  startMs: usualStartMs,
  days: 70,
  way: 'tickets',
  trade: shopTrade,
  sites: [
    site('kestrel', 'Sofia', { zoneHours: 2, teams: 5, agentsPerTeam: 9 }),
    site('kestrel', 'Manila', { zoneHours: 8, teams: 4, agentsPerTeam: 9, skewMs: 95_000 }),
  ],
  customers: 60_000,
  casesPerAgentDay: 13,
  handWork: 0.1,
  followTheSun: 0.06,
  bystanders: { quality: 2, fraud: 1, service: 2 },
  happenings: ordinaryHappenings(over.days ?? 70),
  sharedDevices: true,
  ...over,
});

/** A few victims in a hundred report, weeks later; others report what has nothing to do with the desk. */
export const usualReports = (over: Partial<ReportPlan> = {}): ReportPlan => ({
  share: 0.05,
  resaleDays: 20,
  background: 0.001,
  tellDesk: 0.3,
  ...over,
});
