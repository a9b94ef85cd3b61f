import { type AccessChunk, type AccessColumnName, loggedActions } from '../../model/access-columns.ts';
import type { SampleRecord } from './sample-record.ts';

/** The columns of an access that the sample method reads. */
export type SampleChunk = Pick<
  AccessChunk,
  'rows' | 'atMs' | 'agent' | 'action' | 'customer' | 'queue' | 'team'
>;
export const sampleColumns = ['action', 'queue', 'team'] as const satisfies readonly AccessColumnName[];

const refused = loggedActions.indexOf('refused');
const lookup = loggedActions.indexOf('lookup');
const weekMs = 7 * 86_400_000;

/** One look at a customer of the sample. */
export interface SampleView {
  readonly atMs: number;
  readonly agent: number;
  readonly queue: number;
  readonly team: number;
}

/** Looks per week of one source: an agent, a queue, a team, or all. */
export class WeekCounts {
  #counts = new Float64Array(64);
  total = 0;

  add(week: number): void {
    if (week >= this.#counts.length) {
      const wider = new Float64Array(Math.max(week + 1, this.#counts.length * 2));
      wider.set(this.#counts);
      this.#counts = wider;
    }
    this.#counts[week] = (this.#counts[week] as number) + 1;
    this.total += 1;
  }

  /** Looks from one week to another, both included. */
  between(from: number, to: number): number {
    let sum = 0;
    for (let week = from; week <= Math.min(to, this.#counts.length - 1); week += 1)
      sum += this.#counts[week] as number;
    return sum;
  }
}

const countsOf = (map: Map<number, WeekCounts>, place: number): WeekCounts => {
  const known = map.get(place);
  if (known) return known;
  const made = new WeekCounts();
  map.set(place, made);
  return made;
};

/**
 * What the sample method keeps of a log: counts of all looks by week, and the single looks at customers of the
 * sample. Takes accesses in any order; one pass, memory independent of their number.
 */
export class SampleBook {
  readonly records: readonly SampleRecord[];
  readonly agents = new Map<number, WeekCounts>();
  readonly queues = new Map<number, WeekCounts>();
  readonly teams = new Map<number, WeekCounts>();
  readonly all = new WeekCounts();
  /** Looks at customers of the sample, by customer. */
  readonly looks = new Map<number, SampleView[]>();
  readonly #customers: Uint8Array;
  #seen = new Uint32Array(1024);
  customersSeen = 0;
  firstMs = Number.POSITIVE_INFINITY;
  lastMs = Number.NEGATIVE_INFINITY;
  #baseWeek = Number.NaN;

  constructor(records: readonly SampleRecord[]) {
    this.records = records;
    this.#customers = new Uint8Array(1 + Math.max(0, ...records.map(({ customer }) => customer)));
    for (const { customer } of records) this.#customers[customer] = 1;
  }

  /** Weeks are counted from 1,000 weeks before the first look: files may come in any order. */
  weekOf(atMs: number): number {
    return Math.max(0, Math.floor(atMs / weekMs) - this.#baseWeek);
  }
  weekStartMs(week: number): number {
    return (week + this.#baseWeek) * weekMs;
  }

  take({ rows, atMs, agent, action, customer, queue, team }: SampleChunk): void {
    for (let row = 0; row < rows; row += 1) {
      const code = action[row];
      const place = customer[row] as number;
      if (place === 0 || code === refused || code === lookup) continue;
      const at = atMs[row] as number;
      if (Number.isNaN(this.#baseWeek)) this.#baseWeek = Math.floor(at / weekMs) - 1000;
      const week = this.weekOf(at);
      this.firstMs = Math.min(this.firstMs, at);
      this.lastMs = Math.max(this.lastMs, at);
      this.all.add(week);
      countsOf(this.agents, agent[row] as number).add(week);
      countsOf(this.queues, queue[row] as number).add(week);
      countsOf(this.teams, team[row] as number).add(week);
      this.#note(place);
      if (this.#customers[place] === 1)
        this.#look(place, {
          atMs: at,
          agent: agent[row] as number,
          queue: queue[row] as number,
          team: team[row] as number,
        });
    }
  }

  #look(customer: number, view: SampleView): void {
    const known = this.looks.get(customer);
    if (known) known.push(view);
    else this.looks.set(customer, [view]);
  }

  #note(customer: number): void {
    const word = customer >>> 5;
    if (word >= this.#seen.length) {
      const wider = new Uint32Array(Math.max(word + 1, this.#seen.length * 2));
      wider.set(this.#seen);
      this.#seen = wider;
    }
    const bit = 1 << (customer & 31);
    if (((this.#seen[word] as number) & bit) !== 0) return;
    this.#seen[word] = (this.#seen[word] as number) | bit;
    this.customersSeen += 1;
  }
}
