/**
 * Attribution on worlds of both kinds, beside four baselines in the same run:
 *   node bench/attribution/run.ts [--worlds N] [--agents N] [--from SEED] [--only WORD]
 * An account is named when its posterior is above .9 and the placebo passed. The baselines are given an easier task:
 * each is allowed the lowest threshold at which it names nobody in two thiefless worlds of the same background.
 */
import { parseArgs } from 'node:util';
import { attributeReports } from '../../src/analysis/attribution/attribute-reports.ts';
import type { Suspect } from '../../src/analysis/attribution/attribution-result.ts';
import { dayMs } from '../../src/analysis/attribution/booked-views.ts';
import { baselineNames, baselineScores } from './baselines.ts';
import { type DeskWorldOptions, deskWorld } from './desk-world.ts';
import { type FloorWorldOptions, floorWorld } from './floor-world.ts';
import { dayZero, type World } from './world.ts';

const { values } = parseArgs({
  options: {
    worlds: { type: 'string', default: '2' },
    agents: { type: 'string', default: '400' },
    from: { type: 'string', default: '9001' },
    only: { type: 'string', default: '' },
  },
});
const [worlds, agents, from] = [Number(values.worlds), Number(values.agents), Number(values.from)];

const desk = (options: Partial<DeskWorldOptions>) => (seed: number) =>
  deskWorld({ seed, agents, background: 0.005, ...options });
const floor = (options: Partial<FloorWorldOptions>) => (seed: number) =>
  floorWorld({ seed, agents, background: 0.005, ...options });

interface Cell {
  readonly name: string;
  readonly make: (seed: number) => World;
  /** Compare the baselines, at this background. */
  readonly background?: number;
}

const few = { thieves: 3, reported: 0.03 };
const many = { thieves: 3, reported: 0.1 };
const cells: readonly Cell[] = [
  { name: 'desk, 17 reports, .1 %', make: desk({ ...few, background: 0.001 }), background: 0.001 },
  { name: 'desk, 17 reports, .5 %', make: desk(few), background: 0.005 },
  { name: 'desk, 17 reports, 2 %', make: desk({ ...few, background: 0.02 }), background: 0.02 },
  { name: 'floor, 17 reports, .5 %', make: floor(few) },
  { name: 'desk, 60 reports, 1 thief', make: desk({ ...many, thieves: 1 }) },
  { name: 'desk, 60 reports, 10 thieves', make: desk({ ...many, thieves: 10 }) },
  { name: 'desk, 60 reports, 2 %', make: desk({ ...many, background: 0.02 }) },
  { name: 'floor, 60 reports', make: floor(many) },
  { name: 'desk, sticky books', make: desk({ ...many, sticky: 'all' }) },
  { name: 'desk, one-agent queues', make: desk({ ...many, lone: 12 }) },
  { name: 'desk, resale to 180 days', make: desk({ ...many, delay: 'resale' }) },
  { name: 'desk, thefts of 7-14 days', make: desk({ ...many, windowDays: [7, 14] }) },
  { name: 'desk, 16 of a team of 20', make: desk({ guiltyTeam: 16, reported: 0.1 }) },
  { name: 'no thief, desk', make: desk({}) },
  { name: 'no thief, floor', make: floor({}) },
  { name: 'no thief, sub-segment leak, desk', make: desk({ leak: 'sub-segment' }) },
  { name: 'no thief, sub-segment leak, floor', make: floor({ leak: 'sub-segment' }) },
  { name: 'no thief, two queues leak', make: desk({ leak: 'queue' }) },
  { name: 'no thief, one queue’s tickets leak', make: desk({ leak: 'tickets' }) },
  { name: 'no thief, press spike', make: desk({ pressSpike: true }) },
  { name: 'no thief, a desk follows reports', make: desk({ follows: 'desk' }) },
  { name: 'no thief, one of each queue follows', make: desk({ follows: 'one-of-each-queue' }) },
  { name: 'no thief, 20 forged', make: desk({ forged: 20 }) },
  { name: 'no thief, 40 forged, .1 %', make: desk({ forged: 40, background: 0.001 }) },
  { name: 'no thief, 40 forged, floor', make: floor({ forged: 40 }) },
];

interface Tally {
  thieves: number;
  named: number;
  reports: number;
  falsely: number;
  agents: number;
  readonly startErrors: number[];
  covered: number;
  readonly all: { posterior: number; isThief: boolean }[];
}

const tallyOf = (): Tally => ({
  thieves: 0,
  named: 0,
  reports: 0,
  falsely: 0,
  agents: 0,
  startErrors: [],
  covered: 0,
  all: [],
});

const dayOf = (text: string): number => Date.parse(text) / dayMs - dayZero;

const addNamed = (tally: Tally, suspect: Suspect, startDay: number): void => {
  const { window } = suspect;
  tally.named += 1;
  tally.startErrors.push(Math.abs(dayOf(window.start) - startDay));
  if (dayOf(window.start_low) <= startDay && startDay <= dayOf(window.start_high)) tally.covered += 1;
};

