import { describe, expect, it } from 'vitest';
import { channelAt, channelCount } from './channel.ts';
import { betCount, createMemory, fitMemory, type Memory } from './memory.ts';
import { evidenceOf, newcomerDays, teachingWeight } from './weigh-day.ts';

const agent = 7;
const withEvidence = (evidence: number): Memory => {
  const memory = createMemory();
  fitMemory(memory, { agents: 10, cases: 1, customers: 1, queues: 1 });
  memory.day = 100;
  memory.agents.activeDays[agent] = newcomerDays;
  memory.spread.stakes[channelAt.unexplained] = 1;
  const from = (agent * channelCount + channelAt.unexplained) * betCount;
  memory.agents.evidence.fill(evidence, from, from + betCount);
  return memory;
};

describe('what a day teaches', () => {
  it('is little once evidence stands high, so that a slow thief does not become his own yardstick', () => {
    expect(teachingWeight(withEvidence(1), agent)).toBe(1);
    expect(teachingWeight(withEvidence(500), agent)).toBeLessThan(0.3);
  });

  it('is everything while an agent is new, or after a person or an alert has spoken', () => {
    const memory = withEvidence(500);
    memory.agents.absorbUntilDay[agent] = memory.day;
    expect(teachingWeight(memory, agent)).toBe(1);
    const newcomer = withEvidence(500);
    newcomer.agents.activeDays[agent] = 1;
    expect(teachingWeight(newcomer, agent)).toBe(1);
  });
});

describe('evidence against one agent', () => {
  it('is the mean over the stakes: no channel counts for more than its share', () => {
    const memory = withEvidence(400);
    memory.spread.stakes[channelAt.unexplained] = 0.25;
    memory.spread.stakes[channelAt.export] = 0.75;
    expect(evidenceOf(memory, agent)).toBe(100);
  });
});
