import { otherHands, pressOn, topicOn } from './call-floor.ts';
import { regionalCustomer } from './customer-stock.ts';
import { hourMs, minuteMs } from './desk-plan.ts';
import { closeCase, type Ground, openCase, sitWith, tellChange } from './ground.ts';
import { workByHand } from './hand-work.ts';
import type { CaseFile, Member } from './member.ts';
import { dayOf, isPresent, nextWork, seatOn, shiftStartMs, teamOn } from './workforce.ts';

const bookSize = 180;

/** The customers whom this member looks after: of the region that their site serves. */
const bookOf = (ground: Ground, member: Member, day: number): readonly number[] => {
  if (member.book.length === 0) {
    const region = teamOn(member, day).site % 3;
    for (let count = 0; count < bookSize; count += 1)
      member.book.push(regionalCustomer(ground.customers, ground.draw, region));
  }
  return member.book;
};

/** Somebody at a site whose day begins when this one ends. */
const nextSite = (ground: Ground, member: Member, atMs: number): Member => {
  const { plan, draw, workforce } = ground;
  const day = dayOf(plan, atMs);
  const here = teamOn(member, day).site;
  for (let tries = 0; tries < 20; tries += 1) {
    const other = draw.pick(workforce.members);
    if (other.post === 'agent' && isPresent(other, day) && teamOn(other, day).site !== here) return other;
  }
  return member;
};

/** One sitting of a written case: look, answer, now and then a word with a colleague. */
const workOnce = (ground: Ground, file: CaseFile, at: { atMs: number; first: boolean }): void => {
  const { draw, plan, writer } = ground;
  const member = file.holder;
  const dwellMs = Math.min(18 * minuteMs, draw.lognormal(file.about.minutes * minuteMs * 0.35, 0.7));
  const sitting = { atMs: at.atMs, dwellMs, depth: at.first ? 0.65 : 0.3, untyped: draw.chance(0.04) };
  sitWith(ground, member, { file, sitting });
  if (draw.chance(0.12))
    writer.access(seatOn(writer, member, dayOf(plan, at.atMs)), file, {
      atMs: at.atMs + dwellMs,
      action: 'contact',
    });
  if (draw.chance(0.85)) tellChange(ground, file, { kind: 'replied', atMs: at.atMs + dwellMs, by: member });
  if (draw.chance(0.07)) {
    const helper = otherHands(ground, member, at.atMs);
    const askedMs = nextWork(ground, helper, at.atMs + draw.exponential(10 * minuteMs));
    if (askedMs === undefined || helper === member || askedMs > at.atMs + 20 * minuteMs) return;
    if (draw.chance(0.7))
      tellChange(ground, file, { kind: 'helper-joined', atMs: askedMs - 30_000, by: helper });
    sitWith(ground, helper, { file, sitting: { atMs: askedMs, dwellMs, depth: 0.4 } });
  }
};

/** A written case from its arrival, often hours before anyone reads it, to its end days later. */
const liveTicket = (ground: Ground, member: Member, at: { day: number; atMs: number }): void => {
  const { draw, plan, customers } = ground;
  const { queueAt, site } = teamOn(member, at.day);
  const fromBook = draw.chance(0.65);
  const region = site % 3;
  const openedMs = Math.max(plan.startMs, at.atMs - draw.lognormal(2.5 * hourMs, 1));
  const starter = draw.unit();
  const file = openCase(ground, {
    atMs: openedMs,
    queueAt,
    about: topicOn(ground, at.day, queueAt),
    customer: fromBook
      ? draw.pick(bookOf(ground, member, at.day))
      : regionalCustomer(customers, draw, region),
    channel: draw.chance(0.7) ? 'mail' : 'web',
    initiatedBy: starter < 0.9 ? 'customer' : starter < 0.95 ? 'agent' : 'system',
    holder: member,
  });
  tellChange(ground, file, { kind: 'assigned', atMs: Math.max(openedMs, at.atMs - 40_000), by: member });
  const sittings = 1 + Math.min(7, Math.floor(draw.exponential(1.1)));
  let atMs = at.atMs;
  for (let sitting = 0; sitting < sittings; sitting += 1) {
    workOnce(ground, file, { atMs, first: sitting === 0 });
    if (sitting === sittings - 1) break;
    const sun = draw.chance(plan.followTheSun);
    if (sun || draw.chance(0.14)) {
      const next = sun ? nextSite(ground, file.holder, atMs) : otherHands(ground, file.holder, atMs);
      tellChange(ground, file, { kind: 'assigned', atMs: atMs + 25 * minuteMs, by: next });
    }
    const next = nextWork(ground, file.holder, atMs + 30 * minuteMs + draw.lognormal(7 * hourMs, 1));
    if (next === undefined) return;
    atMs = next;
  }
  endTicket(ground, file, atMs + 20 * minuteMs);
};

const endTicket = (ground: Ground, file: CaseFile, atMs: number): void => {
  const { draw, plan } = ground;
  const endMs = draw.chance(0.6) ? atMs + draw.unit() * hourMs : atMs + draw.between(2, 6) * 24 * hourMs;
  if (dayOf(plan, endMs) >= plan.days) return;
  closeCase(ground, file, endMs);
  const glanceMs = draw.chance(0.04)
    ? nextWork(ground, file.holder, endMs + draw.exponential(8 * hourMs))
    : undefined;
  if (glanceMs !== undefined)
    sitWith(ground, file.holder, { file, sitting: { atMs: glanceMs, dwellMs: 20_000, depth: 0 } });
  if (!draw.chance(0.06)) return;
  const backMs = nextWork(ground, file.holder, endMs + draw.exponential(4 * 24 * hourMs));
  if (backMs === undefined) return;
  tellChange(ground, file, { kind: 'reopened', atMs: backMs, by: file.holder });
  workOnce(ground, file, { atMs: backMs + minuteMs, first: false });
  closeCase(ground, file, backMs + hourMs);
};

/** One agent's day at a desk of written cases, many of them from customers whom they know. */
export const workTickets = (ground: Ground, member: Member, day: number): void => {
  const { plan, draw } = ground;
  const start = shiftStartMs(plan, member, day);
  const { queueAt } = teamOn(member, day);
  const begun = draw.poisson(member.pace * pressOn(ground, day, queueAt));
  for (let count = 0; count < begun; count += 1) {
    const atMs = start + draw.unit() * (member.shiftHours - 0.5) * hourMs;
    liveTicket(ground, member, { day, atMs });
    if (draw.chance(member.loose * 3.3)) workByHand(ground, member, atMs + 8 * minuteMs);
  }
};
