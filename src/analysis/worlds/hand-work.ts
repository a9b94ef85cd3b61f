import { anyCustomer } from './customer-stock.ts';
import type { Draw } from './draw.ts';
import { bareMatter, type Ground } from './ground.ts';
import type { Matter } from './log-writer.ts';
import type { CaseFile, Member } from './member.ts';
import { dayOf, seatOn, teamOn } from './workforce.ts';

interface HandWork {
  readonly weight: number;
  readonly dwellMs: number;
  readonly reveals: boolean;
  of(ground: Ground, member: Member, atMs: number): Matter | undefined;
}

/** One of these cases that existed at that time, if a few tries find one. */
export const begunBefore = (atMs: number, files: readonly CaseFile[], draw: Draw): CaseFile | undefined => {
  for (let tries = 0; tries < 5 && files.length > 0; tries += 1) {
    const file = draw.pick(files);
    if (file.openedAtMs < atMs) return file;
  }
  return undefined;
};

/** Honest looks that leave no trace in the help desk, and how often each happens beside the others. */
const handWorks: readonly HandWork[] = [
  {
    // A colleague asks across the desk; nobody records a helper.
    weight: 30,
    dwellMs: 50_000,
    reveals: true,
    of: ({ plan, draw }, member, atMs) => {
      const file = begunBefore(atMs, teamOn(member, dayOf(plan, atMs)).recent, draw);
      return file && draw.chance(0.5) ? { ...file, case: 0 } : file;
    },
  },
  {
    // Someone asks without a case: at the counter, on the internal line.
    weight: 30,
    dwellMs: 110_000,
    reveals: true,
    of: ({ draw, customers }) => bareMatter(anyCustomer(customers, draw)),
  },
  {
    // The wrong one of a list.
    weight: 15,
    dwellMs: 7_000,
    reveals: false,
    of: ({ draw, customers }) => bareMatter(anyCustomer(customers, draw)),
  },
  {
    // Someone else of the same household or company.
    weight: 12,
    dwellMs: 40_000,
    reveals: true,
    of: ({ draw, customers }, member) => {
      const last = member.touchFiles.at(-1);
      if (!last) return undefined;
      return { ...last, customer: 1 + ((last.customer + draw.below(4)) % customers.count) };
    },
  },
  {
    // How did that one end?
    weight: 13,
    dwellMs: 25_000,
    reveals: false,
    of: ({ draw }, member, atMs) => begunBefore(atMs, member.touchFiles.slice(-120), draw),
  },
];
const weights = handWorks.map(({ weight }) => weight);

/** One look for a reason that no record shows. */
export const workByHand = (ground: Ground, member: Member, atMs: number): void => {
  const { plan, draw, writer } = ground;
  const work = handWorks[draw.weighted(weights)];
  const matter = work?.of(ground, member, atMs);
  if (!work || !matter) return;
  const seat = seatOn(writer, member, dayOf(plan, atMs));
  const dwellMs = draw.lognormal(work.dwellMs, 0.6);
  if (matter.case === 0 && draw.chance(0.5))
    writer.access(seat, matter, { atMs: atMs - 8_000, action: 'lookup' });
  writer.access(seat, matter, { atMs, action: 'view', dwellMs });
  if (!work.reveals || !draw.chance(0.5)) return;
  const queue = plan.trade.queues[teamOn(member, dayOf(plan, atMs)).queueAt];
  const about = queue ? draw.pick(queue.topics) : undefined;
  const needs = (about?.needs ?? []).filter(() => draw.chance(member.thorough));
  if (needs.length > 0)
    writer.access(seat, matter, {
      atMs: atMs + 6_000 + draw.unit() * dwellMs * 0.5,
      action: 'reveal',
      fieldSet: writer.fieldSet(needs.slice(0, 3)),
    });
};
