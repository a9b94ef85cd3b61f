import { isUtf8 } from 'node:buffer';
import { ByteDictionary } from './byte-dictionary.ts';
import { type CellPlan, skipWord, type ToldNames } from './parse-plan.ts';
import type { RowBatch } from './row-batch.ts';
import { noTime, noZone, type ReadTime, timeReader } from './time-text.ts';

const utf8 = new TextDecoder();

/** Where the cells of a batch go, and who is told of a row that cannot be used. */
export interface CellTarget {
  /** The first row's place in the column. */
  readonly at: number;
  setAside(row: number, problem: string): void;
}

/** Larger lists begin anew with the next block, so that a thread's memory stays small. */
const listSizeMax = 1 << 20;

const known = 0;
const unknown = 1;
const notUtf8 = 2;

/** Cells that are places in a list of texts; -1 is not known. */
export class IdCells {
  readonly #plan: CellPlan;
  readonly #seed: number;
  readonly #nothings: ReadonlySet<string>;
  #list: ByteDictionary;
  #flags: Uint8Array = new Uint8Array(256);
  #sent = 0;
  /** Which of its lists this is. */
  generation = 0;

  constructor(plan: CellPlan, seed: number) {
    this.#plan = plan;
    this.#seed = seed;
    this.#list = new ByteDictionary(seed);
    const toNothing = plan.values.filter(([, ours]) => ours === '').map(([theirs]) => theirs);
    this.#nothings = new Set([...plan.unknown, ...toNothing]);
  }

