import { type Contender, dayOf, endOfDay, type Lead } from './contender.ts';

/** How often something came: in this hour, and altogether. Counts of the hour fade instead of ending. */
interface Times {
  tick: number;
  now: number;
  ever: number;
}

const fadesTo = 0.5;

/** Chi-squared of "as often in this hour as ever before": equation 3 of the paper. */
const surprise = ({ now, ever }: Times, ticks: number): number =>
  ticks <= 1 || ever === 0 ? 0 : (now - ever / ticks) ** 2 * (ticks ** 2 / (ever * (ticks - 1)));

const countIn = (times: Map<number, Times>, key: number, tick: number): Times => {
  const known = times.get(key) ?? { tick, now: 0, ever: 0 };
  if (known.tick !== tick) {
    known.now *= fadesTo ** (tick - known.tick);
    known.tick = tick;
  }
  known.now += 1;
  known.ever += 1;
  times.set(key, known);
  return known;
};

/**
 * An edge-stream method after MIDAS-R (Bhatia, Hooi, Yoon, Shin, Faloutsos, AAAI 2020): each access is an edge from
 * agent to customer; sudden bursts of the edge, of the agent and of the customer score. Counts are exact here, where
 * the paper has sketches. An agent's day scores as its most surprising edge.
 */
export const edgeStream: Contender = {
  name: 'edge stream',
  watch: (log) => {
    const { accesses, startMs } = log;
    const [edges, agents, customers] = [
      new Map<number, Times>(),
      new Map<number, Times>(),
      new Map<number, Times>(),
    ];
    const leads: Lead[] = [];
    let best = new Map<number, number>();
    let openDay = 0;
    const closeDay = (): void => {
      for (const [agent, score] of best)
        leads.push({ day: openDay, atMs: endOfDay(log, openDay), agent, score });
      best = new Map();
    };
    for (let row = 0; row < accesses.rows; row += 1) {
      const atMs = accesses.atMs[row] ?? 0;
      const day = dayOf(log, atMs);
      if (day !== openDay) closeDay();
      openDay = day;
      const customer = accesses.customer[row] ?? 0;
      if (customer === 0) continue;
      const agent = accesses.agent[row] ?? 0;
      const tick = Math.floor((atMs - startMs) / 3_600_000) + 1;
      const score = Math.max(
        surprise(countIn(edges, agent * 2 ** 24 + customer, tick), tick),
        surprise(countIn(agents, agent, tick), tick),
        surprise(countIn(customers, customer, tick), tick),
      );
      if (score > (best.get(agent) ?? 0)) best.set(agent, score);
    }
    closeDay();
    return leads;
  },
};
