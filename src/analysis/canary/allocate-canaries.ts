import { canariesNeeded, chanceToCatch } from './canaries-needed.ts';

/** An account that is to be covered. */
export interface AgentToCover {
  readonly agent: string;
  /** Canaries of its own that it has seen and that are not burnt. */
  readonly seen: number;
  /** Days on which it will work, `2026-01-31`, ascending: the plan's time. */
  readonly workDays: readonly string[];
  /** Queues it works in, with their shares of its cases. */
  readonly queues: readonly { readonly queue: string; readonly share: number }[];
  /** How much it matters to cover this account first: 1 is usual. */
  readonly weight: number;
}

export interface CanaryBudget {
  /** Canary cases in all, over the plan's time. */
  readonly casesMax: number;
  /** Cases an account can take a week before it notices. */
  readonly perAgentWeekMax: number;
  /** The chance at most that a thief copies none. */
  readonly missMax: number;
  /** The share of looks that a thief is taken to copy. */
  readonly copiedShare: number;
}

/** One canary case: a made-up customer who writes to this queue that day and is routed to this account alone. */
export interface CanaryCase {
  readonly agent: string;
  readonly day: string;
  readonly queue: string;
}

export interface CanaryPlan {
  /** By day, then agent. */
  readonly cases: readonly CanaryCase[];
  readonly coverage: readonly { readonly agent: string; readonly before: number; readonly after: number }[];
  /** Accounts whose miss chance stays above the limit, with the cases that they lack. */
  readonly uncovered: readonly {
    readonly agent: string;
    readonly lacking: number;
    readonly why: 'budget' | 'days';
  }[];
}

/** A number from 0 to below 1, another one each time. */
export type Draw = () => number;

const weekOf = (day: string): number => Math.floor(Date.parse(`${day}T00:00:00Z`) / (7 * 86_400_000));

/** Days at random, at most so many a week and one a day: no rhythm that could be learnt. */
const daysOf = (
  agent: AgentToCover,
  count: number,
  ask: { perWeek: number; draw: Draw },
): readonly string[] => {
  const days = [...new Set(agent.workDays)];
  for (let at = days.length - 1; at > 0; at -= 1) {
    const other = Math.floor(ask.draw() * (at + 1));
    [days[at], days[other]] = [days[other] as string, days[at] as string];
  }
  const perWeek = new Map<number, number>();
  const chosen: string[] = [];
  for (const day of days) {
    if (chosen.length === count) break;
    const week = weekOf(day);
    const sofar = perWeek.get(week) ?? 0;
    if (sofar >= ask.perWeek) continue;
    perWeek.set(week, sofar + 1);
    chosen.push(day);
  }
  return chosen;
};

const queueOf = ({ queues }: AgentToCover, draw: Draw): string => {
  const total = queues.reduce((sum, { share }) => sum + share, 0);
  let left = draw() * total;
  for (const { queue, share } of queues) {
    left -= share;
    if (left < 0) return queue;
  }
  return queues.at(-1)?.queue ?? '';
};

/** How many cases an account's days have room for. */
const roomOf = ({ workDays }: AgentToCover, perWeek: number): number => {
  const weeks = new Map<number, Set<string>>();
  for (const day of workDays) weeks.set(weekOf(day), (weeks.get(weekOf(day)) ?? new Set()).add(day));
  return [...weeks.values()].reduce((sum, days) => sum + Math.min(days.size, perWeek), 0);
};

/**
 * Plans canary cases so that every account is covered at the least cost: as many as it lacks and not one more. When
 * the budget does not last, each next case goes where it lowers the weighted chance to miss most; since that gain
 * shrinks with each case, taking the greatest first is best.
 */
export const allocateCanaries = (
  agents: readonly AgentToCover[],
  budget: CanaryBudget,
  draw: Draw,
): CanaryPlan => {
  const { casesMax, perAgentWeekMax, missMax, copiedShare } = budget;
  const needed = canariesNeeded(missMax, copiedShare);
  const states = agents.map((agent) => {
    const lacking = Math.max(0, needed - agent.seen);
    return { agent, lacking, room: Math.min(lacking, roomOf(agent, perAgentWeekMax)), given: 0 };
  });
  const gainOf = ({ agent, given }: (typeof states)[number]): number =>
    agent.weight * copiedShare * (1 - copiedShare) ** (agent.seen + given);
  // The gain of an account falls with each case, so accounts stand in order of their next gain: one queue is enough.
  const waiting = states.filter(({ room }) => room > 0).toSorted((a, b) => gainOf(b) - gainOf(a));
  for (let left = casesMax; left > 0; left -= 1) {
    const next = waiting.shift();
    if (!next) break;
    next.given += 1;
    if (next.given < next.room) waiting.splice(placeFor(waiting, gainOf, gainOf(next)), 0, next);
  }
  const cases = states.flatMap(({ agent, given }) =>
    daysOf(agent, given, { perWeek: perAgentWeekMax, draw }).map((day) => ({
      agent: agent.agent,
      day,
      queue: queueOf(agent, draw),
    })),
  );
  return {
    cases: cases.toSorted((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.agent < b.agent ? -1 : 1)),
    coverage: states.map(({ agent, given }) => ({
      agent: agent.agent,
      before: chanceToCatch(agent.seen, copiedShare),
      after: chanceToCatch(agent.seen + given, copiedShare),
    })),
    uncovered: states
      .filter(({ lacking, given }) => given < lacking)
      .map(({ agent, lacking, given, room }) => ({
        agent: agent.agent,
        lacking: lacking - given,
        why: room < lacking && given === room ? 'days' : 'budget',
      })),
  };
};

/** Where a gain goes in a list that falls: behind its equals, so that everybody has their turn. */
const placeFor = <T>(falling: readonly T[], gainOf: (one: T) => number, gain: number): number => {
  let low = 0;
  let high = falling.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (gainOf(falling[middle] as T) >= gain) low = middle + 1;
    else high = middle;
  }
  return low;
};
