import { isUtf8 } from 'node:buffer';
import { ByteDictionary, type PackedNames } from './byte-dictionary.ts';
import { type CellPlan, type EncodedBlock, examplesMax, type ParsePlan, skipWord } from './parse-plan.ts';
import { noTime, noZone, type ReadTime, timeReader } from './time-text.ts';

/** Larger lists begin anew with the next block, so that a thread's memory stays small. */
const listSizeMax = 1 << 20;
const wordsListedMax = 1000;
const utf8 = new TextDecoder();

const earliestMs = Date.UTC(1990, 0, 1);
const latestMs = Date.UTC(2101, 0, 1);
export const notKnownTime = Number.NaN;

const known = 0;
const unknown = 1;
const notUtf8 = 2;

/** A cell that is a place in a list of texts. */
class IdCell {
  readonly plan: CellPlan;
  readonly #seed: number;
  readonly #nothings: ReadonlySet<string>;
  #list: ByteDictionary;
  #flags = new Uint8Array(256);
  #sent = 0;

  constructor(plan: CellPlan, seed: number) {
    this.plan = plan;
    this.#seed = seed;
    this.#list = new ByteDictionary(seed);
    const toNothing = plan.values.filter(([, ours]) => ours === '').map(([theirs]) => theirs);
    this.#nothings = new Set([...plan.unknown, ...toNothing]);
  }

