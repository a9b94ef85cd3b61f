import type { SampleChunk } from '../../src/analysis/sample/sample-book.ts';
import type { SampleRecord } from '../../src/analysis/sample/sample-record.ts';

/** A desk whose agents see customers, and what some of them copy. All by the seed. */
export interface SampleWorldPlan {
  readonly seed: number;
  readonly agents: number;
  readonly queues: number;
  readonly customers: number;
  readonly days: number;
  readonly viewsPerDay: number;
  readonly thieves: number;
  /** Records of the sample. */
  readonly records: number;
  /** Days before and after within which a leaked value was current; undefined: no dates. */
  readonly datedDays?: number;
  /** Share of records that come from elsewhere. */
  readonly elsewhere?: number;
  /** What else is odd about this world. */
  readonly trait?: 'sticky-books' | 'popular-agents' | 'queue-leak' | 'twins' | 'sub-segment';
}

export interface SampleWorld {
  readonly chunk: SampleChunk;
  readonly records: readonly SampleRecord[];
  readonly thieves: readonly number[];
  readonly agentNames: readonly string[];
}

const dayMs = 86_400_000;
const startMs = Date.UTC(2026, 0, 1);
const copiedShare = 0.3;
/** Customers of the sub-segment; a leak elsewhere takes many of them when nobody steals. */
const segmentSize = 500;

/** Mulberry32: small, and good enough for worlds. */
const drawing = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

interface Columns {
  readonly atMs: number[];
  readonly agent: number[];
  readonly customer: number[];
  readonly queue: number[];
}

const work = (plan: SampleWorldPlan, draw: () => number): Columns => {
  const columns: Columns = { atMs: [], agent: [], customer: [], queue: [] };
  // Each customer writes to two queues mostly; some customers write often.
  const eager = Float64Array.from({ length: plan.customers }, () => (draw() < 0.1 ? 4 : 1));
  const order = [...eager.keys()].flatMap((customer) => Array<number>(eager[customer] ?? 1).fill(customer));
  const byQueue = Array.from({ length: plan.queues }, () => [] as number[]);
  // Nothing in the log tells that these customers go to three specialists.
  const special = plan.trait === 'sub-segment' ? segmentSize : 0;
  for (const customer of order)
    if (customer >= special) byQueue[Math.floor(draw() ** 1.5 * plan.queues)]?.push(customer + 1);
  for (let agent = 1; agent <= plan.agents; agent += 1) {
    const isSpecialist = special > 0 && agent <= 3;
    const queue = isSpecialist ? 1 : (agent % plan.queues) + 1;
    const rate = plan.viewsPerDay * (plan.trait === 'popular-agents' && agent % 50 === 0 ? 8 : 0.5 + draw());
    const book = Array.from({ length: 150 }, () => pick(byQueue[queue - 1] ?? [], draw));
    for (let day = 0; day < plan.days; day += 1) {
      if (draw() < 0.3) continue;
      const views = Math.round(rate * (0.7 + 0.6 * draw()));
      for (let view = 0; view < views; view += 1) {
        const own = isSpecialist || draw() < 0.9 ? queue : 1 + Math.floor(draw() * plan.queues);
        const isSticky = plan.trait === 'sticky-books' && draw() < 0.8;
        columns.atMs.push(startMs + (day + draw()) * dayMs);
        columns.agent.push(agent);
        columns.customer.push(
          isSpecialist
            ? 1 + Math.floor(draw() * special)
            : isSticky
              ? pick(book, draw)
              : pick(byQueue[own - 1] ?? [], draw),
        );
        columns.queue.push(own);
        // A twin sits beside agent 1 and opens whatever agent 1 opens.
        if (plan.trait === 'twins' && agent === 1) {
          for (const column of Object.values(columns)) column.push(column.at(-1) ?? 0);
          columns.agent[columns.agent.length - 1] = plan.agents + 1;
        }
      }
    }
  }
  return columns;
};

const pick = <T>(list: readonly T[], draw: () => number): T => list[Math.floor(draw() * list.length)] as T;

/** What was copied: places of views. */
const copied = (plan: SampleWorldPlan, columns: Columns, draw: () => number) => {
  const thieves = plan.trait === 'twins' ? [1] : [];
  while (thieves.length < plan.thieves) {
    const agent = 1 + Math.floor(draw() * plan.agents);
    if (!thieves.includes(agent)) thieves.push(agent);
  }
  const stolen: number[] = [];
  for (const agent of thieves) {
    const length = Math.min(plan.days, 30 + Math.floor(draw() * 60));
    const from = startMs + Math.floor(draw() * (plan.days - length)) * dayMs;
    for (const [view, seenBy] of columns.agent.entries()) {
      const at = columns.atMs[view] ?? 0;
      if (seenBy === agent && at >= from && at < from + length * dayMs && draw() < copiedShare)
        stolen.push(view);
    }
  }
  if (plan.trait === 'queue-leak')
    for (const [view, queue] of columns.queue.entries()) if (queue === 2 && draw() < 0.05) stolen.push(view);
  return { thieves, stolen };
};

export const sampleWorld = (plan: SampleWorldPlan): SampleWorld => {
  const draw = drawing(plan.seed);
  const columns = work(plan, draw);
  const { thieves, stolen } = copied(plan, columns, draw);
  const records: SampleRecord[] = [];
  const taken = new Set<number>();
  const around = plan.datedDays;
  while (records.length < plan.records) {
    const isSegment = plan.trait === 'sub-segment' && plan.thieves === 0 && draw() < 0.8;
    const isElsewhere = stolen.length === 0 || draw() < (plan.elsewhere ?? 0.2);
    const view = pick(stolen, draw);
    const customer = isSegment
      ? 1 + Math.floor(draw() * segmentSize)
      : isElsewhere
        ? 1 + Math.floor(draw() * plan.customers)
        : (columns.customer[view] ?? 0);
    const at = isElsewhere ? startMs + draw() * plan.days * dayMs : (columns.atMs[view] ?? 0);
    if (taken.has(customer)) continue;
    taken.add(customer);
    const from = around === undefined ? Number.NaN : at - draw() * 2 * around * dayMs;
    records.push({
      customer,
      asOfFromMs: from,
      asOfToMs: around === undefined ? Number.NaN : from + 2 * around * dayMs,
    });
  }
  const rows = columns.atMs.length;
  return {
    chunk: {
      rows,
      atMs: Float64Array.from(columns.atMs),
      agent: Int32Array.from(columns.agent),
      action: new Uint8Array(rows).fill(2),
      customer: Int32Array.from(columns.customer),
      queue: Int32Array.from(columns.queue),
      team: new Int32Array(rows),
    },
    records,
    thieves,
    agentNames: Array.from({ length: plan.agents + 2 }, (_, agent) => (agent === 0 ? '' : `agent ${agent}`)),
  };
};
