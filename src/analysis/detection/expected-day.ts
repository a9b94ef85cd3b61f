import { channelCount, channels } from './channel.ts';
import { bitCount } from './growing-column.ts';
import { type Memory, shiftCount } from './memory.ts';

/** Visits of peers that weigh as much as what all queues together show. */
const pooling = 40;
/** An agent-day with fewer visits is compared as if it had so many. */
const visitsMin = 4;

const perVisit = channels.map(({ per }) => per === 'visit');
const perHour = channels.map(({ per }) => per === 'hour');

/** What the agent had chances for today: visits, hours, or what its own cases let expect. */
export const chancesOf = ({ agents }: Memory, agent: number, channel: number): number => {
  if (perVisit[channel]) return visitsOf(agents.visits, agent);
  if (perHour[channel]) return Math.max(1, bitCount(agents.hourMask[agent] as number));
  return agents.expected[agent * channelCount + channel] as number;
};

export const visitsOf = (visits: Int32Array, agent: number): number => {
  const from = agent * shiftCount;
  return (visits[from] as number) + (visits[from + 1] as number) + (visits[from + 2] as number);
};

/** The peers' rate a chance in the agent's queue, the agent itself left out; pooled with all queues. */
export const peerRate = ({ agents, peers }: Memory, agent: number, channel: number): number => {
  const all = ((peers.counted[channel] as number) + 0.5) / ((peers.chances[channel] as number) + 25);
  const queue = agents.queue[agent] as number;
  if (queue === 0) return all;
  const own = agent * channelCount + channel;
  const place = queue * channelCount + channel;
  const counted = Math.max(0, (peers.counted[place] as number) - (agents.rawCounted[own] as number));
  const chances = Math.max(0, (peers.chances[place] as number) - (agents.rawChances[own] as number));
  return (counted + pooling * all) / (chances + pooling);
};

/** How this part of the day compares with the whole, in the agent's queue. */
const shiftFactor = ({ peers }: Memory, place: number, shift: number): number => {
  const whole = ((peers.counted[place] as number) + 1) / ((peers.chances[place] as number) + 1);
  const at = place * shiftCount + shift;
  const part = ((peers.shiftCounted[at] as number) + 30 * whole) / ((peers.shiftChances[at] as number) + 30);
  return Math.min(2.5, Math.max(0.4, part / whole));
};

/** What peers in the same queue and part of the day would have counted with the same chances. */
export const expectedOf = (memory: Memory, agent: number, channel: number): number => {
  const rate = peerRate(memory, agent, channel);
  if (!perVisit[channel]) return Math.max(0.02, rate * chancesOf(memory, agent, channel));
  const { visits } = memory.agents;
  const place = (memory.agents.queue[agent] as number) * channelCount + channel;
  let expected = 0;
  let all = 0;
  for (let shift = 0; shift < shiftCount; shift += 1) {
    const here = visits[agent * shiftCount + shift] as number;
    all += here;
    if (here > 0) expected += here * rate * shiftFactor(memory, place, shift);
  }
  if (all < visitsMin) expected += (visitsMin - all) * rate;
  return Math.max(0.02, expected);
};
