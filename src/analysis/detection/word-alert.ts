import { type LogNames, loggedActions } from '../../model/access-columns.ts';
import { type Instant, instantOf } from '../../model/instant.ts';
import { type ChannelName, channelAt, channelCount, channels } from './channel.ts';
import type { AlertAccess, AlertKind } from './detection.ts';
import { type Memory, notableKept } from './memory.ts';
import { dayText } from './month.ts';
import { reasonAt, reasonRules } from './reason.ts';
import { roleOf } from './role.ts';
import { channelEvidence } from './weigh-day.ts';

/** Accesses that an alert lists, at most. */
const accessesListed = 40;
const dayMs = 86_400_000;

const figure = (value: number): string =>
  Number.isInteger(value) || value >= 9.95 ? String(Math.round(value)) : value.toFixed(value < 0.095 ? 2 : 1);

/** The channels that carry the evidence, strongest first. */
export const leadingChannels = (memory: Memory, agent: number): readonly number[] =>
  channels
    .flatMap((_, channel) => {
      const evidence = channelEvidence(memory.agents.evidence, agent, channel);
      const share = evidence * (memory.spread.stakes[channel] as number);
      return channel !== channelAt.joint && evidence > 4 ? [{ channel, share }] : [];
    })
    .toSorted((a, b) => b.share - a.share || a.channel - b.channel)
    .map(({ channel }) => channel);

/** With no single channel ahead, the one that stands out most from what was expected. */
export const kindOf = (leading: readonly number[]): AlertKind =>
  channels[leading[0] ?? 0]?.kind ?? 'unexplained-looks';

const perText = (channel: number, visits: number): string =>
  channels[channel]?.per === 'visit' ? ` in ${Math.round(visits)} customers opened` : '';

/** "34 customers looked at without any reason in 61 customers opened since 2026-03-02; ..." */
export const figureSentences = (memory: Memory, agent: number, leading: readonly number[]): string[] => {
  const { agents } = memory;
  const since = dayText((agents.runDay[agent] as number) || memory.day);
  const visits = agents.runVisits[agent] as number;
  const stands = (channel: number): boolean => {
    const at = agent * channelCount + channel;
    return (agents.runCounted[at] as number) > 1.2 * (agents.runExpected[at] as number);
  };
  return (leading.some(stands) ? leading.filter(stands) : leading).slice(0, 4).map((channel) => {
    const at = agent * channelCount + channel;
    const counted = agents.runCounted[at] as number;
    const expected = agents.runExpected[at] as number;
    return (
      `${figure(counted)} ${channels[channel]?.counted}${perText(channel, visits)} since ${since}; ` +
      `colleagues with the same work, on the same days, allowing for this agent’s own past: ${figure(expected)}.`
    );
  });
};

const listedChannels: Partial<Record<AlertKind, readonly ChannelName[]>> = {
  'unexplained-looks': ['unexplained'],
  'looks-after-closing': ['after-closing'],
  'over-revealing': ['rare-fields'],
  'self-made-cases': ['self-made'],
  'cherry-picking': ['elsewhere', 'unexplained'],
  export: ['export'],
  probing: ['refused', 'unexplained'],
  'odd-hours': ['odd-hour'],
  'shared-login': ['login'],
  campaign: ['shared-target', 'unexplained'],
};

/** The accesses behind a kind of alert, newest last: those that the agent's ring still holds. */
export const listAccesses = (
  memory: Memory,
  names: LogNames,
  { agent, kind }: { readonly agent: number; readonly kind: AlertKind },
): readonly AlertAccess[] => {
  const { agents } = memory;
  const wanted = listedChannels[kind]?.map((name) => channelAt[name]);
  const next = agents.notableNext[agent] as number;
  const sinceMs = ((agents.runDay[agent] as number) || memory.day - 7) * dayMs - dayMs;
  const listed: AlertAccess[] = [];
  for (let back = 1; back <= Math.min(next, notableKept) && listed.length < accessesListed; back += 1) {
    const at = agent * notableKept + ((next - back) % notableKept);
    const channel = agents.notableChannel[at] as number;
    const reason = agents.notableReason[at] as number;
    if (wanted && !wanted.includes(channel)) continue;
    if ((agents.notableAt[at] as number) < sinceMs) break;
    if (channel === channelAt.unexplained && reasonRules[reason]?.legitimate) continue;
    const counted = channels[channel]?.counted ?? '';
    listed.push({
      at: instantOf(Math.round(agents.notableAt[at] as number)),
      action: loggedActions[agents.notableAction[at] as number] || 'access',
      customer: names.customers[agents.notableCustomer[at] as number] ?? '',
      case: names.cases[agents.notableCase[at] as number] ?? '',
      why:
        channel === channelAt.unexplained || channel === channelAt['shared-target']
          ? (reasonRules[reason]?.sentence ?? '')
          : `One of the ${counted}.`,
    });
  }
  return listed.reverse();
};

