import { betFactors, grownEvidence } from './bet.ts';
import { channelAt, channelCount, channels } from './channel.ts';
import { chancesOf, expectedOf, visitsOf } from './expected-day.ts';
import { betCount, type Memory } from './memory.ts';
import { roleAt } from './role.ts';

/** Days of the log in which everything is only learned. */
export const learningDays = 5;
/** Days of an agent's own before anything is said about it. */
export const newcomerDays = 5;
/** Evidence above which an agent's days teach little: a slow thief must not become his own yardstick. */
export const suspicious = 30;
const quietest = 0.7;
const suspiciousWeight = 0.15;
/** However alike agents are: one's own past soon tells more than that. */
const shapeMost = 5;
/** Whoever is no case worker works in bursts: its days differ by at least this. */
const otherSpreadMin = 0.5;
/** Its own rate a chance is all that counts; this is only the unit in which it is told. */
const otherRate = 0.05;
const dayFactor = { pooling: 3, min: 1, max: 1000, unsure: 0.3 } as const;
/** A day-end total below this starts the account of an alert anew. */
const quiet = 2;

/** One day's working: what each active agent's counts were compared with. */
export interface DayWork {
  /** By place in the active list and channel. */
  readonly expected: Float64Array;
  /** What peers alone would let expect, before the agent's own level and the day. */
  readonly peers: Float64Array;
  readonly size: Float64Array;
  readonly dayFactor: Float64Array;
}

const joint = channelAt.joint;
const everyRole = channels.map((channel) => channel.everyRole);
const dayMax = channels.map((channel) => channel.dayMax);
const spreadMin = channels.map((channel) => channel.spreadMin);
/** Channels that enter the joint one: of each family one, so that the same looks do not count twice. */
const joined = (
  [
    'unexplained',
    'after-closing',
    'self-made',
    'fields',
    'rare-fields',
    'export',
    'refused',
    'empty-lookup',
    'volume',
    'odd-hour',
    'elsewhere',
    'busy-customer',
    'long-dwell',
    'login',
    'rhythm',
  ] as const
).map((name) => channelAt[name]);
const jointPowers = [0.5, 0.65, 0.8, 1] as const;
const jointLogMax = 10;

/** How much more or less than peers an agent's own past shows, and how sure that is. */
export const ownLevel = (
  { agents, spread }: Memory,
  agent: number,
  channel: number,
): { readonly level: number; readonly weight: number } => {
  const shape = Math.min(shapeMost, spread.agentShape[channel] as number);
  if ((agents.activeDays[agent] as number) < newcomerDays) return { level: 1, weight: shape };
  const at = agent * channelCount + channel;
  // A worker's past counts fully, whatever its role; days of different spread count for less.
  const daySpread = spreadOf({ agents, spread }, agent, channel);
  const days = Math.max(1, Math.min(30, agents.activeDays[agent] as number));
  const thin = 1 / (1 + (daySpread * (agents.ownExpected[at] as number)) / days);
  const own = agents.role[agent] === roleAt['case-worker'] ? shape : 0.02;
  const told =
    (own + thin * (agents.ownCounted[at] as number)) / (own + thin * (agents.ownExpected[at] as number));
  // To have been quieter than peers so far is no promise: their level stays possible.
  const level = Math.max(quietest, told);
  return { level, weight: own + thin * (agents.ownCounted[at] as number) };
};

/** The overdispersion of days that all agents together show, with a floor: no two days are quite alike. */
export const commonSpread = ({ dayExcess, dayMeasure }: Memory['spread'], channel: number): number =>
  Math.min(
    30,
    Math.max(
      spreadMin[channel] as number,
      ((dayExcess[channel] as number) + 0.5) / ((dayMeasure[channel] as number) + 0.5),
    ),
  );

/** The overdispersion of one agent's days: all agents', moved by its own. */
const spreadOf = (
  { agents, spread }: Pick<Memory, 'agents' | 'spread'>,
  agent: number,
  channel: number,
): number => {
  const common = commonSpread(spread, channel);
  const at = agent * channelCount + channel;
  const measure = agents.ownMeasure[at] as number;
  const weight = 60;
  const told = (weight * common + (agents.ownSpread[at] as number)) / (weight + measure);
  return Math.max(common * 0.8, Math.min(4, told));
};

