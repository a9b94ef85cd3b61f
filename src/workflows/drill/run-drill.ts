import { buildWorld, type World } from '../../analysis/worlds/build-world.ts';
import type { Scenario } from '../../analysis/worlds/scenario.ts';
import type { Take } from '../../analysis/worlds/theft.ts';
import type { AccessChunk } from '../../model/access-columns.ts';
import type { DrillPorts } from './drill-ports.ts';
import type { DrillFigures, DrillResult, DrillWeek } from './drill-result.ts';
import { type GuardedLog, guardLog } from './guard-log.ts';
import { listExposed } from './list-exposed.ts';
import { alertedAt, firstOf, honestAlerted, takesLost } from './loss.ts';
import { nameAccounts } from './name-accounts.ts';
import { watchLog } from './watch-log.ts';

const dayMs = 24 * 3_600_000;
const weekMs = 7 * dayMs;

const hourMs = 3_600_000;
const looksEveryMs = 14 * dayMs;

interface Played {
  readonly figures: DrillFigures;
  readonly lost: readonly Take[];
  readonly warnings: readonly string[];
}

/** One way of being there: the log as it is then recorded, and which of its accesses were shown. */
interface Way {
  readonly accesses: AccessChunk;
  readonly isShown: (row: number) => boolean;
}

const customersOf = (takes: readonly Take[]): Set<number> => new Set(takes.map(({ customer }) => customer));

/**
 * When somebody asks the reports: once a fortnight from the first theft while some thief has no alert, and in any
 * case at the end of the log.
 */
const looksOf = (world: World, allAlerted: boolean): number[] => {
  const endMs = world.startMs + world.days * dayMs;
  const firstMs = firstTheft(world);
  const looks: number[] = [];
  if (firstMs !== undefined && !allAlerted)
    for (let at = firstMs + looksEveryMs; at < endMs - dayMs; at += looksEveryMs) looks.push(at);
  return [...looks, endMs];
};

/** Detection over the log, attribution from the reports that are left, then what was lost. */
const play = (world: World, way: Way, ports: DrillPorts): Played => {
  const alerts = watchLog(world, way.accesses);
  const alertedAtMs = alertedAt(world, alerts);
  const readMs = ports.assumed.read * hourMs;
  const startedMs = ports.nowMs();
  const looksMs = looksOf(world, !alertedAtMs.includes(undefined));
  const stoppedByAlert = alertedAtMs.map((at) => (at === undefined ? undefined : at + readMs));
  const named = nameAccounts(world, { ...way, stoppedAtMs: stoppedByAlert, looksMs, readMs });
  const lost = takesLost(world, named.stoppedAtMs, way.isShown);
  const exposed = customersOf(lost).size;
  const noticedAtMs = alertedAtMs.map((at, theft) => firstOf([at, named.namedAtMs[theft]]));
  const listed = listExposed(world, way.accesses, { noticedAtMs, stoppedAtMs: named.stoppedAtMs });
  const lostNames = [...customersOf(lost)].map((customer) => world.log.names.customers[customer] ?? '');
  const computingSeconds = (ports.nowMs() - startedMs) / 1_000 / looksMs.length;
  const [alertMs, namingMs] = [firstOf(alertedAtMs), firstOf(named.namedAtMs)];
  const firstSignMs = firstOf([alertMs, namingMs]);
  const firstMs = firstTheft(world);
  const all = customersOf(world.thefts.flatMap(({ takes }) => takes)).size;
  return {
    lost,
    warnings: named.warnings,
    figures: {
      daysToDetection:
        firstSignMs === undefined || firstMs === undefined ? undefined : (firstSignMs - firstMs) / dayMs,
      detectedBy: firstSignMs === undefined ? undefined : firstSignMs === alertMs ? 'alert' : 'reports',
      customersExposed: exposed,
      exposedShare: exposed / Math.max(1, all),
      customersListed: listed.size,
      listedShare: exposed === 0 ? 1 : lostNames.filter((name) => listed.has(name)).length / exposed,
      wronglyNamed: named.wronglyNamed,
      honestAlerted: honestAlerted(world, alerts),
      thievesAlerted: alertedAtMs.filter((at) => at !== undefined).length,
      thievesNamed: named.namedAtMs.filter((at) => at !== undefined).length,
      stoppedAtMs: named.stoppedAtMs,
      computingSeconds,
    },
  };
};

const firstTheft = (world: World): number | undefined => {
  const firsts = world.thefts.flatMap(({ takes }) => takes.slice(0, 1)).map(({ atMs }) => atMs);
  return firsts.length > 0 ? Math.min(...firsts) : undefined;
};