  begin(): void {
    if (this.#list.size <= listSizeMax) return;
    this.#list = new ByteDictionary(this.#seed);
    this.#sent = 0;
  }

  /** A place; -1: not known; -2: no UTF-8. */
  read(source: Uint8Array, from: number, to: number): number {
    if (from === to) return -1;
    const size = this.#list.size;
    const place = this.#list.place(source, from, to);
    if (place === size) this.#judge(place);
    const flag = this.#flags[place] as number;
    return flag === known ? place : flag === unknown ? -1 : -2;
  }

  takeNames(): PackedNames | undefined {
    if (this.#sent === this.#list.size) return undefined;
    const names = this.#list.packedFrom(this.#sent);
    this.#sent = this.#list.size;
    return names;
  }

  #judge(place: number): void {
    if (place >= this.#flags.length) {
      const wider = new Uint8Array(this.#flags.length * 2);
      wider.set(this.#flags);
      this.#flags = wider;
    }
    const bytes = this.#list.bytesOf(place);
    let flag = known;
    if (!isUtf8(bytes)) flag = notUtf8;
    else if (this.#nothings.size > 0 && this.#nothings.has(utf8.decode(bytes))) flag = unknown;
    this.#flags[place] = flag;
  }
}

const skipped = -2;
const unlisted = -1;

/** A cell that is one of a few words. */
class WordCell {
  readonly plan: CellPlan;
  readonly #list: ByteDictionary;
  #codes: number[] = [];
  #counts = new Map<number, number>();

  constructor(plan: CellPlan, seed: number) {
    this.plan = plan;
    this.#list = new ByteDictionary(seed);
  }

  /** Its place in the list of words, 0 when nobody knows it, or `skipped`. */
  read(source: Uint8Array, from: number, to: number): number {
    if (from === to) return 0;
    // A column of free text that was taken for words must not fill the memory.
    if (this.#list.size > 100_000) return 0;
    const size = this.#list.size;
    const place = this.#list.place(source, from, to);
    if (place === size) this.#codes.push(this.#codeOf(utf8.decode(this.#list.bytesOf(place))));
    const code = this.#codes[place] as number;
    if (code !== unlisted) return code;
    this.#counts.set(place, (this.#counts.get(place) ?? 0) + 1);
    return 0;
  }

  takeUnknown(cell: number): (readonly [number, string, number])[] {
    const told = [...this.#counts]
      .slice(0, wordsListedMax)
      .map(([place, rows]) => [cell, utf8.decode(this.#list.bytesOf(place)).slice(0, 40), rows] as const);
    this.#counts = new Map();
    return told;
  }

  #codeOf(text: string): number {
    const { values, unknown: nothings, words = [] } = this.plan;
    const mapped = values.find(([theirs]) => theirs === text) ?? values.find(([theirs]) => theirs === '*');
    const word = mapped ? mapped[1] : text;
    if (word === skipWord && mapped) return skipped;
    if (word === '' || nothings.includes(text)) return 0;
    const place = words.indexOf(word.toLowerCase());
    return place > 0 ? place : unlisted;
  }
}

const readCount = (source: Uint8Array, from: number, to: number): number => {
  if (from === to || to - from > 15) return -1;
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = (source[at] as number) - 48;
    if (digit < 0 || digit > 9) return digit === -2 && at > from ? value : -1;
    value = value * 10 + digit;
  }
  return value;
};

interface TimeCell {
  readonly plan: CellPlan;
  readonly read: ReadTime;
}

const timeProblem = (name: string, ms: number): string => {
  if (ms === noZone)
    return `${name} has no time zone: write an offset such as Z or +02:00, or name the zone in the map`;
  if (ms === noTime)
    return `${name} is not a time: write it as 2026-01-31T09:00:00Z, or name its format in the map`;
  return `${name} is not between 1990 and 2100`;
};

const startRows = 1 << 14;

/** Turns rows, given as places in bytes, into columns. One for each thread that reads a file. */
export class RowEncoder {
  readonly #plan: ParsePlan;
  readonly #times: (TimeCell | undefined)[];
  readonly #words: (WordCell | undefined)[];
  readonly #ids: (IdCell | undefined)[];
  readonly #order: readonly number[];
  #columns: (Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>)[] = [];
  #capacity = startRows;
  #rows = 0;
  #read = 0;
  #numbered = 0;
  #problems = new Map<string, number>();
  #places: string[] = [];
  #examples: [number, number][] = [];

  constructor(plan: ParsePlan) {
    this.#plan = plan;
    this.#times = plan.cells.map((cell) => {
      const read = cell.time && timeReader(cell.time, cell.day);
      return cell.kind === 'time' && read ? { plan: cell, read } : undefined;
    });
    this.#words = plan.cells.map((cell) =>
      cell.kind === 'word' ? new WordCell(cell, plan.seed) : undefined,
    );
    this.#ids = plan.cells.map((cell) =>
      cell.kind === 'id' || cell.kind === 'fields' ? new IdCell(cell, plan.seed) : undefined,
    );
    // What may set a row aside comes first: a broken row adds nothing to the lists.
    const rank = { time: 0, word: 1, id: 2, fields: 3, count: 4 };
    this.#order = plan.cells
      .map((_, at) => at)
      .toSorted((a, b) => this.#rankOf(a, rank) - this.#rankOf(b, rank));
    this.#allocate();
  }

  begin(): void {
    for (const cell of this.#ids) cell?.begin();
  }

  /** An empty line has a number and is no row. */
  emptyLine(): void {
    this.#numbered += 1;
  }

  /** A row that is broken as a whole. */
  brokenRow(problem: string): void {
    this.#read += 1;
    this.#setAside(problem);
  }

  /** A row whose value `i` is `source[starts[i], ends[i])`. */
  row(source: Uint8Array, starts: Int32Array, ends: Int32Array): void {
    if (this.#rows === this.#capacity) this.#grow();
    this.#read += 1;
    for (const cell of this.#order) {
      const plan = this.#plan.cells[cell] as CellPlan;
      let from = starts[plan.source] as number;
      let to = ends[plan.source] as number;
      while (from < to && source[from] === 32) from += 1;
      while (from < to && source[to - 1] === 32) to -= 1;
      const problem = this.#cell(cell, plan, { source, from, to });
      if (problem !== undefined) {
        this.#setAside(problem);
        return;
      }
    }
    this.#rows += 1;
    this.#numbered += 1;
  }

  /** The block so far; the next one begins. */
  take(endedAt: number, inLongLine: boolean): EncodedBlock {
    const block: EncodedBlock = {
      rows: this.#rows,
      columns: this.#columns.map((column) => column.slice(0, this.#rows)),
      names: this.#ids.map((cell) => cell?.takeNames()),
      read: this.#read,
      numbered: this.#numbered,
      problems: [...this.#problems],
      examples: this.#examples,
      unknownWords: this.#words.flatMap((cell, at) => cell?.takeUnknown(at) ?? []),
      endedAt,
      inLongLine,
    };
    this.#rows = 0;
    this.#read = 0;
    this.#numbered = 0;
    this.#problems = new Map();
    this.#places = [];
    this.#examples = [];
    return block;
  }

  #rankOf(cell: number, rank: Readonly<Record<CellPlan['kind'], number>>): number {
    const plan = this.#plan.cells[cell];
    return plan ? rank[plan.kind] - (plan.kind === 'id' && plan.filled ? 0.5 : 0) : 0;
  }

  #cell(
    cell: number,
    plan: CellPlan,
    { source, from, to }: { readonly source: Uint8Array; readonly from: number; readonly to: number },
  ): string | undefined {
    const column = this.#columns[cell] as Float64Array;
    switch (plan.kind) {
      case 'id':
      case 'fields': {
        const place = (this.#ids[cell] as IdCell).read(source, from, to);
        if (place === -2) return `${plan.name} is not UTF-8: save the file as UTF-8`;
        if (place === -1 && plan.filled) return `${plan.name} is empty`;
        column[this.#rows] = place;
        return undefined;
      }
      case 'time':
        return this.#time(cell, source, from, to);
      case 'word': {
        const code = (this.#words[cell] as WordCell).read(source, from, to);
        if (code === skipped) return `skipped, as the map says for ${plan.name}`;
        column[this.#rows] = code;
        return undefined;
      }
      case 'count': {
        const count = readCount(source, from, to);
        column[this.#rows] = count < 0 ? -1 : Math.min(2 ** 31 - 1, Math.round(count * plan.factor));
        return undefined;
      }
    }
  }

  #time(cell: number, source: Uint8Array, from: number, to: number): string | undefined {
    const { plan, read } = this.#times[cell] as TimeCell;
    const column = this.#columns[cell] as Float64Array;
    if (from === to || this.#isNothing(plan, source, from, to)) {
      if (plan.filled) return `${plan.name} is empty`;
      column[this.#rows] = notKnownTime;
      return undefined;
    }
    const ms = read(source, from, to);
    if (!(ms >= earliestMs && ms < latestMs)) return timeProblem(plan.name, ms);
    column[this.#rows] = ms;
    return undefined;
  }

  #isNothing(plan: CellPlan, source: Uint8Array, from: number, to: number): boolean {
    return (
      plan.unknown.length > 0 &&
      to - from < 10 &&
      plan.unknown.includes(utf8.decode(source.subarray(from, to)))
    );
  }

  #setAside(problem: string): void {
    if (!this.#problems.has(problem)) this.#places.push(problem);
    this.#problems.set(problem, (this.#problems.get(problem) ?? 0) + 1);
    if (this.#examples.length < examplesMax)
      this.#examples.push([this.#numbered, this.#places.indexOf(problem)]);
    this.#numbered += 1;
  }

  #allocate(): void {
    this.#columns = this.#plan.cells.map(({ kind }) => {
      if (kind === 'time') return new Float64Array(this.#capacity);
      return kind === 'word' ? new Uint8Array(this.#capacity) : new Int32Array(this.#capacity);
    });
  }

  #grow(): void {
    const before = this.#columns;
    this.#capacity *= 2;
    this.#allocate();
    for (const [at, column] of before.entries()) this.#columns[at]?.set(column);
  }
}
