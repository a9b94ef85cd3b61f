import { Draw } from '../../src/analysis/worlds/draw.ts';
import { type AgentDays, agentDaysOf, type FeatureName } from './agent-days.ts';
import { type Contender, endOfDay, type Lead, type WatchedLog } from './contender.ts';

const leadsOf = (log: WatchedLog, days: AgentDays, scoreOf: (row: number) => number): Lead[] =>
  Array.from({ length: days.rows }, (_, row) => {
    const day = days.day[row] ?? 0;
    return { day, atMs: endOfDay(log, day), agent: days.agent[row] ?? 0, score: scoreOf(row) };
  });

const chance: Contender = {
  name: 'chance',
  watch: (log, seed) => {
    const draw = new Draw(`chance-${seed}`);
    return leadsOf(log, agentDaysOf(log), () => draw.unit());
  },
};

/** Mean and variance so far, forgetting slowly: an agent's own past. */
class Past {
  #weight = 0;
  #mean = 0;
  #square = 0;

  /** How many deviations above the past this is, the past counting at least `leastSd`; then it becomes past. */
  take(value: number, leastSd: number): number {
    const sd = Math.max(leastSd, Math.sqrt(Math.max(0, this.#square - this.#mean ** 2)));
    const deviations = this.#weight < 5 ? 0 : (value - this.#mean) / sd;
    const share = 1 / Math.min(this.#weight + 1, 30);
    this.#mean += share * (value - this.#mean);
    this.#square += share * (value ** 2 - this.#square);
    this.#weight += 1;
    return deviations;
  }
}

const pastOf = (pasts: Map<number, Past>, agent: number): Past => {
  const known = pasts.get(agent) ?? new Past();
  pasts.set(agent, known);
  return known;
};

/** Many customers, against the agent's own last thirty days. */
const rateRule: Contender = {
  name: 'rate rule',
  watch: (log) => {
    const days = agentDaysOf(log);
    const pasts = new Map<number, Past>();
    return leadsOf(log, days, (row) =>
      pastOf(pasts, days.agent[row] ?? 0).take(days.features.customers[row] ?? 0, 3),
    );
  },
};

/** Customers of the day for whom no case explains the look. */
const unexplainedRule: Contender = {
  name: 'unexplained rule',
  watch: (log) => {
    const days = agentDaysOf(log);
    return leadsOf(log, days, (row) => days.features.unexplained[row] ?? 0);
  },
};

const summed: readonly (readonly [feature: FeatureName, leastSd: number])[] = [
  ['unexplained', 2],
  ['customers', 4],
  ['fields a reveal', 0.3],
  ['after closing', 1.5],
  ['exports', 5],
];

/**
 * A cumulative sum over several signals (Page, "Continuous inspection schemes", Biometrika 1954), each against the
 * agent's own past, with an allowance of half a deviation a day; the worst of them counts.
 */
const cumulativeSum: Contender = {
  name: 'cumulative sum',
  watch: (log) => {
    const days = agentDaysOf(log);
    const sums = new Map<number, { pasts: Past[]; sums: Float64Array }>();
    return leadsOf(log, days, (row) => {
      const agent = days.agent[row] ?? 0;
      const state = sums.get(agent) ?? {
        pasts: summed.map(() => new Past()),
        sums: new Float64Array(summed.length),
      };
      sums.set(agent, state);
      for (const [at, [feature, leastSd]] of summed.entries()) {
        const deviations = state.pasts[at]?.take(days.features[feature][row] ?? 0, leastSd) ?? 0;
        state.sums[at] = Math.max(0, (state.sums[at] ?? 0) + Math.min(6, deviations) - 0.5);
      }
      return Math.max(...state.sums);
    });
  },
};

export const simpleContenders: readonly Contender[] = [chance, rateRule, unexplainedRule, cumulativeSum];