  begin(): void {
    if (this.#list.size <= listSizeMax) return;
    this.#list = new ByteDictionary(this.#seed);
    this.#sent = 0;
    this.generation += 1;
  }

  encode(batch: RowBatch, column: Int32Array, target: CellTarget): void {
    const { source, starts, ends, problems, sources } = batch;
    const { name, filled } = this.#plan;
    const list = this.#list;
    let latest = -1;
    let flags = this.#flags;
    for (let row = 0, at = this.#plan.source; row < batch.rows; row += 1, at += sources) {
      if (problems[row] !== 0) continue;
      const from = starts[at] as number;
      const to = ends[at] as number;
      let place = -1;
      if (from !== to) {
        const size = list.size;
        place = list.place(source, from, to);
        if (place === size) flags = this.#judge(place);
        latest = flags[place] as number;
        if (latest === notUtf8) {
          target.setAside(row, `${name} is not UTF-8: save the file as UTF-8`);
          continue;
        }
        if (latest === unknown) place = -1;
      }
      if (place < 0 && filled) target.setAside(row, `${name} is empty`);
      column[target.at + row] = place;
    }
  }

  takeNames(): ToldNames {
    const names = this.#sent === this.#list.size ? undefined : this.#list.packedFrom(this.#sent);
    this.#sent = this.#list.size;
    return { generation: this.generation, names };
  }

  #judge(place: number): Uint8Array {
    if (place >= this.#flags.length) {
      const wider = new Uint8Array(this.#flags.length * 2);
      wider.set(this.#flags);
      this.#flags = wider;
    }
    const list = this.#list;
    let flag = known;
    if (!list.isAscii(place) && !isUtf8(list.bytesOf(place))) flag = notUtf8;
    else if (this.#nothings.size > 0 && this.#nothings.has(utf8.decode(list.bytesOf(place)))) flag = unknown;
    this.#flags[place] = flag;
    return this.#flags;
  }
}

const skipped = -2;
const unlisted = -1;
const wordsListedMax = 1000;
/** A column of free text that was taken for words must not fill the memory. */
const wordsMax = 100_000;

/** Cells that are one of a few words; 0 is not known. */
export class WordCells {
  readonly #plan: CellPlan;
  readonly #list: ByteDictionary;
  readonly #codes: number[] = [];
  #counts = new Map<number, number>();

  constructor(plan: CellPlan, seed: number) {
    this.#plan = plan;
    this.#list = new ByteDictionary(seed);
  }

  encode(batch: RowBatch, column: Uint8Array, target: CellTarget): void {
    const { source, starts, ends, problems, sources } = batch;
    for (let row = 0, at = this.#plan.source; row < batch.rows; row += 1, at += sources) {
      if (problems[row] !== 0) continue;
      const from = starts[at] as number;
      const to = ends[at] as number;
      let code = 0;
      if (from !== to && this.#list.size <= wordsMax) {
        const place = this.#list.place(source, from, to);
        if (place === this.#codes.length)
          this.#codes.push(this.#codeOf(utf8.decode(this.#list.bytesOf(place))));
        code = this.#codes[place] as number;
        if (code === skipped) {
          target.setAside(row, `skipped, as the map says for ${this.#plan.name}`);
          continue;
        }
        if (code === unlisted) {
          this.#counts.set(place, (this.#counts.get(place) ?? 0) + 1);
          code = 0;
        }
      }
      column[target.at + row] = code;
    }
  }

  /** Words that are none of ours, since this was asked last: cell, word, rows. */
  takeUnknown(cell: number): (readonly [number, string, number])[] {
    const told = [...this.#counts]
      .slice(0, wordsListedMax)
      .map(([place, rows]) => [cell, utf8.decode(this.#list.bytesOf(place)).slice(0, 40), rows] as const);
    this.#counts = new Map();
    return told;
  }

  #codeOf(text: string): number {
    const { values, unknown: nothings, words = [] } = this.#plan;
    const mapped = values.find(([theirs]) => theirs === text) ?? values.find(([theirs]) => theirs === '*');
    const word = mapped ? mapped[1] : text;
    if (word === skipWord && mapped) return skipped;
    if (word === '' || nothings.includes(text)) return 0;
    const place = words.indexOf(word.toLowerCase());
    return place > 0 ? place : unlisted;
  }
}

const earliestMs = Date.UTC(1990, 0, 1);
const latestMs = Date.UTC(2101, 0, 1);

const timeProblem = (name: string, ms: number): string => {
  if (ms === noZone)
    return `${name} has no time zone: write an offset such as Z or +02:00, or name the zone in the map`;
  if (ms === noTime)
    return `${name} is not a time: write it as 2026-01-31T09:00:00Z, or name its format in the map`;
  return `${name} is not between 1990 and 2100`;
};

/** Cells that are times, in milliseconds; NaN is not known. */
export class TimeCells {
  readonly #plan: CellPlan;
  readonly #read: ReadTime;

  constructor(plan: CellPlan) {
    const read = plan.time && timeReader(plan.time, plan.day);
    if (!read) throw new RangeError('a plan names a format of times that was not checked');
    this.#plan = plan;
    this.#read = read;
  }

  encode(batch: RowBatch, column: Float64Array, target: CellTarget): void {
    const { source, starts, ends, problems, sources } = batch;
    const { name, filled, unknown: nothings } = this.#plan;
    for (let row = 0, at = this.#plan.source; row < batch.rows; row += 1, at += sources) {
      if (problems[row] !== 0) continue;
      const from = starts[at] as number;
      const to = ends[at] as number;
      const isEmpty =
        from === to ||
        (nothings.length > 0 &&
          to - from < 10 &&
          nothings.includes(utf8.decode(source.bytes.subarray(from, to))));
      if (isEmpty) {
        if (filled) target.setAside(row, `${name} is empty`);
        column[target.at + row] = Number.NaN;
        continue;
      }
      const ms = this.#read(source, from, to);
      if (ms >= earliestMs && ms < latestMs) column[target.at + row] = ms;
      else target.setAside(row, timeProblem(name, ms));
    }
  }
}

/** Cells that are whole numbers; -1 is not known. A fraction is cut off. */
export const encodeCounts = (
  plan: CellPlan,
  batch: RowBatch,
  column: Int32Array,
  target: CellTarget,
): void => {
  const { source, starts, ends, sources } = batch;
  const { bytes } = source;
  for (let row = 0, at = plan.source; row < batch.rows; row += 1, at += sources) {
    const to = ends[at] as number;
    let from = starts[at] as number;
    let value = from === to || to - from > 15 ? -1 : 0;
    for (; value >= 0 && from < to; from += 1) {
      const digit = (bytes[from] as number) - 48;
      if (digit >= 0 && digit <= 9) value = value * 10 + digit;
      else if (digit === -2 && from > (starts[at] as number)) break;
      else value = -1;
    }
    column[target.at + row] = value < 0 ? -1 : Math.min(2 ** 31 - 1, Math.round(value * plan.factor));
  }
};
