import { anyCustomer, needyCustomer } from './customer-stock.ts';
import { dayMs, type Happening, hourMs, minuteMs } from './desk-plan.ts';
import { bareMatter, closeCase, type Ground, openCase, sitWith, tellChange } from './ground.ts';
import { begunBefore } from './hand-work.ts';
import type { CaseFile, Member } from './member.ts';
import { topicNamed } from './trade.ts';
import { isPresent, seatOn, shiftStartMs, teamOn } from './workforce.ts';

type DaysWork = (ground: Ground, member: Member, day: number) => void;

const momentOf = ({ plan, draw }: Ground, member: Member, day: number): number =>
  shiftStartMs(plan, member, day) + draw.unit() * member.shiftHours * hourMs;

const glance = (ground: Ground, member: Member, on: { file: CaseFile; atMs: number; day: number }): void => {
  const { writer, draw } = ground;
  writer.access(seatOn(writer, member, on.day), on.file, {
    atMs: on.atMs,
    action: 'view',
    dwellMs: draw.lognormal(45_000, 0.7),
  });
};

/** A lead looks into what their team works on. */
const lead: DaysWork = (ground, member, day) => {
  const { draw } = ground;
  const { recent } = teamOn(member, day);
  const looks = draw.poisson(15);
  for (let count = 0; count < looks; count += 1) {
    const atMs = momentOf(ground, member, day);
    const file = begunBefore(atMs, recent, draw);
    if (file) glance(ground, member, { file, atMs, day });
  }
};

/** A reviewer reads cases that were closed in the last days, anybody's. */
const quality: DaysWork = (ground, member, day) => {
  const { draw, writer } = ground;
  const looks = draw.poisson(28);
  for (let count = 0; count < looks; count += 1) {
    const closed = ground.closedOn[day - 1 - draw.below(5)] ?? [];
    if (closed.length === 0) continue;
    const file = draw.pick(closed);
    const atMs = momentOf(ground, member, day);
    glance(ground, member, { file: draw.chance(0.75) ? file : { ...file, case: 0 }, atMs, day });
    if (draw.chance(0.15))
      writer.access(seatOn(writer, member, day), file, {
        atMs: atMs + 10_000,
        action: 'reveal',
        fieldSet: writer.fieldSet([draw.pick(file.about.needs)]),
      });
  }
};

/** Whoever hunts fraud looks at many customers, half of them without any case, and at much of each. */
const fraud: DaysWork = (ground, member, day) => {
  const { draw, writer, customers, plan } = ground;
  const seat = seatOn(writer, member, day);
  const about = { name: 'fraud-alarm', weight: 1, needs: plan.trade.fields.slice(0, 7), minutes: 5 };
  const looks = draw.poisson(50);
  for (let count = 0; count < looks; count += 1) {
    const atMs = momentOf(ground, member, day);
    const customer = needyCustomer(customers, draw);
    const sitting = { atMs: atMs + 20_000, dwellMs: draw.lognormal(90_000, 0.6), depth: 0.7 };
    if (draw.chance(0.5)) {
      const ask = {
        atMs,
        queueAt: -1,
        about,
        customer,
        channel: 'web',
        initiatedBy: 'system',
        holder: member,
      } as const;
      const file = openCase(ground, ask);
      tellChange(ground, file, { kind: 'assigned', atMs: atMs + 5_000, by: member });
      sitWith(ground, member, { file, sitting });
      closeCase(ground, file, sitting.atMs + sitting.dwellMs + minuteMs);
      continue;
    }
    // Accounts linked to the one before: no case of their own.
    writer.access(seat, bareMatter(customer), { atMs, action: 'view', dwellMs: sitting.dwellMs });
    const needs = about.needs.filter(() => draw.chance(0.5));
    if (needs.length > 0)
      writer.access(seat, bareMatter(customer), {
        atMs: atMs + 9_000,
        action: 'reveal',
        fieldSet: writer.fieldSet(needs),
      });
  }
};

/** A program that reads, night after night, every customer whose case ended: into a report, or into another system. */
const service: DaysWork = (ground, member, day) => {
  const { draw, writer, plan } = ground;
  const seat = { ...seatOn(writer, member, day), device: 0 };
  const exports = member.place % 2 === 0;
  const startMs = plan.startMs + day * dayMs + 1.5 * hourMs;
  for (const [at, file] of (ground.closedOn[day - 1] ?? []).slice(0, 900).entries()) {
    const matter = exports ? bareMatter(file.customer) : file;
    const atMs = startMs + at * 1_500 + draw.below(300);
    writer.access(seat, matter, { atMs, action: exports ? 'export' : 'view', dwellMs: 0 });
  }
};

