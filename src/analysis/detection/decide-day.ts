import type { LogNames } from '../../model/access-columns.ts';
import type { Instant } from '../../model/instant.ts';
import { carriersOf, groupsOf, isAlike, weighGroup } from './campaign.ts';
import { channelCount, channels } from './channel.ts';
import type { Alert, AlertKind } from './detection.ts';
import { forgetEvidence, scaleOwn } from './learn-day.ts';
import type { Memory } from './memory.ts';
import { dayText, monthOf } from './month.ts';
import { type DayWork, evidenceOf, newcomerDays } from './weigh-day.ts';
import {
  endOfDay,
  figureSentences,
  innocentExplanations,
  kindOf,
  leadingChannels,
  listAccesses,
  wouldClear,
} from './word-alert.ts';

export interface Deciding {
  readonly names: LogNames;
  /** The evidence that makes an alert; its inverse bounds the false alarms of an agent-day. */
  readonly bar: number;
  readonly alertShareMax: number;
  readonly dayOffsetMs: number;
  readonly hasPurpose: boolean;
}

/** Of the alert budget, this part may go to honest agents: the bar is set by it. */
export const falseShareOfBudget = 0.2;
/** However short the log, so many alerts may be raised. */
const alertsMin = 3;
/** After an alert the agent is left alone for so long, and its bar is raised so many times. */
const restDays = 10;
const raisedTimes = 4;

interface Candidate {
  readonly agent: number;
  readonly evidence: number;
  readonly kind: AlertKind | undefined;
  readonly members: readonly number[];
  readonly by: string;
}

export const mayAlert = ({ agents, day }: Memory, agent: number): boolean => {
  const alerted = agents.alertedDay[agent] as number;
  return (
    (agents.activeDays[agent] as number) >= newcomerDays &&
    day >= (agents.holdUntilDay[agent] as number) &&
    (alerted === 0 || day - alerted >= restDays)
  );
};

export const barOf = ({ agents }: Memory, agent: number, bar: number): number =>
  bar * raisedTimes ** Math.min(6, agents.alertsRaised[agent] as number);

export const alertsLeft = (memory: Memory, alertShareMax: number): number =>
  Math.max(alertsMin, Math.floor(alertShareMax * memory.agentDays)) - memory.alerts.length;

const lonely = (memory: Memory, { bar }: Deciding): readonly Candidate[] => {
  const found: Candidate[] = [];
  for (let place = 0; place < memory.activeCount; place += 1) {
    const agent = memory.active[place] as number;
    if (!mayAlert(memory, agent)) continue;
    const evidence = evidenceOf(memory, agent);
    if (evidence >= barOf(memory, agent, bar))
      found.push({ agent, evidence, kind: undefined, members: [], by: '' });
  }
  return found;
};

const together = (memory: Memory, deciding: Deciding, taken: ReadonlySet<number>): readonly Candidate[] => {
  const carriers = carriersOf(memory);
  if (carriers.size < 2) return [];
  const groups = groupsOf(memory, carriers);
  const bar = deciding.bar * Math.max(1, Math.log2(groups.length));
  const found = new Map<number, Candidate>();
  for (const { by, agents } of groups) {
    const { evidence, members } = weighGroup(memory, agents, carriers);
    if (evidence < bar || members.length < 2) continue;
    const first = members[0] as number;
    const alike = members.filter((agent) => agent === first || isAlike(memory, first, agent)).slice(0, 8);
    if (alike.length < 2) continue;
    for (const agent of alike)
      if (!taken.has(agent) && !found.has(agent) && mayAlert(memory, agent))
        found.set(agent, {
          agent,
          evidence: Math.max(evidenceOf(memory, agent), deciding.bar),
          kind: 'campaign',
          members: alike,
          by: by.split(' ')[0] ?? '',
        });
  }
  return [...found.values()];
};

const campaignSentence = (candidate: Candidate, deciding: Deciding): readonly string[] =>
  candidate.members.length === 0
    ? []
    : [
        `${candidate.members.length} agents of one ${candidate.by} rise together in the same way: ${candidate.members
          .map((agent) => deciding.names.agents[agent] ?? '')
          .join(', ')}. Each alone is below the bar for an alert; together they are far above it.`,
      ];

export const raiseAlert = (
  memory: Memory,
  deciding: Deciding,
  told: Candidate & { readonly at: Instant; readonly dayFactors: Float64Array | undefined },
): void => {
  const { agents } = memory;
  const { agent } = told;
  const leading = leadingChannels(memory, agent);
  const kind = told.kind ?? kindOf(leading);
  const lead = leading[0] ?? channels.findIndex((channel) => channel.kind === kind);
  const name = deciding.names.agents[agent] ?? '';
  const place = memory.active.subarray(0, memory.activeCount).indexOf(agent);
  const alert: Alert = {
    id: `${name}/${dayText(memory.day)}/${kind}`,
    at: told.at,
    agent: name,
    kind,
    score: Math.round(Math.log10(told.evidence) * 1000) / 1000,
    reasons: [...campaignSentence(told, deciding), ...figureSentences(memory, agent, leading)],
    accesses: listAccesses(memory, deciding.names, { agent, kind }),
    innocentExplanations: innocentExplanations(memory, agent, {
      lead,
      dayFactor: told.dayFactors?.[place * channelCount + lead] ?? 1,
      hasPurpose: deciding.hasPurpose,
    }),
    wouldClear: wouldClear(kind),
    members: told.members.map((member) => deciding.names.agents[member] ?? ''),
    month: monthOf(memory, agent),
  };
  memory.alerts.push(alert);
  agents.alertedDay[agent] = memory.day;
  agents.alertsRaised[agent] = (agents.alertsRaised[agent] as number) + 1;
  agents.scoreMax[agent] = Math.max(agents.scoreMax[agent] as number, alert.score);
  // What goes on at this level is known now: only more of it, or something else, is worth another alert.
  agents.holdUntilDay[agent] = memory.day + restDays;
  agents.absorbUntilDay[agent] = memory.day + restDays;
  scaleOwn(memory, agent, 0.1);
  forgetEvidence(memory, agent);
};

/** Raises the alerts of the day that ends: the strongest first, as far as the budget of alerts reaches. */
export const decideDay = (memory: Memory, work: DayWork, deciding: Deciding): void => {
  const { agents } = memory;
  for (let place = 0; place < memory.activeCount; place += 1) {
    const agent = memory.active[place] as number;
    const score = Math.log10(Math.max(1, evidenceOf(memory, agent)));
    if (mayAlert(memory, agent)) agents.scoreMax[agent] = Math.max(agents.scoreMax[agent] as number, score);
  }
  const alone = lonely(memory, deciding);
  const all = [...alone, ...together(memory, deciding, new Set(alone.map(({ agent }) => agent)))].toSorted(
    (a, b) => b.evidence - a.evidence || a.agent - b.agent,
  );
  const at = endOfDay(memory.day, deciding.dayOffsetMs);
  for (const candidate of all.slice(0, Math.max(0, alertsLeft(memory, deciding.alertShareMax))))
    raiseAlert(memory, deciding, { ...candidate, at, dayFactors: work.dayFactor });
};
