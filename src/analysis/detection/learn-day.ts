import { channelAt, channelCount } from './channel.ts';
import { chancesOf, visitsOf } from './expected-day.ts';
import { betCount, type Memory, shiftCount } from './memory.ts';
import { reasonAt, reasonRules } from './reason.ts';
import { roleAt } from './role.ts';
import { type DayWork, evidenceOf, newcomerDays, suspicious, teachingWeight } from './weigh-day.ts';

/** How fast what peers and agents show is forgotten, a day. */
const fading = 0.985;
const shapeLimits = { min: 0.05, max: 25 } as const;
/** Visits of one agent-day that count as peers' at most. */
const visitsTaughtMax = 150;
const joint = channelAt.joint;

const learnOwn = (memory: Memory, work: DayWork, place: number): void => {
  const { agents, spread } = memory;
  const agent = memory.active[place] as number;
  const weight = teachingWeight(memory, agent);
  for (let channel = 0; channel < joint; channel += 1) {
    const at = agent * channelCount + channel;
    const count = agents.counts[at] as number;
    const cell = place * channelCount + channel;
    const likely = work.expected[cell] as number;
    const peersLikely = (work.peers[cell] as number) * (work.dayFactor[cell] as number);
    agents.ownCounted[at] = fading * (agents.ownCounted[at] as number) + weight * count;
    agents.ownExpected[at] = fading * (agents.ownExpected[at] as number) + weight * peersLikely;
    // One odd day teaches spread only up to a point: it may have been a theft. Busy agents do not outvote the others.
    const usual = Math.sqrt(likely + 0.2 * likely * likely);
    const gap = Math.min(Math.abs(count - likely), 3 + 3 * usual) ** 2;
    const share = 1 / (1 + 0.2 * likely) ** 2;
    const excess = (gap - likely) * share;
    const measure = likely * likely * share;
    if (weight < 1) continue;
    agents.ownSpread[at] = Math.max(0, 0.97 * (agents.ownSpread[at] as number) + excess);
    agents.ownMeasure[at] = 0.97 * (agents.ownMeasure[at] as number) + measure;
    if (agents.role[agent] !== roleAt['case-worker']) continue;
    spread.dayExcess[channel] = (spread.dayExcess[channel] as number) + excess;
    spread.dayMeasure[channel] = (spread.dayMeasure[channel] as number) + measure;
  }
};

const learnPeers = (memory: Memory, work: DayWork, place: number): void => {
  const { agents, peers } = memory;
  const agent = memory.active[place] as number;
  const queue = agents.queue[agent] as number;
  const suspected = teachingWeight(memory, agent) < 1;
  const ordinary = agents.role[agent] === roleAt['case-worker'];
  // A program that opens thousands must not outvote people before it is known for what it is.
  const calm = Math.min(1, visitsTaughtMax / Math.max(1, visitsOf(agents.visits, agent)));
  for (let channel = 0; channel < joint; channel += 1) {
    const at = agent * channelCount + channel;
    const likely = work.expected[place * channelCount + channel] as number;
    const count = agents.counts[at] as number;
    const taught = calm * (suspected ? Math.min(count, 2 * likely + 2) : count);
    const chances = calm * chancesOf(memory, agent, channel);
    agents.rawCounted[at] = fading * (agents.rawCounted[at] as number) + (ordinary ? taught : 0);
    agents.rawChances[at] = fading * (agents.rawChances[at] as number) + (ordinary ? chances : 0);
    if (!ordinary) continue;
    for (const to of queue === 0 ? [0] : [0, queue]) {
      const peer = to * channelCount + channel;
      peers.counted[peer] = (peers.counted[peer] as number) + taught;
      peers.chances[peer] = (peers.chances[peer] as number) + chances;
    }
    const visits = visitsOf(agents.visits, agent);
    for (let shift = 0; shift < shiftCount && visits > 0; shift += 1) {
      const share = (agents.visits[agent * shiftCount + shift] as number) / visits;
      const part = (queue * channelCount + channel) * shiftCount + shift;
      peers.shiftCounted[part] = (peers.shiftCounted[part] as number) + taught * share;
      peers.shiftChances[part] = (peers.shiftChances[part] as number) + chances * share;
    }
  }
};

const learnHours = (memory: Memory, agent: number): void => {
  const { agents, peers } = memory;
  const queue = agents.queue[agent] as number;
  const hours = agents.hourMask[agent] as number;
  for (let hour = 0; hour < 24; hour += 1) {
    const worked = (hours >>> hour) & 1;
    const own = agent * 24 + hour;
    agents.hours[own] = 0.96 * (agents.hours[own] as number) + 0.04 * worked;
    const all = queue * 24 + hour;
    peers.hours[all] = 0.9995 * (peers.hours[all] as number) + 0.0005 * worked;
  }
};

/** Between agents: the variance of their levels beyond what their counts' own chance explains. */
const learnShapes = ({ agents, spread, known }: Memory): void => {
  for (let channel = 0; channel < joint; channel += 1) {
    let excess = 0;
    let measure = 0;
    for (const agent of known) {
      const at = agent * channelCount + channel;
      const expected = agents.ownExpected[at] as number;
      if (expected <= 0 || agents.role[agent] !== roleAt['case-worker']) continue;
      const gap = Math.min(Math.abs((agents.ownCounted[at] as number) - expected), 2 * expected + 5);
      excess += gap * gap - 1.2 * expected;
      measure += expected * expected;
    }
    const variance = (excess + 0.7) / (measure + 1);
    spread.agentShape[channel] = Math.min(
      shapeLimits.max,
      Math.max(shapeLimits.min, 1 / Math.max(1e-3, variance)),
    );
  }
};

