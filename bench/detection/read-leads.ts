import type { Lead } from './contender.ts';

export interface ReadingRules {
  /** Share of agent-days on which somebody can be looked at. */
  readonly budgetShare: number;
  /** Agents at work on each day. */
  readonly atWork: readonly number[];
  /** Whoever was looked at is left in peace for so long. */
  readonly peaceDays: number;
}

/**
 * The leads that people get to read: each day the strongest of that day's, as many as the budget has grown to by
 * then. What was not read on its day is not read later, and nothing later changes what is read.
 */
export const readLeads = (leads: readonly Lead[], rules: ReadingRules): Lead[] => {
  const byDay = Map.groupBy(leads, ({ day }) => day);
  const read: Lead[] = [];
  const lastRead = new Map<number, number>();
  let budget = 0;
  for (let day = 0; day < rules.atWork.length; day += 1) {
    budget += rules.budgetShare * (rules.atWork[day] ?? 0);
    const today = (byDay.get(day) ?? []).toSorted((a, b) => b.score - a.score || a.agent - b.agent);
    for (const lead of today) {
      if (budget < 1) break;
      if (day - (lastRead.get(lead.agent) ?? Number.NEGATIVE_INFINITY) < rules.peaceDays) continue;
      lastRead.set(lead.agent, day);
      read.push(lead);
      budget -= 1;
    }
  }
  return read;
};
