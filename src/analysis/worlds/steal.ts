import { dayMs, hourMs } from './desk-plan.ts';
import { bareMatter, closeCase, type Ground, openCase, tellChange } from './ground.ts';
import type { Member } from './member.ts';
import type { TheftKind } from './theft.ts';
import {
  around,
  coverOf,
  momentsOf,
  nextVictim,
  ownSittings,
  quarterHourMs,
  type Thief,
  take,
  thiefSeat,
  workingDays,
} from './thief-hands.ts';
import { isPresent, seatOn, shiftStartMs, teamOn } from './workforce.ts';

type Steal = (ground: Ground, thief: Thief) => void;

/** Customers that are no business of theirs, during the work. */
const extraLooks: Steal = (ground, thief) => {
  for (const day of workingDays(thief))
    for (const atMs of momentsOf(ground, thief, { day, count: around(thief) })) {
      const matter = coverOf(thief, { customer: nextVictim(ground, thief), day });
      take(ground, thief, { seat: thiefSeat(ground, thief, day), matter, atMs });
    }
};

const offHours: Steal = (ground, thief) => {
  const { member, draw } = thief;
  for (let day = thief.startDay; day < thief.endDay; day += 1) {
    const free = !isPresent(member, day);
    if (free && draw.chance(0.6)) continue;
    const start = shiftStartMs(ground.plan, member, day);
    const fromMs = free ? start + 2 * hourMs : start + member.shiftHours * hourMs + hourMs;
    const count = around(thief);
    for (let at = 0; at < count; at += 1) {
      const atMs = fromMs + draw.unit() * 2 * hourMs;
      const matter = coverOf(thief, { customer: nextVictim(ground, thief), day });
      take(ground, thief, { seat: thiefSeat(ground, thief, day), matter, atMs });
    }
  }
};

/** What they had worked on, when it is long over. */
const afterClosing: Steal = (ground, thief) => {
  const { member, draw } = thief;
  for (const day of workingDays(thief))
    for (const atMs of momentsOf(ground, thief, { day, count: around(thief) })) {
      for (let tries = 0; tries < 8; tries += 1) {
        const file = member.touchFiles[draw.below(Math.max(1, member.touchFiles.length))];
        if (!file || file.closedAtMs > atMs - 2 * dayMs) continue;
        const matter = draw.chance(0.7) ? file : { ...file, case: 0 };
        take(ground, thief, { seat: thiefSeat(ground, thief, day), matter, atMs, quiet: true });
        break;
      }
    }
};

/** Before they go: partly their own old customers, partly whoever is worth it. */
const leaver: Steal = (ground, thief) => {
  const half: Thief = { ...thief, plan: { ...thief.plan, perDay: thief.plan.perDay / 2 } };
  afterClosing(ground, half);
  extraLooks(ground, half);
};

/** Hundreds of records within minutes, now and then. */
const exportRecords = (ground: Ground, thief: Thief, days: readonly number[]): void => {
  const { draw } = thief;
  const { writer, plan } = ground;
  for (const day of days) {
    const seat = thiefSeat(ground, thief, day);
    const fromMs = shiftStartMs(plan, thief.member, day) + draw.unit() * 7 * hourMs;
    const fieldSet = writer.fieldSet(plan.trade.wanted);
    const count = around(thief);
    for (let at = 0; at < count; at += 1) {
      const customer = nextVictim(ground, thief);
      const atMs = fromMs + at * 120 + draw.below(80);
      const row = writer.access(seat, bareMatter(customer), { atMs, action: 'export', fieldSet });
      thief.takes.push({ row, customer, atMs, fieldSet });
    }
  }
};

const exporting: Steal = (ground, thief) =>
  exportRecords(
    ground,
    thief,
    workingDays(thief).filter((_, at) => at % 4 === 0),
  );

const afterLeaving: Steal = (ground, thief) =>
  exportRecords(
    ground,
    thief,
    Array.from({ length: thief.endDay - thief.startDay }, (_, at) => thief.startDay + at),
  );

/** `share` of their own sittings, with every field that a buyer would pay for. */
const overReveal =
  (share: (perDay: number) => number, fieldsMax: number): Steal =>
  (ground, thief) => {
    const { draw } = thief;
    const { writer, plan } = ground;
    for (const { file, atMs } of ownSittings(ground, thief)) {
      if (!draw.chance(share(thief.plan.perDay))) continue;
      const more = draw.several(
        plan.trade.wanted.filter((field) => !file.about.needs.includes(field)),
        fieldsMax,
      );
      if (more.length === 0) continue;
      const day = Math.floor((atMs - plan.startMs) / dayMs);
      const fieldSet = writer.fieldSet(more);
      const revealedMs = atMs + 8_000 + draw.unit() * 40_000;
      const row = writer.access(thiefSeat(ground, thief, day), file, {
        atMs: revealedMs,
        action: 'reveal',
        fieldSet,
      });
      thief.takes.push({ row, customer: file.customer, atMs: revealedMs, fieldSet });
    }
  };