const prepare = (memory: Memory): DayWork => {
  const size = memory.activeCount * channelCount;
  const work = {
    expected: new Float64Array(size),
    peers: new Float64Array(size),
    size: new Float64Array(size),
    dayFactor: new Float64Array(size).fill(1),
  };
  for (let place = 0; place < memory.activeCount; place += 1) {
    const agent = memory.active[place] as number;
    for (let channel = 0; channel < joint; channel += 1) {
      const at = place * channelCount + channel;
      const { level, weight } = ownLevel(memory, agent, channel);
      work.peers[at] =
        memory.agents.role[agent] === roleAt['case-worker']
          ? expectedOf(memory, agent, channel)
          : otherRate * chancesOf(memory, agent, channel);
      work.expected[at] = Math.max(0.02, (work.peers[at] as number) * level);
      const other = memory.agents.role[agent] === roleAt['case-worker'] ? 0 : otherSpreadMin;
      const spread = Math.max(other, spreadOf(memory, agent, channel)) + 1 / Math.max(0.02, weight);
      // What little peers have shown so far is itself uncertain.
      const rare = 1 / ((memory.peers.counted[channel] as number) + 1);
      work.size[at] = Math.min(200, Math.max(0.02, 1 / (spread + rare)));
    }
  }
  return work;
};

/**
 * What today did to everybody: an outage or a recall lifts a whole queue. Each agent is compared with the others of
 * its queue, pooled with all others; nobody's own excess excuses him.
 */
const dayFactors = (memory: Memory, work: DayWork): void => {
  const { agents, peers, active, activeCount } = memory;
  const counted = new Float64Array(peers.queues * channelCount);
  const expected = new Float64Array(peers.queues * channelCount);
  const allCounted = new Float64Array(channelCount);
  const allExpected = new Float64Array(channelCount);
  const capped = (place: number, agent: number, channel: number): number =>
    Math.min(
      agents.counts[agent * channelCount + channel] as number,
      3 * (work.expected[place * channelCount + channel] as number) + 8,
    );
  const ordinary = (agent: number): boolean => agents.role[agent] === roleAt['case-worker'];
  for (let place = 0; place < activeCount; place += 1) {
    const agent = active[place] as number;
    if (!ordinary(agent)) continue;
    const queue = (agents.queue[agent] as number) * channelCount;
    for (let channel = 0; channel < joint; channel += 1) {
      const here = capped(place, agent, channel);
      const likely = work.expected[place * channelCount + channel] as number;
      counted[queue + channel] = (counted[queue + channel] as number) + here;
      expected[queue + channel] = (expected[queue + channel] as number) + likely;
      allCounted[channel] = (allCounted[channel] as number) + here;
      allExpected[channel] = (allExpected[channel] as number) + likely;
    }
  }
  const { pooling, min, max } = dayFactor;
  for (let place = 0; place < activeCount; place += 1) {
    const agent = active[place] as number;
    const queue = (agents.queue[agent] as number) * channelCount;
    for (let channel = 0; channel < joint; channel += 1) {
      const at = place * channelCount + channel;
      const likely = work.expected[at] as number;
      const [own, ownLikely] = ordinary(agent) ? [capped(place, agent, channel), likely] : [0, 0];
      const all =
        ((allCounted[channel] as number) - own + pooling) /
        ((allExpected[channel] as number) - ownLikely + pooling);
      const factor =
        ((counted[queue + channel] as number) - own + pooling * all) /
        ((expected[queue + channel] as number) - ownLikely + pooling);
      work.dayFactor[at] = Math.min(max, Math.max(min, factor));
      work.expected[at] = likely * (work.dayFactor[at] as number);
      // The further a day is from the usual, the less alike it is for everybody.
      const unsure = dayFactor.unsure * Math.log(work.dayFactor[at] as number);
      work.size[at] = 1 / (1 / (work.size[at] as number) + unsure);
    }
  }
};

/** The evidence against one agent in one number: the stakes' mean over channels and alternatives. */
export const evidenceOf = ({ agents, spread }: Memory, agent: number): number => {
  let total = 0;
  for (let channel = 0; channel < channelCount; channel += 1)
    total += (spread.stakes[channel] as number) * channelEvidence(agents.evidence, agent, channel);
  return total;
};

export const channelEvidence = (evidence: Float64Array, agent: number, channel: number): number => {
  const from = (agent * channelCount + channel) * betCount;
  let sum = 0;
  for (let bet = 0; bet < betCount; bet += 1) sum += evidence[from + bet] as number;
  return sum / betCount;
};

const factors = new Float64Array(betCount);

