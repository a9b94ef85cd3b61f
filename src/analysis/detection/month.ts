import { channelAt, channelCount } from './channel.ts';
import type { AgentDay } from './detection.ts';
import { visitsOf } from './expected-day.ts';
import { daysKept, type Memory } from './memory.ts';
import type { DayWork } from './weigh-day.ts';

/** Keeps today's figures of each active agent for its picture. */
export const keepHistory = (memory: Memory, work: DayWork): void => {
  const { agents, active, activeCount, day } = memory;
  for (let place = 0; place < activeCount; place += 1) {
    const agent = active[place] as number;
    keepDay(memory, agent, {
      day,
      expected: work.expected[place * channelCount + channelAt.unexplained] as number,
      visits: visitsOf(agents.visits, agent),
    });
  }
};

/** One agent's figures of a day; a second telling of the same day replaces the first. */
export const keepDay = (
  { agents }: Memory,
  agent: number,
  told: { readonly day: number; readonly expected: number; readonly visits: number },
): void => {
  const at = agent * daysKept + (((told.day % daysKept) + daysKept) % daysKept);
  agents.pastDay[at] = told.day;
  agents.pastCustomers[at] = told.visits;
  agents.pastUnexplained[at] = agents.counts[agent * channelCount + channelAt.unexplained] as number;
  agents.pastExpected[at] = told.expected;
};

const dayMs = 86_400_000;
export const dayText = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

/** The kept days of an agent up to today, oldest first. */
export const monthOf = ({ agents, day }: Memory, agent: number): readonly AgentDay[] => {
  const month: AgentDay[] = [];
  for (let back = daysKept - 1; back >= 0; back -= 1) {
    const wanted = day - back;
    const at = agent * daysKept + (((wanted % daysKept) + daysKept) % daysKept);
    if (agents.pastDay[at] !== wanted || agents.pastCustomers[at] === 0) continue;
    month.push({
      day: dayText(wanted),
      customers: agents.pastCustomers[at] as number,
      unexplained: agents.pastUnexplained[at] as number,
      expected: Math.round((agents.pastExpected[at] as number) * 100) / 100,
    });
  }
  return month;
};