const roleFrom = (memory: Memory, agent: number): number => {
  const { agents } = memory;
  if ((agents.earlyCaseDays[agent] as number) * 2 > (agents.earlyDays[agent] as number))
    return roleAt['case-worker'];
  const from = agent * reasonRules.length;
  const times = (name: keyof typeof reasonAt): number => agents.reasons[from + reasonAt[name]] as number;
  const all = visitsEver(memory, agent);
  if (times('others-closed-case') > 0.4 * all) return roleAt['reviewer'];
  if (times('colleagues-case') > 0.4 * all) return roleAt['lead'];
  return roleAt['other'];
};

const visitsEver = ({ agents }: Memory, agent: number): number => {
  let all = 0;
  for (let at = 0; at < reasonRules.length; at += 1)
    all += agents.reasons[agent * reasonRules.length + at] as number;
  return all;
};

/** Most looks of a case worker's day have a reason. */
const caseWorkShare = 0.55;

/** Newcomers show what they are in their first days; whoever is no case worker is compared with itself from then on. */
const learnRole = (memory: Memory, agent: number): void => {
  const { agents } = memory;
  if ((agents.earlyDays[agent] as number) >= newcomerDays) return;
  const visits = visitsOf(agents.visits, agent);
  const unexplained = agents.counts[agent * channelCount + channelAt.unexplained] as number;
  if (visits === 0) return;
  agents.earlyDays[agent] = (agents.earlyDays[agent] as number) + 1;
  if (unexplained <= (1 - caseWorkShare) * visits)
    agents.earlyCaseDays[agent] = (agents.earlyCaseDays[agent] as number) + 1;
  if (agents.earlyDays[agent] !== newcomerDays) return;
  agents.role[agent] = roleFrom(memory, agent);
  if (agents.role[agent] === roleAt['case-worker']) {
    if (evidenceOf(memory, agent) > suspicious) scaleOwn(memory, agent, 0.25);
    return;
  }
  // Compared with itself from now on, so its level is learned anew before anything is said.
  forgetEvidence(memory, agent);
  scaleOwn(memory, agent, 0);
  leavePeers(memory, agent);
  agents.holdUntilDay[agent] = memory.day + 2 * newcomerDays;
  agents.absorbUntilDay[agent] = memory.day + 2 * newcomerDays;
};

/** Takes what an agent has taught out of its peers again. */
const leavePeers = ({ agents, peers }: Memory, agent: number): void => {
  const queue = agents.queue[agent] as number;
  for (let channel = 0; channel < joint; channel += 1) {
    const at = agent * channelCount + channel;
    for (const from of queue === 0 ? [0] : [0, queue]) {
      const peer = from * channelCount + channel;
      peers.counted[peer] = Math.max(0, (peers.counted[peer] as number) - (agents.rawCounted[at] as number));
      peers.chances[peer] = Math.max(0, (peers.chances[peer] as number) - (agents.rawChances[at] as number));
    }
    agents.rawCounted[at] = 0;
    agents.rawChances[at] = 0;
  }
};

/** Weighs an agent's past anew: the smaller, the sooner the coming days become its level. */
export const scaleOwn = ({ agents }: Memory, agent: number, by: number): void => {
  for (let at = agent * channelCount; at < (agent + 1) * channelCount; at += 1) {
    agents.ownCounted[at] = (agents.ownCounted[at] as number) * by;
    agents.ownExpected[at] = (agents.ownExpected[at] as number) * by;
  }
};

/** The evidence so far is set to nothing. */
export const forgetEvidence = ({ agents }: Memory, agent: number): void => {
  const places = channelCount * betCount;
  agents.evidence.fill(0, agent * places, (agent + 1) * places);
  agents.runDay[agent] = 0;
};

const fade = (column: Float64Array, by: number): void => {
  for (let at = 0; at < column.length; at += 1) column[at] = (column[at] as number) * by;
};

/** Takes the closed day into what is known of agents and peers. */
export const learnDay = (memory: Memory, work: DayWork): void => {
  const { agents, peers, spread, active, activeCount } = memory;
  for (const column of [peers.counted, peers.chances, peers.shiftCounted, peers.shiftChances])
    fade(column, fading);
  for (const column of [spread.dayExcess, spread.dayMeasure, spread.earned, spread.bets]) fade(column, 0.97);
  for (let place = 0; place < activeCount; place += 1) {
    const agent = active[place] as number;
    learnPeers(memory, work, place);
    learnOwn(memory, work, place);
    learnHours(memory, agent);
    agents.activeDays[agent] = (agents.activeDays[agent] as number) + 1;
    learnRole(memory, agent);
    followMove(memory, agent);
  }
  learnShapes(memory);
};

/** A queue that the agent never worked before: a new job, whose ways are not held against it for some days. */
const followMove = (memory: Memory, agent: number): void => {
  const { agents } = memory;
  const queue = agents.queue[agent] as number;
  const before = agents.queueBefore[agent] as number;
  if (queue === before) return;
  agents.queueBefore[agent] = queue;
  const key = -(agent * 65536 + queue);
  const known = memory.servedQueues.has(key);
  memory.servedQueues.add(key);
  if (before === 0 || known) return;
  agents.holdUntilDay[agent] = memory.day + 4;
  agents.absorbUntilDay[agent] = memory.day + 4;
  scaleOwn(memory, agent, 0);
  forgetEvidence(memory, agent);
};
