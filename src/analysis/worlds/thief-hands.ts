import { richest } from './customer-stock.ts';
import { hourMs, minuteMs } from './desk-plan.ts';
import type { Draw } from './draw.ts';
import { bareMatter, type Ground } from './ground.ts';
import type { Matter, Seat } from './log-writer.ts';
import type { CaseFile, Member } from './member.ts';
import type { Take, TheftPlan } from './theft.ts';
import { isPresent, seatOn, shiftStartMs, teamOn } from './workforce.ts';

/** One account and what it is about to do. */
export interface Thief {
  readonly member: Member;
  readonly plan: TheftPlan;
  readonly startDay: number;
  readonly endDay: number;
  /** The customers that the buyer wants; empty: whoever comes up. */
  readonly wanted: readonly number[];
  /** Which of these pieces of a list is this account's. */
  readonly share: { readonly number: number; readonly of: number };
  readonly draw: Draw;
  /** Rows as the writer counts them. */
  readonly takes: Take[];
}

export const wantedBy = (ground: Ground, plan: TheftPlan): readonly number[] =>
  plan.richestShare === undefined ? [] : richest(ground.customers, plan.richestShare);

export const workingDays = (thief: Thief): number[] => {
  const days: number[] = [];
  for (let day = thief.startDay; day < thief.endDay; day += 1)
    if (isPresent(thief.member, day)) days.push(day);
  return days;
};

/** The next customer to steal: through the list piece by piece, or anybody. */
export const nextVictim = (ground: Ground, thief: Thief): number => {
  const { wanted, share, draw } = thief;
  if (wanted.length === 0) return 1 + draw.below(ground.customers.count);
  const own = Math.floor(wanted.length / share.of);
  return wanted[share.number + share.of * draw.below(Math.max(1, own))] ?? wanted[0] ?? 1;
};

/** When in the working day: between the work, in one go at its end, or as regular as a clock. Each has one habit. */
export const momentsOf = (ground: Ground, thief: Thief, on: { day: number; count: number }): number[] => {
  const { member, draw } = thief;
  const start = shiftStartMs(ground.plan, member, on.day);
  const span = member.shiftHours * hourMs;
  const habit = member.place % 4;
  return Array.from({ length: on.count }, (_, at) => {
    if (habit === 0) return start + span * (0.9 + 0.1 * draw.unit());
    if (habit === 1) return start + ((at + 0.5) / on.count) * span + draw.unit() * 20_000;
    return start + draw.unit() * span;
  });
};

/** Under which case, if any, a look that has none is made: each thief has an own mixture. */
export const coverOf = (thief: Thief, on: { customer: number; day: number }): Matter => {
  const { member, draw } = thief;
  const habit = Math.floor(member.place / 4) % 3;
  if (habit === 0 || draw.chance(0.3)) return bareMatter(on.customer);
  const files: readonly CaseFile[] =
    habit === 1 ? member.touchFiles.slice(-400) : teamOn(member, on.day).recent;
  const file = files.length > 0 ? draw.pick(files) : undefined;
  return file ? { ...file, customer: on.customer } : bareMatter(on.customer);
};

/** Opens a record and what is worth having of it, and notes it as taken. */
export const take = (
  ground: Ground,
  thief: Thief,
  look: { readonly seat: Seat; readonly matter: Matter; readonly atMs: number; readonly quiet?: boolean },
): void => {
  const { writer, plan } = ground;
  const { draw } = thief;
  const { seat, matter, atMs } = look;
  if (!look.quiet && draw.chance(0.4)) writer.access(seat, matter, { atMs: atMs - 5_000, action: 'lookup' });
  writer.access(seat, matter, { atMs, action: 'view', dwellMs: 6_000 + draw.exponential(9_000) });
  const wanted = plan.trade.wanted.filter(() => draw.chance(0.6));
  const fieldSet = writer.fieldSet(wanted.length > 0 ? wanted : plan.trade.wanted.slice(0, 2));
  const row = writer.access(seat, matter, { atMs: atMs + 3_000, action: 'reveal', fieldSet });
  thief.takes.push({ row, customer: matter.customer, atMs: atMs + 3_000, fieldSet });
};

/** So many of them in a day, give or take. */
export const around = (thief: Thief): number => Math.max(1, thief.draw.poisson(thief.plan.perDay));

export const thiefSeat = (ground: Ground, thief: Thief, day: number): Seat =>
  seatOn(ground.writer, thief.member, day);

/** Their own sittings within the theft: the row of the view and its case. */
export const ownSittings = (
  ground: Ground,
  thief: Thief,
): { row: number; file: CaseFile; atMs: number }[] => {
  const { member } = thief;
  const fromMs = ground.plan.startMs + thief.startDay * 24 * hourMs;
  const toMs = ground.plan.startMs + thief.endDay * 24 * hourMs;
  return member.touchRows.flatMap((row, at) => {
    const file = member.touchFiles[at];
    const atMs = ground.writer.atMs(row);
    return file && atMs >= fromMs && atMs < toMs ? [{ row, file, atMs }] : [];
  });
};

export const quarterHourMs = 15 * minuteMs;
