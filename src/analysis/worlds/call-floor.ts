import { needyCustomer } from './customer-stock.ts';
import { hourMs, minuteMs } from './desk-plan.ts';
import { closeCase, type Ground, openCase, sitWith, tellChange } from './ground.ts';
import { workByHand } from './hand-work.ts';
import type { CaseFile, Member, Team } from './member.ts';
import type { Topic } from './trade.ts';
import { dayOf, isPresent, nextWork, seatOn, shiftStartMs, teamOn } from './workforce.ts';

/** How much more or less comes in on a day: the week's shape, the press, something broken. */
export const pressOn = (ground: Ground, day: number, queueAt: number): number => {
  const week = [1.15, 1.05, 1, 1, 1.05, 0.8, 0.7][day % 7] ?? 1;
  let times = week;
  for (const happening of ground.plan.happenings) {
    if (happening.kind === 'press' && day >= happening.day && day < happening.day + happening.days)
      times *= 1.5;
    if (happening.kind === 'outage' && happening.day === day)
      times *= ground.plan.trade.queues[queueAt]?.name === happening.queue ? 1.9 : 1.2;
  }
  return times;
};

/** What this customer comes with: most often a matter of the queue; under bad press, worry. */
export const topicOn = (ground: Ground, day: number, queueAt: number): Topic => {
  const { plan, draw } = ground;
  const worried = plan.happenings.some(
    (happening) => happening.kind === 'press' && day >= happening.day && day < happening.day + happening.days,
  );
  if (worried && draw.chance(0.3)) return plan.trade.worry;
  const topics = plan.trade.queues[queueAt]?.topics ?? [];
  const topic = topics[draw.weighted(topics.map(({ weight }) => weight))];
  if (!topic) throw new RangeError('a queue without topics');
  return topic;
};

/** The colleague who goes on: of the same queue when there is one at work at that time, otherwise the same again. */
export const otherHands = (ground: Ground, member: Member, atMs: number): Member => {
  const { plan, draw, workforce } = ground;
  const day = dayOf(plan, atMs);
  const { queueAt } = teamOn(member, day);
  for (let tries = 0; tries < 12; tries += 1) {
    const other = draw.pick(workforce.members);
    if (other === member || other.post !== 'agent' || !isPresent(other, day)) continue;
    const start = shiftStartMs(plan, other, day);
    if (atMs < start || atMs > start + other.shiftHours * hourMs) continue;
    if (teamOn(other, day).queueAt === queueAt || tries > 8) return other;
  }
  return member;
};

/** A call from the first word to the closing, and what comes after it. Answers when the line is free again. */
const takeCall = (ground: Ground, member: Member, at: { day: number; atMs: number; team: Team }): number => {
  const { draw, writer, customers } = ground;
  const about = topicOn(ground, at.day, at.team.queueAt);
  const unnamed = draw.chance(0.5);
  const file = openCase(ground, {
    atMs: at.atMs,
    queueAt: at.team.queueAt,
    about,
    customer: needyCustomer(customers, draw),
    channel: draw.chance(0.75) ? 'phone' : 'chat',
    initiatedBy: draw.chance(0.965) ? 'customer' : draw.chance(0.6) ? 'agent' : 'system',
    holder: member,
    unnamed,
  });
  tellChange(ground, file, { kind: 'assigned', atMs: at.atMs + 1_500, by: member });
  const dwellMs = draw.lognormal(about.minutes * minuteMs * 0.8, 0.5);
  const seat = seatOn(writer, member, at.day);
  let lookMs = at.atMs + 12_000 + draw.unit() * 15_000;
  if (unnamed) {
    if (draw.chance(0.1))
      writer.access(seat, { ...file, customer: 0 }, { atMs: lookMs - 9_000, action: 'lookup' });
    writer.access(seat, file, { atMs: lookMs, action: 'lookup' });
    lookMs += 3_000;
  }
  sitWith(ground, member, {
    file,
    sitting: { atMs: lookMs, dwellMs, depth: 0.6, untyped: draw.chance(0.06) },
  });
  let endMs = lookMs + dwellMs;
  if (draw.chance(0.05)) {
    const next = otherHands(ground, member, endMs);
    tellChange(ground, file, { kind: 'assigned', atMs: endMs, by: next });
    sitWith(ground, next, { file, sitting: { atMs: endMs + 20_000, dwellMs: dwellMs / 2, depth: 0.5 } });
    endMs += 20_000 + dwellMs / 2;
  }
  tellChange(ground, file, { kind: 'replied', atMs: endMs, by: file.holder });
  if (draw.chance(0.08)) callBack(ground, file, endMs);
  else closeCase(ground, file, endMs + 20_000 + draw.exponential(60_000));
  if (draw.chance(0.02)) callAgain(ground, file);
  return endMs + 15_000;
};

/** Something has to be asked first: the customer is called on one of the next days, then the case ends. */
const callBack = (ground: Ground, file: CaseFile, fromMs: number): void => {
  const { draw, writer, plan } = ground;
  const member = file.holder;
  const atMs = nextWork(ground, member, fromMs + draw.between(1, 50) * hourMs);
  if (atMs === undefined) return;
  sitWith(ground, member, { file, sitting: { atMs, dwellMs: draw.lognormal(100_000, 0.4), depth: 0.4 } });
  writer.access(seatOn(writer, member, dayOf(plan, atMs)), file, { atMs: atMs + 20_000, action: 'contact' });
  tellChange(ground, file, { kind: 'replied', atMs: atMs + 150_000, by: member });
  closeCase(ground, file, atMs + 200_000);
};

/** The customer comes back about the same matter, and reaches whoever is free. */
const callAgain = (ground: Ground, file: CaseFile): void => {
  const { draw, plan } = ground;
  if (file.closedAtMs === Number.POSITIVE_INFINITY) return;
  const atMs = file.closedAtMs + draw.between(0.5, 9) * 24 * hourMs;
  if (dayOf(plan, atMs) >= plan.days) return;
  const member = otherHands(ground, file.holder, atMs);
  const startMs = nextWork(ground, member, atMs);
  if (startMs === undefined) return;
  tellChange(ground, file, { kind: 'reopened', atMs: startMs, by: member });
  tellChange(ground, file, { kind: 'assigned', atMs: startMs + 1_000, by: member });
  sitWith(ground, member, { file, sitting: { atMs: startMs + 25_000, dwellMs: 150_000, depth: 0.5 } });
  tellChange(ground, file, { kind: 'replied', atMs: startMs + 180_000, by: member });
  closeCase(ground, file, startMs + 240_000);
};

/** One agent's day on a floor where whoever is free takes the next call. */
export const workCalls = (ground: Ground, member: Member, day: number): void => {
  const { plan, draw } = ground;
  const team = teamOn(member, day);
  const start = shiftStartMs(plan, member, day);
  const span = member.shiftHours * hourMs;
  const calls = draw.poisson(member.pace * pressOn(ground, day, team.queueAt));
  const starts = Array.from({ length: calls }, () => start + draw.unit() * span).sort((a, b) => a - b);
  let freeMs = start;
  for (const wanted of starts) {
    const atMs = Math.max(freeMs, wanted);
    if (atMs > start + span) break;
    freeMs = takeCall(ground, member, { day, atMs, team });
    if (draw.chance(member.loose * 3.2)) workByHand(ground, member, freeMs + 5_000);
  }
};
