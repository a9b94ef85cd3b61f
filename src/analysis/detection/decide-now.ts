import { instantOf } from '../../model/instant.ts';
import { betFactors, grownEvidence } from './bet.ts';
import { channelAt, channelCount } from './channel.ts';
import { alertsLeft, barOf, type Deciding, mayAlert, raiseAlert } from './decide-day.ts';
import { chancesOf, expectedOf, peerRate } from './expected-day.ts';
import { betCount, type Memory } from './memory.ts';
import { keepDay } from './month.ts';
import { channelEvidence, commonSpread, learningDays, ownLevel } from './weigh-day.ts';

/** Channels that one access may move far: they are looked at while the day goes on. */
const urgent = (
  [
    'unexplained',
    'stranger',
    'colleague',
    'after-closing',
    'self-made',
    'export',
    'refused',
    'rare-fields',
  ] as const
).map((name) => channelAt[name]);
/** The first look at an agent's running day, and how much more it takes for the next. */
const firstCheck = 5;
const nextCheck = 1.3;
/** Asked while the day goes on, evidence must be so much stronger: a day's end knows its peers better. */
const nowTimes = 1.3;
/** What the rest of the day may still bring of innocent chances, in days. */
const usualDay = 1;
const pooling = 3;

const factors = new Float64Array(betCount);

/** What the agent may expect of a whole day: more than of the part that has passed, so that asking early is no gain. */
const expectedNow = (memory: Memory, agent: number, channel: number): number => {
  const { agents, peers } = memory;
  const at = agent * channelCount + channel;
  const usual =
    (usualDay * (agents.ownExpected[at] as number)) /
    Math.max(1, usualDays(agents.activeDays[agent] as number));
  const { level } = ownLevel(memory, agent, channel);
  const place = (agents.queue[agent] as number) * channelCount + channel;
  const rate = peerRate(memory, agent, channel);
  const others =
    (peers.visitsToday[agents.queue[agent] as number] as number) -
    chancesOf(memory, agent, channelAt.unexplained);
  const factor =
    ((peers.today[place] as number) - (agents.counts[at] as number) + pooling) /
    (rate * Math.max(0, others) + pooling);
  return Math.max(expectedOf(memory, agent, channel), usual) * level * Math.min(60, Math.max(1, factor));
};

/** Fading sums reach this many days' worth. */
const usualDays = (days: number): number => (1 - 0.985 ** days) / (1 - 0.985);

/** Looks at an agent in the middle of the day, when notable accesses have piled up; raises an alert at once if it must. */
export const decideNow = (
  memory: Memory,
  deciding: Deciding,
  { agent, atMs }: { readonly agent: number; readonly atMs: number },
): void => {
  const { agents, spread } = memory;
  const seen = agents.notableToday[agent] as number;
  if (seen < firstCheck) {
    agents.notableCheck[agent] = firstCheck - 1;
    return;
  }
  agents.notableCheck[agent] = Math.ceil(seen * nextCheck);
  if (memory.daysClosed < learningDays || !mayAlert(memory, agent)) return;
  if (alertsLeft(memory, deciding.alertShareMax) <= 0) return;
  let total = 0;
  const grown = agents.evidence.slice(agent * channelCount * betCount, (agent + 1) * channelCount * betCount);
  for (let channel = 0; channel < channelCount; channel += 1) {
    if (!urgent.includes(channel) || spread.stakes[channel] === 0) {
      total +=
        (spread.stakes[channel] as number) * Math.min(channelEvidence(agents.evidence, agent, channel), 50);
      continue;
    }
    const expected = expectedNow(memory, agent, channel);
    const { weight } = ownLevel(memory, agent, channel);
    const size = 1 / (commonSpread(spread, channel) + 1 / Math.max(0.02, weight));
    betFactors(agents.counts[agent * channelCount + channel] as number, { expected, size }, factors);
    let sum = 0;
    for (let bet = 0; bet < betCount; bet += 1) {
      const slot = channel * betCount + bet;
      grown[slot] = grownEvidence(grown[slot] as number, factors[bet] as number);
      sum += grown[slot] as number;
    }
    total += ((spread.stakes[channel] as number) * sum) / betCount;
  }
  if (total < barOf(memory, agent, deciding.bar) * nowTimes) return;
  agents.evidence.set(grown, agent * channelCount * betCount);
  countToday(memory, agent);
  keepDay(memory, agent, {
    day: memory.day,
    expected: expectedNow(memory, agent, channelAt.unexplained),
    visits: chancesOf(memory, agent, channelAt.unexplained),
  });
  raiseAlert(memory, deciding, {
    agent,
    evidence: total,
    kind: undefined,
    members: [],
    by: '',
    at: instantOf(Math.floor(atMs)),
    dayFactors: undefined,
  });
};

/** Today so far enters the account that the alert gives. */
const countToday = (memory: Memory, agent: number): void => {
  const { agents } = memory;
  const fresh = agents.runDay[agent] === 0;
  if (fresh) agents.runDay[agent] = memory.day;
  agents.runVisits[agent] =
    (fresh ? 0 : (agents.runVisits[agent] as number)) + chancesOf(memory, agent, channelAt.unexplained);
  for (let channel = 0; channel < channelCount; channel += 1) {
    const at = agent * channelCount + channel;
    const kept = fresh ? 0 : 1;
    agents.runCounted[at] = kept * (agents.runCounted[at] as number) + (agents.counts[at] as number);
    agents.runExpected[at] = kept * (agents.runExpected[at] as number) + expectedOf(memory, agent, channel);
  }
};