const judge = (tally: Tally, world: World): void => {
  const { result } = attributeReports({ booked: () => world.booked }, world.reports);
  const truth = new Map(world.thieves.map((thief) => [`agent-${thief.agent}`, thief]));
  const told = new Set<string>();
  tally.agents += world.booked.agents.length;
  for (const thief of world.thieves) tally.reports += thief.reports;
  tally.thieves += world.thieves.length;
  for (const suspect of result.suspects) {
    const thief = truth.get(suspect.agent);
    told.add(suspect.agent);
    tally.all.push({ posterior: suspect.posterior, isThief: thief !== undefined });
    if (suspect.review && thief) addNamed(tally, suspect, thief.startDay);
    else if (suspect.review) tally.falsely += 1;
  }
  for (const name of truth.keys()) if (!told.has(name)) tally.all.push({ posterior: 0, isThief: true });
};

const thresholds = new Map<number, Record<string, number>>();
const thresholdsAt = (background: number): Record<string, number> => {
  const known = thresholds.get(background);
  if (known) return known;
  const found: Record<string, number> = Object.fromEntries(baselineNames.map((name) => [name, 0]));
  for (let seed = from; seed < from + 2; seed += 1) {
    const scores = baselineScores(deskWorld({ seed: seed + 500, agents, background }));
    for (const name of baselineNames) found[name] = Math.max(found[name] ?? 0, ...scores[name]);
  }
  thresholds.set(background, found);
  return found;
};

const share = (part: number, whole: number): string => (whole === 0 ? '-' : (part / whole).toFixed(2));
const quantile = (sorted: readonly number[], at: number): string =>
  sorted.length === 0 ? '-' : String(sorted[Math.min(sorted.length - 1, Math.floor(at * sorted.length))]);

const overall = tallyOf();
console.log(
  `| world | worlds | thieves (reports each) | ${baselineNames.join(' | ')} | recall | falsely named | start error median / p90 | 90 % interval covers |`,
);
console.log(`|---|---|---|${baselineNames.map(() => '---|').join('')}---|---|---|---|`);
for (const cell of cells.filter(({ name }) => name.includes(values.only))) {
  const tally = tallyOf();
  const base: Record<string, number> = Object.fromEntries(baselineNames.map((name) => [name, 0]));
  for (let seed = from; seed < from + worlds; seed += 1) {
    const world = cell.make(seed);
    judge(tally, world);
    if (cell.background === undefined) continue;
    const [scores, limits] = [baselineScores(world), thresholdsAt(cell.background)];
    for (const name of baselineNames)
      for (const { agent } of world.thieves)
        if ((scores[name][agent] ?? 0) > (limits[name] ?? 0)) base[name] = (base[name] ?? 0) + 1;
  }
  const errors = tally.startErrors.toSorted((one, other) => one - other);
  const others = baselineNames.map((name) =>
    cell.background === undefined ? '' : share(base[name] ?? 0, tally.thieves),
  );
  const each = tally.thieves === 0 ? '0' : `${tally.thieves} (${Math.round(tally.reports / tally.thieves)})`;
  const dates = `${quantile(errors, 0.5)} / ${quantile(errors, 0.9)}`;
  console.log(
    `| ${cell.name} | ${worlds} | ${each} | ${others.join(' | ')} | ${share(tally.named, tally.thieves)} | ${tally.falsely} | ${dates} | ${share(tally.covered, tally.named)} |`,
  );
  overall.falsely += tally.falsely;
  overall.agents += tally.agents;
  overall.named += tally.named;
  overall.covered += tally.covered;
  overall.startErrors.push(...tally.startErrors);
  overall.all.push(...tally.all);
}

const errors = overall.startErrors.toSorted((one, other) => one - other);
console.log(
  `\nfalsely named: ${overall.falsely} of ${overall.agents} agents · start error median ${quantile(errors, 0.5)}, p90 ${quantile(errors, 0.9)} · 90 % interval covers ${share(overall.covered, overall.named)}`,
);
console.log('\n| posterior | accounts | mean posterior | share of thieves |\n|---|---|---|---|');
let calibration = 0;
for (const [low, high] of [
  [0, 0.1],
  [0.1, 0.3],
  [0.3, 0.5],
  [0.5, 0.7],
  [0.7, 0.9],
  [0.9, 1.01],
] as const) {
  const bin = overall.all.filter(({ posterior }) => posterior >= low && posterior < high && posterior > 0);
  if (bin.length === 0) continue;
  const mean = bin.reduce((sum, { posterior }) => sum + posterior, 0) / bin.length;
  const thieves = bin.filter(({ isThief }) => isThief).length / bin.length;
  calibration += (bin.length * Math.abs(mean - thieves)) / overall.all.length;
  console.log(
    `| ${low} to ${Math.min(1, high)} | ${bin.length} | ${mean.toFixed(2)} | ${thieves.toFixed(2)} |`,
  );
}
console.log(`\ncalibration error over listed suspects: ${calibration.toFixed(3)}`);