/** No new access at all: the camera over the work. */
const ownCasesOnly: Steal = (ground, thief) => {
  for (const { row, file, atMs } of ownSittings(ground, thief))
    if (thief.draw.chance(thief.plan.perDay / 100))
      thief.takes.push({
        row,
        customer: file.customer,
        atMs,
        fieldSet: ground.writer.fieldSet(file.about.needs),
      });
};

/** Their own open cases once more, slowly, with no answer to the customer. */
const lingering: Steal = (ground, thief) => {
  const { draw, member } = thief;
  for (const { row, file, atMs } of ownSittings(ground, thief)) {
    if (!draw.chance(thief.plan.perDay / 100)) continue;
    ground.writer.extend(row, 60_000 + draw.exponential(120_000));
    const againMs = atMs + draw.exponential(quarterHourMs);
    if (againMs > file.closedAtMs) continue;
    const day = Math.floor((atMs - ground.plan.startMs) / dayMs);
    const seat = seatOn(ground.writer, member, day);
    take(ground, thief, { seat, matter: file, atMs: againMs, quiet: true });
  }
};

/** A case of one's own making for each customer: opened, looked at, closed. */
const selfMadeCases: Steal = (ground, thief) => {
  const { member, draw } = thief;
  for (const day of workingDays(thief))
    for (const atMs of momentsOf(ground, thief, { day, count: around(thief) })) {
      const { queueAt } = teamOn(member, day);
      const about = draw.pick(ground.plan.trade.queues[queueAt]?.topics ?? [ground.plan.trade.worry]);
      const file = openCase(ground, {
        atMs,
        queueAt,
        about,
        customer: nextVictim(ground, thief),
        channel: 'phone',
        initiatedBy: 'agent',
        holder: member,
      });
      tellChange(ground, file, { kind: 'assigned', atMs: atMs + 2_000, by: member });
      take(ground, thief, {
        seat: thiefSeat(ground, thief, day),
        matter: file,
        atMs: atMs + 15_000,
        quiet: true,
      });
      closeCase(ground, file, atMs + 90_000 + draw.unit() * 120_000);
    }
};

/** Somebody else's name, one's own machine. The accounts change; what was stolen is booked on the account. */
const borrowedLogin: Steal = (ground, thief) => {
  const device = ground.writer.names.devices.place(`pc-borrower-${thief.plan.startDay}`);
  for (const day of workingDays(thief))
    for (const atMs of momentsOf(ground, thief, { day, count: around(thief) })) {
      const seat = { ...thiefSeat(ground, thief, day), device };
      take(ground, thief, { seat, matter: bareMatter(nextVictim(ground, thief)), atMs });
    }
};

/** One afternoon in a session that somebody was talked out of. */
const takenSession: Steal = (ground, thief) => {
  const { draw } = thief;
  const [day] = workingDays(thief);
  if (day === undefined) return;
  const { names } = ground.writer;
  const seat = {
    ...thiefSeat(ground, thief, day),
    session: names.sessions.place(`taken-${thief.member.place}`),
    device: names.devices.place(`elsewhere-${thief.member.place}`),
  };
  const fromMs = shiftStartMs(ground.plan, thief.member, day) + draw.unit() * 6 * hourMs;
  for (let atMs = fromMs, count = around(thief); count > 0; count -= 1) {
    take(ground, thief, { seat, matter: bareMatter(nextVictim(ground, thief)), atMs });
    atMs += 7_000 + draw.exponential(10_000);
  }
};

export const stealBy: Readonly<Record<TheftKind, Steal>> = {
  'extra-looks': extraLooks,
  'few-looks': extraLooks,
  ring: extraLooks,
  'rich-picks': extraLooks,
  'after-closing': afterClosing,
  leaver,
  'after-leaving': afterLeaving,
  export: exporting,
  'over-reveal': overReveal((perDay) => perDay / 100, 4),
  'mild-reveal': overReveal((perDay) => perDay / 100, 1),
  'self-made-cases': selfMadeCases,
  'off-hours': offHours,
  lingering,
  'borrowed-login': borrowedLogin,
  'taken-session': takenSession,
  'own-cases-only': ownCasesOnly,
};

/** Whether an account could do this at all. */
export const couldSteal = (
  member: Member,
  kind: TheftKind,
  on: { startDay: number; days: number },
): boolean => {
  if (member.post !== 'agent') return false;
  const length = member.present.length;
  if (kind === 'after-leaving') return member.leavesDay <= on.startDay;
  const left = member.leavesDay < length;
  if (kind === 'leaver') return left && member.leavesDay - member.joinsDay > 20;
  const worked = member.present
    .subarray(on.startDay, on.startDay + on.days)
    .reduce((sum, one) => sum + one, 0);
  return member.joinsDay < Math.max(1, on.startDay - 10) && worked >= Math.min(on.days, 7) * 0.5;
};
