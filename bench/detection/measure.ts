import type { World } from '../../src/analysis/worlds/build-world.ts';
import type { Theft } from '../../src/analysis/worlds/theft.ts';
import { type AccessColumnName, accessColumnNames } from '../../src/model/access-columns.ts';
import { type Contender, dayOf, type Lead, type WatchedLog } from './contender.ts';
import { readLeads } from './read-leads.ts';

/** How one account's theft went for a contender. */
export interface TheftOutcome {
  readonly kind: string;
  readonly foundAtMs: number | undefined;
  /** Different customers stolen by then; all of them when nobody found it. */
  readonly lost: number;
  readonly stolen: number;
}

/** What a contender did in one world. */
export interface WorldOutcome {
  readonly contender: string;
  readonly background: string;
  readonly world: string;
  readonly agentDays: number;
  readonly read: number;
  /** All leads by agents who steal nothing, whether anybody had time to read them or not. */
  readonly saidOfHonest: number;
  /** How often one and the same honest account was read, at most. */
  readonly mostOfOne: number;
  /** The same, of someone who watches over others or works across the desk. */
  readonly mostOfOneBystander: number;
  readonly thefts: readonly TheftOutcome[];
  /** What was read of those who steal nothing, by their post and the kind of lead. */
  readonly readOfHonest: readonly string[];
  readonly seconds: number;
}

const every: ReadonlySet<AccessColumnName> = new Set(accessColumnNames);

export const watchedLog = (world: World, columns: ReadonlySet<AccessColumnName> = every): WatchedLog => ({
  ...world.log,
  columns,
  startMs: world.startMs,
  days: world.days,
});

const budgetShare = 0.005;
const peaceDays = 7;

const atWorkOf = (log: WatchedLog): number[] => {
  const { accesses } = log;
  const seen: Set<number>[] = Array.from({ length: log.days }, () => new Set());
  for (let row = 0; row < accesses.rows; row += 1)
    seen[dayOf(log, accesses.atMs[row] ?? 0)]?.add(accesses.agent[row] ?? 0);
  return seen.map(({ size }) => size);
};

const outcomeOf = (theft: Theft, read: readonly Lead[]): TheftOutcome => {
  const firstMs = theft.takes[0]?.atMs ?? Number.POSITIVE_INFINITY;
  const found = read.find((lead) => lead.agent === theft.agent && lead.atMs >= firstMs);
  const all = new Set(theft.takes.map(({ customer }) => customer));
  const lost = new Set(
    theft.takes.filter(({ atMs }) => !found || atMs <= found.atMs).map(({ customer }) => customer),
  );
  return { kind: theft.kind, foundAtMs: found?.atMs, lost: lost.size, stolen: all.size };
};

export const measure = (
  contender: Contender,
  on: { world: World; log: WatchedLog; background: string; name: string; seed: number },
): WorldOutcome => {
  const startedMs = performance.now();
  const leads = contender.watch(on.log, on.seed);
  const seconds = (performance.now() - startedMs) / 1_000;
  const atWork = atWorkOf(on.log);
  const read = readLeads(leads, { budgetShare, atWork, peaceDays });
  const guilty = new Set(on.world.thefts.map(({ agent }) => agent));
  const timesRead = new Map<number, number>();
  for (const { agent } of read) if (!guilty.has(agent)) timesRead.set(agent, (timesRead.get(agent) ?? 0) + 1);
  const isBystander = (agent: number): boolean => (on.world.posts.get(agent) ?? 'agent') !== 'agent';
  const bystanders = [...timesRead].filter(([agent]) => isBystander(agent));
  return {
    contender: contender.name,
    background: on.background,
    world: on.name,
    agentDays: atWork.reduce((sum, count) => sum + count, 0),
    read: read.length,
    saidOfHonest: leads.filter(({ agent }) => !guilty.has(agent)).length,
    mostOfOne: Math.max(0, ...timesRead.values()),
    mostOfOneBystander: Math.max(0, ...bystanders.map(([, times]) => times)),
    thefts: on.world.thefts.filter(({ takes }) => takes.length > 0).map((theft) => outcomeOf(theft, read)),
    readOfHonest: read
      .filter(({ agent }) => !guilty.has(agent))
      .map(({ agent, kind }) => `${on.world.posts.get(agent) ?? 'agent'}: ${kind ?? 'no kind'}`),
    seconds,
  };
};
