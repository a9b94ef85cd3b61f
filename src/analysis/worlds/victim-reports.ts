import { needyCustomer } from './customer-stock.ts';
import { dayMs, hourMs } from './desk-plan.ts';
import { closeCase, type Ground, openCase, sitWith, tellChange } from './ground.ts';
import type { Member } from './member.ts';
import type { Theft } from './theft.ts';
import { dayOf, isPresent, shiftStartMs, teamOn } from './workforce.ts';

/** A customer says an impostor contacted them. */
export interface VictimReport {
  readonly atMs: number;
  readonly contactedAtMs: number;
  /** A place in the names of customers. */
  readonly customer: number;
  readonly kind: 'impersonation' | 'phishing' | 'takeover' | 'other';
  /** Ground truth: behind this report stands a planted theft. */
  readonly stolen: boolean;
}

export interface ReportPlan {
  /** Share of stolen customers who report it. */
  readonly share: number;
  /** From the theft to the impostor's call, mean in days. */
  readonly resaleDays: number;
  /** Reports that have nothing to do with any theft here, a customer and 180 days. */
  readonly background: number;
  /** Share of reporters who come to the desk with it before the report is on file. */
  readonly tellDesk: number;
  /** Customers of someone else's list who are all called in these days: no theft here. */
  readonly foreignWave?: { readonly customers: number; readonly fromDay: number; readonly days: number };
}

const kindOf = (unit: number): VictimReport['kind'] =>
  unit < 0.6 ? 'impersonation' : unit < 0.8 ? 'phishing' : unit < 0.93 ? 'takeover' : 'other';

/** Writes what victims report, and the visits to the desk that some of them pay first. First reports only. */
export const writeReports = (ground: Ground, thefts: readonly Theft[], plan: ReportPlan): VictimReport[] => {
  const draw = ground.draw.fork('reports');
  const endMs = ground.plan.startMs + ground.plan.days * dayMs;
  const contacts = new Map<number, { atMs: number; stolen: boolean }>();
  const contact = (customer: number, atMs: number, stolen: boolean): void => {
    const known = contacts.get(customer);
    if (atMs < endMs && (!known || atMs < known.atMs)) contacts.set(customer, { atMs, stolen });
  };
  for (const { takes } of thefts)
    for (const { customer, atMs } of takes)
      if (draw.chance(plan.share))
        contact(
          customer,
          atMs +
            dayMs +
            (draw.exponential(plan.resaleDays / 2) + draw.exponential(plan.resaleDays / 2)) * dayMs,
          true,
        );
  const press = ground.plan.happenings.filter((happening) => happening.kind === 'press');
  const others = draw.poisson((plan.background * ground.customers.count * ground.plan.days) / 180);
  for (let count = 0; count < others; count += 1) {
    // Bad press brings up to a third of them within its days.
    const spike = press.length > 0 && draw.chance(0.33) ? draw.pick(press) : undefined;
    const day = spike ? spike.day + draw.unit() * spike.days : draw.unit() * ground.plan.days;
    contact(needyCustomer(ground.customers, draw), ground.plan.startMs + day * dayMs, false);
  }
  const wave = plan.foreignWave;
  for (let count = 0; wave && count < wave.customers; count += 1) {
    const atMs = ground.plan.startMs + (wave.fromDay + draw.unit() * wave.days) * dayMs;
    contact(1 + draw.below(ground.customers.count), atMs, false);
  }
  const reports = [...contacts].map(([customer, { atMs, stolen }]): VictimReport => {
    const told = draw.chance(plan.tellDesk);
    const reportedMs = atMs + (told ? draw.between(1, 3) * dayMs : draw.exponential(20 * hourMs));
    if (told) visitDesk(ground, customer, atMs + draw.between(1, 20) * hourMs);
    return {
      atMs: Math.min(reportedMs, endMs - 1),
      contactedAtMs: atMs,
      customer,
      kind: kindOf(draw.unit()),
      stolen,
    };
  });
  return reports.sort((a, b) => a.atMs - b.atMs);
};

/** The worried customer calls the desk first: an honest look right before the report. */
const visitDesk = (ground: Ground, customer: number, atMs: number): void => {
  const { plan, draw } = ground;
  const day = dayOf(plan, atMs);
  if (day >= plan.days) return;
  const member = someoneAtWork(ground, day);
  if (!member) return;
  const startMs = Math.max(atMs, shiftStartMs(plan, member, day));
  const { queueAt } = teamOn(member, day);
  const file = openCase(ground, {
    atMs: startMs,
    queueAt,
    about: plan.trade.worry,
    customer,
    channel: 'phone',
    initiatedBy: 'customer',
    holder: member,
  });
  tellChange(ground, file, { kind: 'assigned', atMs: startMs + 1_000, by: member });
  const dwellMs = draw.lognormal(300_000, 0.4);
  sitWith(ground, member, { file, sitting: { atMs: startMs + 20_000, dwellMs, depth: 0.6 } });
  closeCase(ground, file, startMs + 60_000 + dwellMs);
};

const someoneAtWork = ({ workforce, draw }: Ground, day: number): Member | undefined => {
  for (let tries = 0; tries < 30; tries += 1) {
    const member = draw.pick(workforce.members);
    if (member.post === 'agent' && isPresent(member, day)) return member;
  }
  return undefined;
};
