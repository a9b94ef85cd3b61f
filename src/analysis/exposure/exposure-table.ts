import type { LogNames } from '../../model/access-columns.ts';
import type { Exposure } from './exposed-customer.ts';
import { type ExposureAsk, type ExposureChunk, ExposureCollector } from './exposure-collector.ts';
import { spanOf } from './exposure-scope.ts';

interface Part {
  readonly chunk: ExposureChunk;
  readonly fromMs: number;
  readonly toMs: number;
  /** Rows in order of their agents, and where each agent's begin. */
  readonly order: Uint32Array;
  readonly agents: Int32Array;
  readonly starts: Uint32Array;
}

const partOf = (chunk: ExposureChunk): Part => {
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  const counts = new Map<number, number>();
  for (let row = 0; row < chunk.rows; row += 1) {
    const at = chunk.atMs[row] as number;
    if (at < fromMs) fromMs = at;
    if (at > toMs) toMs = at;
    const agent = chunk.agent[row] as number;
    counts.set(agent, (counts.get(agent) ?? 0) + 1);
  }
  const agents = Int32Array.from(counts.keys()).sort();
  const starts = new Uint32Array(agents.length + 1);
  const next = new Map<number, number>();
  for (let at = 0; at < agents.length; at += 1) {
    const agent = agents[at] as number;
    next.set(agent, starts[at] as number);
    starts[at + 1] = (starts[at] as number) + (counts.get(agent) ?? 0);
  }
  const order = new Uint32Array(chunk.rows);
  for (let row = 0; row < chunk.rows; row += 1) {
    const agent = chunk.agent[row] as number;
    const place = next.get(agent) ?? 0;
    order[place] = row;
    next.set(agent, place + 1);
  }
  return { chunk, fromMs, toMs, order, agents, starts };
};

const placeOf = (agents: Int32Array, agent: number): number => {
  let low = 0;
  let high = agents.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = agents[middle] as number;
    if (found === agent) return middle;
    if (found < agent) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
};

/** Accesses kept in memory, with each account's rows at hand: about 30 bytes an access. */
export class ExposureTable {
  readonly #names: LogNames;
  readonly #columns: ReadonlySet<string>;
  readonly #parts: Part[] = [];

  constructor(names: LogNames, columns: ReadonlySet<string>) {
    this.#names = names;
    this.#columns = columns;
  }

  take({ rows, atMs, agent, action, customer, fieldSet, vendor }: ExposureChunk): void {
    this.#parts.push(partOf({ rows, atMs, agent, action, customer, fieldSet, vendor }));
  }

  /** Who is exposed. Asked of accounts, only their rows are touched; of a vendor, all rows of the time in question. */
  expose(ask: Omit<ExposureAsk, 'columns'>): Exposure {
    const collector = new ExposureCollector({ ...ask, columns: this.#columns }, this.#names);
    const spans = ask.scopes.map(spanOf);
    const fromMs = Math.min(...spans.map((span) => span.fromMs));
    const toMs = Math.max(...spans.map((span) => span.toMs));
    const asked = new Set(ask.scopes.flatMap(({ who }) => ('agent' in who ? [who.agent] : [])));
    const accounts = this.#names.agents.flatMap((name, place) => (asked.has(name) ? [place] : []));
    const isByVendor = ask.scopes.some(({ who }) => 'vendor' in who);
    for (const part of this.#parts) {
      if (part.toMs < fromMs || part.fromMs > toMs) continue;
      if (isByVendor) collector.take(part.chunk);
      else
        for (const account of accounts) {
          const at = placeOf(part.agents, account);
          if (at >= 0)
            collector.takeRows(part.chunk, part.order.subarray(part.starts[at], part.starts[at + 1]));
        }
    }
    return collector.result();
  }
}
