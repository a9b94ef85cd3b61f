import type { LogNames } from '../../model/access-columns.ts';
import { formatInstant } from '../../model/instant.ts';
import { channelCount, channels } from './channel.ts';
import type { Feedback } from './detection.ts';
import { forgetEvidence, scaleOwn } from './learn-day.ts';
import type { Memory } from './memory.ts';

/** How one word of an analyst moves the stakes of a kind of sign. */
const stakeTimes = { confirmed: 1.25, explained: 1, wrong: 0.8 } as const;
const absorbDays = 30;
/** So long nothing is held against the agent: its level is learned. */
const holdDays = 10;

const shiftStakes = ({ spread }: Memory, kind: Feedback['kind'], times: number): void => {
  let all = 0;
  channels.forEach((channel, at) => {
    if (channel.kind === kind && channel.name !== 'joint')
      spread.stakes[at] = (spread.stakes[at] as number) * times;
    all += spread.stakes[at] as number;
  });
  for (let at = 0; at < channelCount; at += 1) spread.stakes[at] = (spread.stakes[at] as number) / all;
};

const notesOf = (feedback: Feedback): string => {
  const when = formatInstant(feedback.at).slice(0, 10);
  if (feedback.verdict === 'confirmed')
    return `${when}: ${feedback.kind} confirmed. The bar for further alerts on this agent is back at its first height; such signs weigh a quarter more for everybody.`;
  if (feedback.verdict === 'explained')
    return `${when}: ${feedback.kind} explained. The evidence so far is set to nothing; the next ${absorbDays} days count as this agent’s usual level.`;
  return `${when}: ${feedback.kind} wrong. The evidence so far is set to nothing; the next ${absorbDays} days count as this agent’s usual level; such signs weigh a fifth less for everybody.`;
};

/**
 * Weighs from now on what a person found out. The stakes stay shares of one stake, fixed before the next bet is made,
 * so the bound on false alarms holds with any feedback.
 */
export const takeFeedback = (memory: Memory, names: LogNames, feedback: Feedback): void => {
  const agent = names.agents.indexOf(feedback.agent);
  if (agent <= 0 || agent >= memory.agents.places) return;
  const { agents } = memory;
  memory.feedback.push(feedback);
  const notes = memory.notes.get(agent);
  if (notes) notes.push(notesOf(feedback));
  else memory.notes.set(agent, [notesOf(feedback)]);
  shiftStakes(memory, feedback.kind, stakeTimes[feedback.verdict]);
  if (feedback.verdict === 'confirmed') {
    agents.alertsRaised[agent] = 0;
    agents.holdUntilDay[agent] = 0;
    agents.absorbUntilDay[agent] = 0;
    return;
  }
  forgetEvidence(memory, agent);
  scaleOwn(memory, agent, 0.1);
  agents.holdUntilDay[agent] = Math.max(memory.day, 0) + holdDays;
  agents.absorbUntilDay[agent] = Math.max(memory.day, 0) + absorbDays;
};
