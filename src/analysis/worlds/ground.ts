import { loggedInitiators } from '../../model/access-columns.ts';
import type { CustomerStock } from './customer-stock.ts';
import type { DeskPlan } from './desk-plan.ts';
import type { Draw } from './draw.ts';
import type { LogWriter, Matter } from './log-writer.ts';
import type { CaseFile, Member, Workforce } from './member.ts';
import type { Topic } from './trade.ts';
import { dayOf, seatOn, teamOn } from './workforce.ts';

/** A desk while its history is being made. */
export interface Ground {
  readonly plan: DeskPlan;
  readonly draw: Draw;
  readonly writer: LogWriter;
  readonly customers: CustomerStock;
  readonly workforce: Workforce;
  /** Cases that were closed, by the day of closing: what quality reviewers choose from. */
  readonly closedOn: CaseFile[][];
}

/** What is wanted of a new case. */
export interface CaseAsk {
  readonly atMs: number;
  readonly queueAt: number;
  readonly about: Topic;
  readonly customer: number;
  readonly channel: 'phone' | 'chat' | 'mail' | 'web';
  readonly initiatedBy: 'customer' | 'agent' | 'system';
  readonly holder: Member;
  /** The desk does not know yet who is calling. */
  readonly unnamed?: boolean;
}

const recentMax = 60;

export const openCase = ({ plan, writer }: Ground, ask: CaseAsk): CaseFile => {
  const { names } = writer;
  const file: CaseFile = {
    case: names.cases.add(`k-${500_000 + names.cases.list.length}`),
    customer: ask.customer,
    queue: names.queues.place(plan.trade.queues[ask.queueAt]?.name ?? 'other'),
    topic: names.topics.place(ask.about.name),
    channel: names.channels.place(ask.channel),
    initiatedBy: loggedInitiators.indexOf(ask.initiatedBy),
    about: ask.about,
    openedAtMs: ask.atMs,
    holder: ask.holder,
    closedAtMs: Number.POSITIVE_INFINITY,
  };
  writer.change('opened', ask.atMs, {
    ...told(file),
    customer: ask.unnamed ? 0 : ask.customer,
    agent: ask.initiatedBy === 'agent' ? ask.holder.place : 0,
  });
  return file;
};

const told = ({ case: place, customer, queue, topic, channel, initiatedBy }: CaseFile): Matter => ({
  case: place,
  customer,
  queue,
  topic,
  channel,
  initiatedBy,
});

export const tellChange = (
  { writer }: Ground,
  file: CaseFile,
  change: {
    readonly kind: 'assigned' | 'helper-joined' | 'replied' | 'reopened';
    readonly atMs: number;
    readonly by: Member;
  },
): void => {
  writer.change(change.kind, change.atMs, { ...told(file), agent: change.by.place });
  if (change.kind === 'assigned') file.holder = change.by;
  if (change.kind === 'reopened') file.closedAtMs = Number.POSITIVE_INFINITY;
};

export const closeCase = (ground: Ground, file: CaseFile, atMs: number): void => {
  ground.writer.change('closed', atMs, { ...told(file), agent: file.holder.place });
  file.closedAtMs = atMs;
  ground.closedOn[dayOf(ground.plan, atMs)]?.push(file);
};

/** How a case is looked into. */
export interface Sitting {
  readonly atMs: number;
  readonly dwellMs: number;
  /** Share of the topic's needs that this sitting asks for, beside the agent's own habit. */
  readonly depth: number;
  /** The access does not say for which case it was. */
  readonly untyped?: boolean;
}

/** One sitting of a member with the customer of a case: a view, and what they unmask. Answers the view's row. */
export const sitWith = (ground: Ground, member: Member, on: { file: CaseFile; sitting: Sitting }): number => {
  const { plan, draw, writer } = ground;
  const { file, sitting } = on;
  const seat = seatOn(writer, member, dayOf(plan, sitting.atMs));
  const about = sitting.untyped ? { ...file, case: 0 } : file;
  const row = writer.access(seat, about, { atMs: sitting.atMs, action: 'view', dwellMs: sitting.dwellMs });
  member.touchRows.push(row);
  member.touchFiles.push(file);
  let atMs = sitting.atMs + 4_000 + draw.unit() * 0.3 * sitting.dwellMs;
  const wanted = file.about.needs.filter(() => draw.chance(sitting.depth * member.thorough));
  if (draw.chance(member.stray)) wanted.push(draw.pick(plan.trade.fields));
  while (wanted.length > 0) {
    const together = wanted.splice(0, 1 + draw.below(2));
    writer.access(seat, about, { atMs, action: 'reveal', fieldSet: writer.fieldSet(together) });
    atMs += 3_000 + draw.unit() * 0.3 * sitting.dwellMs;
  }
  const { recent } = teamOn(member, dayOf(plan, sitting.atMs));
  recent.push(file);
  if (recent.length > recentMax) recent.shift();
  return row;
};

export const bareMatter = (customer: number): Matter => ({
  customer,
  case: 0,
  queue: 0,
  topic: 0,
  channel: 0,
  initiatedBy: 0,
});