/** A newcomer's first two weeks: at the elbow of colleagues, in their cases. */
export const learn: DaysWork = (ground, member, day) => {
  if (member.joinsDay === 0 || day >= member.joinsDay + 12) return;
  const { draw } = ground;
  const looks = draw.poisson(12);
  for (let count = 0; count < looks; count += 1) {
    const atMs = momentOf(ground, member, day);
    const file = begunBefore(atMs, teamOn(member, day).recent, draw);
    if (file) glance(ground, member, { file, atMs, day });
  }
};

export const bystanderWork = { lead, quality, fraud, service } as const;

/** Everyone of the queue looks up whoever might be affected. */
const outage = (ground: Ground, { day, queue }: Extract<Happening, { kind: 'outage' }>): void => {
  const { draw, writer, customers, plan, workforce } = ground;
  const master = draw.chance(0.5) ? writer.names.cases.place(`outage-${day}`) : 0;
  for (const member of workforce.members) {
    if (member.post !== 'agent' || !isPresent(member, day)) continue;
    if (plan.trade.queues[teamOn(member, day).queueAt]?.name !== queue) continue;
    const looks = draw.poisson(draw.between(20, 70));
    for (let count = 0; count < looks; count += 1) {
      const matter = { ...bareMatter(anyCustomer(customers, draw)), case: master };
      const atMs = momentOf(ground, member, day);
      writer.access(seatOn(writer, member, day), matter, {
        atMs,
        action: draw.chance(0.4) ? 'lookup' : 'view',
        dwellMs: draw.lognormal(15_000, 0.5),
      });
    }
  }
};

/** A team works through a list that a system made: one short case a customer. */
const recall = (ground: Ground, happening: Extract<Happening, { kind: 'recall' }>): void => {
  const { draw, writer, customers, plan, workforce } = ground;
  const team = workforce.teams[happening.team % workforce.teams.length];
  const about = topicNamed(plan.trade, 'other') ?? plan.trade.worry;
  for (const member of team?.members ?? []) {
    for (let day = happening.day; day < happening.day + happening.days; day += 1) {
      if (member.post !== 'agent' || !isPresent(member, day) || teamOn(member, day) !== team) continue;
      const calls = draw.poisson(draw.between(50, 100));
      for (let count = 0; count < calls; count += 1) {
        const atMs = momentOf(ground, member, day);
        const customer = anyCustomer(customers, draw);
        const queueAt = team.queueAt;
        const ask = {
          atMs,
          queueAt,
          about,
          customer,
          channel: 'phone',
          initiatedBy: 'system',
          holder: member,
        } as const;
        const file = openCase(ground, ask);
        tellChange(ground, file, { kind: 'assigned', atMs: atMs + 1_000, by: member });
        sitWith(ground, member, { file, sitting: { atMs: atMs + 5_000, dwellMs: 50_000, depth: 0.2 } });
        writer.access(seatOn(writer, member, day), file, { atMs: atMs + 12_000, action: 'contact' });
        closeCase(ground, file, atMs + 80_000);
      }
    }
  }
};

/** Something that a dozen people have to look into, though one holds it. */
const sharedCase = (ground: Ground, { day }: { day: number }): void => {
  const { draw, workforce } = ground;
  const here = workforce.members.filter((member) => member.post === 'agent' && isPresent(member, day));
  const [first] = here;
  const files = (first && teamOn(first, day).recent) ?? [];
  const file = files.at(-1);
  if (!file) return;
  for (const member of draw.several(here, 14)) {
    const looks = 1 + draw.below(3);
    for (let count = 0; count < looks; count += 1)
      glance(ground, member, { file, atMs: momentOf(ground, member, day), day });
  }
};

/** What happens to the desk on that day besides its everyday work. */
export const happenOn = (ground: Ground, day: number): void => {
  for (const happening of ground.plan.happenings) {
    if (happening.day !== day) continue;
    if (happening.kind === 'outage') outage(ground, happening);
    if (happening.kind === 'recall') recall(ground, happening);
    if (happening.kind === 'shared-case') sharedCase(ground, happening);
  }
};