const grow = (memory: Memory, agent: number, channel: number): void => {
  const { agents, spread } = memory;
  for (let bet = 0; bet < betCount; bet += 1) {
    const slot = channel * betCount + bet;
    // Honest days must not earn: where they did, on average, every later bet is scaled down by that.
    const mean = ((spread.earned[slot] as number) + 20) / ((spread.bets[slot] as number) + 20);
    const factor = factors[bet] as number;
    const at = (agent * channelCount + channel) * betCount + bet;
    agents.evidence[at] = grownEvidence(agents.evidence[at] as number, factor / Math.max(1, mean));
    if (mayTeach(memory, agent)) {
      spread.earned[slot] = (spread.earned[slot] as number) + Math.min(150, factor);
      spread.bets[slot] = (spread.bets[slot] as number) + 1;
    }
  }
};

const mayTeach = (memory: Memory, agent: number): boolean =>
  (memory.agents.activeDays[agent] as number) >= newcomerDays &&
  memory.agents.role[agent] === roleAt['case-worker'] &&
  (memory.agents.alertedDay[agent] as number) === 0;

const bet = (memory: Memory, work: DayWork, place: number): void => {
  const { agents, spread } = memory;
  const agent = memory.active[place] as number;
  let logSum = 0;
  const ordinary = agents.role[agent] === roleAt['case-worker'];
  for (let channel = 0; channel < joint; channel += 1) {
    if (spread.stakes[channel] === 0 || !(ordinary || everyRole[channel])) continue;
    const at = place * channelCount + channel;
    const count = agents.counts[agent * channelCount + channel] as number;
    betFactors(count, { expected: work.expected[at] as number, size: work.size[at] as number }, factors);
    if (joined.includes(channel)) logSum += Math.log(Math.max(1, ...factors));
    grow(memory, agent, channel);
  }
  if (!ordinary) return;
  for (let power = 0; power < betCount; power += 1)
    factors[power] = 0.12 + 0.88 * Math.exp(Math.min(jointLogMax, logSum * (jointPowers[power] as number)));
  grow(memory, agent, joint);
};

const account = (memory: Memory, work: DayWork, place: number): void => {
  const { agents } = memory;
  const agent = memory.active[place] as number;
  const visits = visitsOf(agents.visits, agent);
  if (evidenceOf(memory, agent) < quiet) {
    agents.runDay[agent] = 0;
    return;
  }
  const fresh = agents.runDay[agent] === 0;
  if (fresh) agents.runDay[agent] = memory.day;
  agents.runVisits[agent] = (fresh ? 0 : (agents.runVisits[agent] as number)) + visits;
  for (let channel = 0; channel < joint; channel += 1) {
    const at = agent * channelCount + channel;
    const kept = fresh ? 0 : 1;
    agents.runCounted[at] = kept * (agents.runCounted[at] as number) + (agents.counts[at] as number);
    agents.runExpected[at] =
      kept * (agents.runExpected[at] as number) + (work.expected[place * channelCount + channel] as number);
  }
};

const capCounts = ({ agents, active, activeCount }: Memory): void => {
  for (let place = 0; place < activeCount; place += 1) {
    const from = (active[place] as number) * channelCount;
    for (let channel = 0; channel < joint; channel += 1)
      if ((agents.counts[from + channel] as number) > (dayMax[channel] as number))
        agents.counts[from + channel] = dayMax[channel] as number;
  }
};

/** Bets on each agent's day. Nothing is learned from the day before every bet is made. */
export const weighDay = (memory: Memory): DayWork => {
  capCounts(memory);
  const work = prepare(memory);
  dayFactors(memory, work);
  if (memory.daysClosed < learningDays) return work;
  for (let place = 0; place < memory.activeCount; place += 1) {
    // On hold its level is only learned: nothing is held against it meanwhile.
    const agent = memory.active[place] as number;
    if (memory.day < (memory.agents.holdUntilDay[agent] as number)) continue;
    bet(memory, work, place);
    account(memory, work, place);
  }
  return work;
};

/** How much of a day's counts an agent's own level, and its peers, take in. */
export const teachingWeight = (memory: Memory, agent: number): number => {
  const { agents } = memory;
  if (memory.day <= (agents.absorbUntilDay[agent] as number)) return 1;
  if ((agents.activeDays[agent] as number) < newcomerDays) return 1;
  return evidenceOf(memory, agent) > suspicious ? suspiciousWeight : 1;
};