/** Customers newly taken, week by week from the first theft on. */
const weeksOf = (
  world: World,
  lost: { watching: readonly Take[]; guarding: readonly Take[] },
): DrillWeek[] => {
  const firstMs = firstTheft(world);
  if (firstMs === undefined) return [];
  const count = Math.max(1, Math.ceil((world.startMs + world.days * dayMs - firstMs) / weekMs));
  const newIn = (takes: readonly Take[]): number[] => {
    const weeks = new Array<number>(count).fill(0);
    const seen = new Set<number>();
    for (const { customer, atMs } of takes.toSorted((a, b) => a.atMs - b.atMs)) {
      if (seen.has(customer)) continue;
      seen.add(customer);
      const week = Math.min(count - 1, Math.floor((atMs - firstMs) / weekMs));
      weeks[week] = (weeks[week] ?? 0) + 1;
    }
    return weeks;
  };
  const unwatched = newIn(world.thefts.flatMap(({ takes }) => takes));
  const watching = newIn(lost.watching);
  const guarding = newIn(lost.guarding);
  return unwatched.map((taken, week) => ({
    fromMs: firstMs + week * weekMs,
    unwatched: taken,
    watching: watching[week] ?? 0,
    guarding: guarding[week] ?? 0,
  }));
};

/** What the rules refused, of looks through which something was to be stolen and of all looks of the honest. */
const countRefused = (world: World, { refusals, accesses }: GuardedLog): DrillResult['refused'] => {
  const taking = new Set(world.thefts.flatMap(({ takes }) => takes.map(({ row }) => row)));
  const thieves = new Set(world.thefts.map(({ agent }) => agent));
  const [thief, honest]: [Record<string, number>, Record<string, number>] = [{}, {}];
  let honestLooks = 0;
  for (let row = 0; row < accesses.rows; row += 1) {
    const agent = accesses.agent[row] ?? 0;
    const isHonest = !thieves.has(agent);
    if (isHonest && world.posts.get(agent) === 'agent') honestLooks += 1;
    const refusal = refusals[row];
    if (refusal === undefined || (!isHonest && !taking.has(row))) continue;
    const counts = isHonest ? honest : thief;
    if (!isHonest || world.posts.get(agent) === 'agent') counts[refusal] = (counts[refusal] ?? 0) + 1;
  }
  return { thiefLooks: taking.size, thief, honestLooks, honest };
};

/**
 * Replays a scenario through the engines that a server runs: the same rules, the same detector, the same attribution.
 * Twice: once only watching the log, once with every look judged first. The same seed gives the same figures; only
 * `computingSeconds` depends on the machine.
 * @throws the signal's reason when it is aborted
 */
export const runDrill = async (scenario: Scenario, seed: number, ports: DrillPorts): Promise<DrillResult> => {
  const { name, kind, title, story, outOfSight, figures } = scenario;
  const step = async (share: number, words: string): Promise<void> => {
    ports.onProgress(share, words);
    await ports.pause();
    ports.signal.throwIfAborted();
  };
  await step(0, 'building the world');
  const world = buildWorld(scenario.plan(seed));
  await step(0.2, `${world.log.accesses.rows} accesses: only watching`);
  const watching = play(world, { accesses: world.log.accesses, isShown: () => true }, ports);
  const guarded = await guardLog(world, ports.rules, (share) =>
    step(0.45 + 0.35 * share, 'judging every look by the rules'),
  );
  await step(0.8, 'watching what the rules let through');
  const isShown = (row: number): boolean => guarded.refusals[row] === undefined;
  const guarding = play(world, { accesses: guarded.accesses, isShown }, ports);
  await step(1, 'done');
  const stolen = customersOf(world.thefts.flatMap(({ takes }) => takes)).size;
  return {
    scenario: name,
    kind,
    title,
    story,
    outOfSight,
    seed,
    world: {
      agents: world.posts.size,
      days: world.days,
      accesses: world.log.accesses.rows,
      caseChanges: world.log.changes.rows,
      reports: world.reports.length,
      thieves: world.thefts.length,
      stolen,
      firstTheftAtMs: firstTheft(world),
    },
    incident: figures,
    watching: watching.figures,
    guarding: guarding.figures,
    refused: countRefused(world, guarded),
    assumed: ports.assumed,
    weeks: weeksOf(world, { watching: watching.lost, guarding: guarding.lost }),
    warnings: watching.warnings,
  };
};
