import type { World } from './world.ts';
import { dayZero } from './world.ts';

/** A score for each agent; the higher, the more suspect. */
type Scores = Float64Array;

interface Met {
  readonly agents: number;
  readonly views: Float64Array;
  /** By report: the agents who saw the customer before it. */
  readonly before: readonly (readonly number[])[];
  /** By queue: views, reports met, and both of each agent. */
  readonly queues: Map<
    number,
    { views: number; met: number; ofAgent: Map<number, { views: number; met: number }> }
  >;
}

const gather = ({ booked, reports }: World): Met => {
  const agents = booked.agents.length;
  const views = new Float64Array(agents);
  const queues: Met['queues'] = new Map();
  const part = (queue: number, agent: number) => {
    const of = queues.get(queue) ?? { views: 0, met: 0, ofAgent: new Map() };
    queues.set(queue, of);
    const own = of.ofAgent.get(agent) ?? { views: 0, met: 0 };
    of.ofAgent.set(agent, own);
    return { of, own };
  };
  for (const [entry, number] of booked.counts.cell.entries()) {
    const cell = booked.cells[number];
    if (!cell) continue;
    const count = booked.counts.views[entry] ?? 0;
    views[cell.agent] = (views[cell.agent] ?? 0) + count;
    const { of, own } = part(cell.queue, cell.agent);
    of.views += count;
    own.views += count;
  }
  const reportedAt = new Map(
    reports.map(({ customer, atMs }) => [customer, (atMs ?? 0) / 86_400_000 - dayZero]),
  );
  const before = new Map<number, Set<number>>();
  for (const [row, customer] of booked.reported.customer.entries()) {
    const cell = booked.cells[booked.reported.cell[row] ?? -1];
    const at = (booked.reported.atMs[row] ?? 0) / 86_400_000 - dayZero;
    if (!cell || at > (reportedAt.get(booked.customers[customer] ?? '') ?? -1)) continue;
    const met = before.get(customer) ?? new Set<number>();
    before.set(customer, met);
    if (met.has(cell.agent)) continue;
    met.add(cell.agent);
    const { of, own } = part(cell.queue, cell.agent);
    of.met += 1;
    own.met += 1;
  }
  return { agents, views, before: [...before.values()].map((met) => [...met]), queues };
};

const metBy = ({ agents, before }: Met): Float64Array => {
  const counts = new Float64Array(agents);
  for (const met of before) for (const agent of met) counts[agent] = (counts[agent] ?? 0) + 1;
  return counts;
};

/** Log likelihood ratio of a Poisson count at its own rate against an expected one; 0 for less than expected. */
const excess = (count: number, expected: number): number =>
  count <= expected ? 0 : count * Math.log(count / Math.max(1e-9, expected)) - (count - expected);

const binomial = (met: Met): Scores => {
  const counts = metBy(met);
  const share =
    counts.reduce((sum, count) => sum + count, 0) / met.views.reduce((sum, count) => sum + count, 0);
  return counts.map((count, agent) => excess(count, share * (met.views[agent] ?? 0)));
};

const stratifiedPoisson = (met: Met): Scores => {
  const [counts, expected] = [new Float64Array(met.agents), new Float64Array(met.agents)];
  for (const { views, met: all, ofAgent } of met.queues.values())
    for (const [agent, own] of ofAgent) {
      counts[agent] = (counts[agent] ?? 0) + own.met;
      const rate = (all - own.met + 1) / (views - own.views + 1);
      expected[agent] = (expected[agent] ?? 0) + rate * own.views;
    }
  return counts.map((count, agent) => excess(count, expected[agent] ?? 0));
};

/**
 * After BreachRadar (Araujo et al., SDM 2017), as far as its abstract tells: the blame of each report is shared among
 * the places that saw the customer in proportion to their probability, which is the blame taken per customer seen.
 */
const breachRadarLike = (met: Met): Scores => {
  let probability = new Float64Array(met.agents).fill(0.01);
  for (let turn = 0; turn < 40; turn += 1) {
    const blame = new Float64Array(met.agents);
    for (const seen of met.before) {
      const total = 0.002 + seen.reduce((sum, agent) => sum + (probability[agent] ?? 0), 0);
      for (const agent of seen) blame[agent] = (blame[agent] ?? 0) + (probability[agent] ?? 0) / total;
    }
    probability = blame.map((taken, agent) => (taken + 0.5) / ((met.views[agent] ?? 0) + 500));
  }
  return probability;
};

export const baselineNames = ['count', 'binomial', 'BreachRadar-like', 'stratified Poisson'] as const;

export const baselineScores = (world: World): Record<(typeof baselineNames)[number], Scores> => {
  const met = gather(world);
  return {
    count: metBy(met),
    binomial: binomial(met),
    'BreachRadar-like': breachRadarLike(met),
    'stratified Poisson': stratifiedPoisson(met),
  };
};
