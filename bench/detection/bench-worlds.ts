import { buildWorld, type World } from '../../src/analysis/worlds/build-world.ts';
import {
  bankFloor,
  ordinaryHappenings,
  shopDesk,
  site,
  usualReports,
} from '../../src/analysis/worlds/desk-kit.ts';
import type { DeskPlan, Happening } from '../../src/analysis/worlds/desk-plan.ts';
import type { TheftPlan } from '../../src/analysis/worlds/theft.ts';
import type { AccessColumnName } from '../../src/model/access-columns.ts';
import { otherColumns, withDuplicates, withoutColumns } from './spoil-log.ts';

/** A world to measure in, by what is planted and where. */
export interface BenchWorld {
  readonly name: string;
  readonly background: string;
  /** Which columns its log has; all of them when left out. */
  readonly columns?: ReadonlySet<AccessColumnName>;
  /** Undefined: what it needs is not at hand. */
  build(seed: number): Promise<World | undefined>;
}

const days = 70;
const from = { startDay: 28, days: 40 } as const;

/** What is planted together: few enough accounts that the honest ones stay the measure. */
export const packs: Readonly<Record<string, readonly TheftPlan[]>> = {
  plain: [
    { kind: 'extra-looks', accounts: 2, ...from, perDay: 14 },
    { kind: 'rich-picks', accounts: 1, ...from, perDay: 11, richestShare: 0.02 },
    { kind: 'after-closing', accounts: 1, ...from, perDay: 12 },
    { kind: 'leaver', accounts: 1, startDay: 20, days: 9, perDay: 30 },
    { kind: 'export', accounts: 1, ...from, perDay: 120 },
    { kind: 'over-reveal', accounts: 1, ...from, perDay: 60 },
  ],
  ring: [{ kind: 'ring', accounts: 6, ...from, perDay: 3.5, richestShare: 0.03 }],
  faint: [
    { kind: 'few-looks', accounts: 1, ...from, perDay: 4 },
    { kind: 'mild-reveal', accounts: 1, ...from, perDay: 15 },
    { kind: 'self-made-cases', accounts: 1, ...from, perDay: 6 },
    { kind: 'off-hours', accounts: 1, ...from, perDay: 6 },
    { kind: 'lingering', accounts: 1, ...from, perDay: 30 },
    { kind: 'borrowed-login', accounts: 2, startDay: 28, days: 28, perDay: 8, recruitDays: 14 },
    { kind: 'taken-session', accounts: 1, ...from, perDay: 150 },
    { kind: 'own-cases-only', accounts: 1, ...from, perDay: 40 },
  ],
  honest: [],
};

/** Everything that looks odd and is not. */
const nastyHappenings = (queue: string): Happening[] => [
  ...ordinaryHappenings(days),
  { kind: 'outage', day: 36, queue },
  { kind: 'press', day: 43, days: 5 },
  { kind: 'recall', day: 50, days: 4, team: 2 },
];

const made = (
  background: string,
  desk: (seed: string) => DeskPlan,
  isPlanted: (theft: TheftPlan) => boolean = () => true,
): BenchWorld[] =>
  Object.entries(packs).map(([name, pack]) => ({
    name,
    background,
    build: async (seed) =>
      buildWorld({
        desk: desk(`${background}-${name}-${seed}`),
        thefts: pack.filter(isPlanted),
        reports: usualReports(),
      }),
  }));

/** What a poor log lacks. */
const missing: ReadonlySet<AccessColumnName> = new Set([
  'fields',
  'vendor',
  'site',
  'topic',
  'channel',
  'initiated_by',
  'session',
  'device',
  'dwell_ms',
]);

/** A desk of few customers who all come back, whose log is poor, partly doubled and stamped by clocks that are off. */
const thinDesk = (seed: string): DeskPlan =>
  shopDesk(seed, {
    days,
    customers: 5_000,
    casesPerAgentDay: 8,
    handWork: 0.12,
    followTheSun: 0.2,
    sites: [
      site('one', 'Here', { zoneHours: 1, teams: 6, agentsPerTeam: 8, skewMs: -180_000 }),
      site('two', 'There', { zoneHours: -7, teams: 4, agentsPerTeam: 7, skewMs: 240_000 }),
    ],
    happenings: nastyHappenings('billing'),
  });

/** What these do shows in columns only that the poor log lacks. */
const outOfSight: readonly string[] = ['over-reveal', 'mild-reveal', 'lingering'];

const thin: readonly BenchWorld[] = made('thin log', thinDesk, ({ kind }) => !outOfSight.includes(kind)).map(
  (whole) => ({
    ...whole,
    columns: otherColumns(missing),
    build: async (seed) => {
      const world = await whole.build(seed);
      return world && { ...world, log: withDuplicates(withoutColumns(world.log, missing), 0.02, seed) };
    },
  }),
);

export const madeWorlds: readonly BenchWorld[] = [
  ...made('call floor', (seed) => bankFloor(seed, { days, happenings: nastyHappenings('payments') })),
  ...made('ticket desk', (seed) => shopDesk(seed, { days, happenings: nastyHappenings('orders') })),
  ...thin,
];