const reasonShare = (memory: Memory, agent: number): number => {
  const from = agent * reasonRules.length;
  let all = 0;
  let good = 0;
  reasonRules.forEach(({ legitimate }, at) => {
    all += memory.agents.reasons[from + at] as number;
    if (legitimate) good += memory.agents.reasons[from + at] as number;
  });
  return all === 0 ? 0 : good / all;
};

/** The innocent explanations that were tried, each with what came of it. */
export const innocentExplanations = (
  memory: Memory,
  agent: number,
  told: { readonly lead: number; readonly dayFactor: number; readonly hasPurpose: boolean },
): readonly string[] => {
  const { agents, spread } = memory;
  const role = roleOf(agents.role[agent] as number);
  const days = agents.activeDays[agent] as number;
  const at = agent * channelCount + told.lead;
  const level = ((agents.ownCounted[at] as number) + 0.5) / ((agents.ownExpected[at] as number) + 0.5);
  const from = agent * reasonRules.length;
  const late = agents.reasons[from + reasonAt['hand-over']] as number;
  return [
    told.dayFactor > 1.15
      ? `A day unlike others (outage, recall, campaign): colleagues had ${told.dayFactor.toFixed(1)} times their usual; that was allowed for and does not account for it.`
      : 'A day unlike others (outage, recall, campaign): no, colleagues in the same queue worked as usual.',
    told.hasPurpose
      ? `Hand work that nobody linked to a case: allowed for at the colleagues’ rate. Over the whole reading ${Math.round(100 * reasonShare(memory, agent))} % of this agent’s customers had a reason${late > 0 ? `, ${late} of them by a hand-over` : ''}.`
      : 'Work on a case: cannot be told, because the log names no cases.',
    `A way of working of its own: this agent’s own past (${level.toFixed(1)} times its peers’ level) was allowed for.`,
    role === 'case-worker'
      ? 'Another role (reviewer, lead, fraud work): no, its first days show a case worker.'
      : `Another role: yes, it works like a ${role === 'other' ? 'specialist' : role}, and was compared with its own past only.`,
    days < 15
      ? `New here: ${days} working days so far; newcomers are judged only after five, and with more room.`
      : `New here: no, ${days} working days were read.`,
    `Chance: agents differ from one another and from day to day; the spread that was learned from colleagues (${Math.round(100 / Math.sqrt(spread.agentShape[told.lead] as number))} % between agents) is part of the comparison.`,
  ];
};

const clearing: Record<AlertKind, readonly string[]> = {
  'unexplained-looks': [
    'Cases, calls or chats of the listed customers that the log does not have.',
    'A colleague or lead who asked for these looks.',
  ],
  'looks-after-closing': [
    'A callback, a complaint or a second contact of the listed customers after their case had closed.',
  ],
  'over-revealing': [
    'Notes in the listed cases that needed the fields shown.',
    'A topic that was filed wrongly.',
  ],
  'cherry-picking': ['A routing rule, a language or a specialism that sends these customers to this agent.'],
  'self-made-cases': [
    'Contacts by the customers themselves (call records, mails) at the times of these cases.',
  ],
  probing: ['A fault of the tool or a mistyped number that explains the tries.'],
  export: ['An order for the exports, and where the files went.'],
  surge: ['A backlog or campaign this agent was asked to work on.'],
  'odd-hours': ['A roster or overtime for these hours.'],
  'odd-pace': ['A tool or a way of working that sets this pace, shown by the agent.'],
  'shared-login': [
    'A change of machine or place recorded by the vendor. If there is none: whose hands were these?',
  ],
  campaign: ['One order or one incident that sent all of these agents to these customers.'],
};

export const wouldClear = (kind: AlertKind): readonly string[] => clearing[kind];

/** The last moment of a day. */
export const endOfDay = (day: number, dayOffsetMs: number): Instant =>
  instantOf((day + 1) * dayMs - dayOffsetMs - 1);
