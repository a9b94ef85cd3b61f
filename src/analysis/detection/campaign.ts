import { channelAt, channelCount } from './channel.ts';
import type { Memory } from './memory.ts';
import { channelEvidence, newcomerDays } from './weigh-day.ts';

/**
 * Several quiet agents together. Each agent's evidence, divided by the days over which it could grow, has a mean of at
 * most 1 under the hypothesis that it works like its peers; agents are independent given their peers. So the mean of
 * the products over all sets of k agents of a group has one too (V. Vovk, R. Wang, "E-values: calibration,
 * combination and applications", Annals of Statistics 2021, on U-statistics of independent e-values), and the mean
 * over k from 1 to 5 as well. One loud agent does not make a campaign: k starts at 2 here.
 */
export interface GroupEvidence {
  readonly evidence: number;
  /** Members that carry it, strongest first. */
  readonly members: readonly number[];
}

const sizes = { min: 2, max: 5 } as const;
/** What each member must show alone: without it, belonging to a group is no lead. */
const memberEvidenceMin = 8;
const membersMax = 400;

/** What a common cause may lift in a whole group (a backlog, a new screen) says nothing about a campaign. */
const telling = (
  [
    'unexplained',
    'stranger',
    'colleague',
    'after-closing',
    'self-made',
    'rare-fields',
    'export',
    'elsewhere',
    'repeat',
    'shared-target',
  ] as const
).map((name) => channelAt[name]);

/** The evidence from channels that tell of targets. */
export const targetEvidence = ({ agents, spread }: Memory, agent: number): number => {
  let total = 0;
  let stakes = 1e-9;
  for (const channel of telling) {
    total += (spread.stakes[channel] as number) * channelEvidence(agents.evidence, agent, channel);
    stakes += spread.stakes[channel] as number;
  }
  return total / stakes;
};

/** An agent's evidence as one e-value: divided by the days in which it may have begun. */
const eValueOf = (memory: Memory, agent: number): number => {
  const began = memory.agents.runDay[agent] as number;
  const days = began === 0 ? 1 : memory.day - began + 1;
  return Math.min(1e4, targetEvidence(memory, agent) / days);
};

/** Means of the elementary symmetric products of these e-values, over k = 2 to 5. */
export const pooledEvidence = (eValues: readonly number[]): number => {
  const count = eValues.length;
  // means[k]: the mean product over all sets of k of the values so far, built up without binomials.
  const means = new Float64Array(sizes.max + 1);
  means[0] = 1;
  eValues.forEach((value, at) => {
    const seen = at + 1;
    for (let k = Math.min(sizes.max, seen); k >= 1; k -= 1)
      means[k] = ((means[k] as number) * (seen - k)) / seen + ((means[k - 1] as number) * value * k) / seen;
  });
  const most = Math.min(sizes.max, count);
  let sum = 0;
  for (let k = sizes.min; k <= most; k += 1) sum += means[k] as number;
  return most < sizes.min ? 0 : sum / (most - sizes.min + 1);
};

/** Agents whose evidence is high enough to be part of a campaign: few, so that groups of the others cost nothing. */
export const carriersOf = (memory: Memory): ReadonlySet<number> =>
  new Set(
    memory.known.filter(
      (agent) =>
        (memory.agents.activeDays[agent] as number) >= newcomerDays &&
        targetEvidence(memory, agent) >= memberEvidenceMin,
    ),
  );

export const weighGroup = (
  memory: Memory,
  group: readonly number[],
  carriers: ReadonlySet<number>,
): GroupEvidence => {
  const ranked = group
    .map((agent) => ({ agent, eValue: eValueOf(memory, agent) }))
    .toSorted((a, b) => b.eValue - a.eValue || a.agent - b.agent);
  return {
    evidence: pooledEvidence(ranked.slice(0, membersMax).map(({ eValue }) => eValue)),
    members: ranked.filter(({ agent }) => carriers.has(agent)).map(({ agent }) => agent),
  };
};

interface Group {
  readonly by: string;
  readonly agents: readonly number[];
}

/** The groups by team, site and vendor that hold two carriers or more, of agents old enough to be judged. */
export const groupsOf = (memory: Memory, carriers: ReadonlySet<number>): readonly Group[] => {
  const { agents } = memory;
  const groups = new Map<string, number[]>();
  for (const agent of memory.known) {
    if ((agents.activeDays[agent] as number) < newcomerDays) continue;
    for (const by of ['team', 'site', 'vendor'] as const) {
      const place = agents[by][agent] as number;
      if (place === 0) continue;
      const key = `${by} ${place}`;
      const group = groups.get(key);
      if (group) group.push(agent);
      else groups.set(key, [agent]);
    }
  }
  return [...groups]
    .map(([by, members]) => ({ by, agents: members }))
    .filter(
      (group) => group.agents.length > 2 && group.agents.filter((agent) => carriers.has(agent)).length > 1,
    );
};

/** Do two agents exceed in the same places? The cosine of their channels' excess. */
export const isAlike = ({ agents }: Memory, a: number, b: number): boolean => {
  let both = 0;
  let ofA = 0;
  let ofB = 0;
  for (const channel of telling) {
    const inA = a * channelCount + channel;
    const inB = b * channelCount + channel;
    const moreA = excess(agents.runCounted[inA] as number, agents.runExpected[inA] as number);
    const moreB = excess(agents.runCounted[inB] as number, agents.runExpected[inB] as number);
    both += moreA * moreB;
    ofA += moreA * moreA;
    ofB += moreB * moreB;
  }
  return both > 0.6 * Math.sqrt(ofA * ofB);
};

const excess = (counted: number, expected: number): number =>
  Math.max(0, (counted - expected) / Math.sqrt(expected + 1));
