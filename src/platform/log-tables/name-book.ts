import type { LogNames } from '../../model/access-columns.ts';
import { type LogNameList, logNameLists } from '../../model/access-columns.ts';
import { ByteDictionary, type PackedNames } from './byte-dictionary.ts';
import { ByteSource } from './byte-source.ts';
import type { CellPlan, ToldNames } from './parse-plan.ts';

const utf8 = new TextDecoder();
const toUtf8 = new TextEncoder();

class List {
  readonly #dictionary: ByteDictionary;
  readonly #texts: string[] = [];

  constructor(seed: number) {
    this.#dictionary = new ByteDictionary(seed);
    this.placeOfText('');
  }

  placeOf(source: ByteSource, from: number, to: number): number {
    return this.#dictionary.place(source, from, to);
  }

  placeOfText(text: string): number {
    const bytes = toUtf8.encode(text);
    return this.#dictionary.place(new ByteSource(bytes), 0, bytes.length);
  }

  /** The same array at each call, longer by what came since. Made only for lists that somebody reads. */
  texts(): readonly string[] {
    for (let place = this.#texts.length; place < this.#dictionary.size; place += 1)
      this.#texts.push(utf8.decode(this.#dictionary.bytesOf(place)));
    return this.#texts;
  }
}

/** The lists of names of one reading: every file's names, in one place each. */
export class NameBook {
  readonly #lists: ReadonlyMap<LogNameList, List>;
  readonly names: LogNames;

  constructor(seed: number) {
    const lists = new Map(logNameLists.map((list) => [list, new List(seed)]));
    this.#lists = lists;
    const names = {};
    for (const [list, held] of lists)
      Object.defineProperty(names, list, { enumerable: true, get: () => held.texts() });
    this.names = names as LogNames;
  }

  list(name: LogNameList): List {
    const list = this.#lists.get(name);
    if (!list) throw new RangeError('no such list of names');
    return list;
  }

  placeOfText(name: LogNameList, text: string): number {
    return this.list(name).placeOfText(text);
  }
}

/** Field names in any order, apart by spaces, commas or semicolons: sorted, joined by one space. */
const fieldSetOf = (text: string, values: ReadonlyMap<string, string>): string => {
  const names = text.split(/[\s,;|]+/).flatMap((name) => (values.get(name) ?? name).split(/\s+/));
  return [...new Set(names.filter((name) => name !== ''))].sort().join(' ');
};

/** Places of one of a thread's lists. */
interface Generation {
  /** Place in the book + 1; 0: nobody has asked for it yet. */
  places: Int32Array;
  /** Names that no block has used yet. */
  segments: PackedNames[];
}

/** A thread has few blocks under way, and each of its lists lasts for many. */
const generationsKept = 3;

/**
 * One thread's places of one column, turned into places of the book. Names are told in the order in which the thread
 * parsed; blocks are used in the order of the file, which is another when a block had to be parsed again. A name
 * comes into the book when a block is used that holds it, so that a block that was thrown away leaves nothing there.
 */
export class Remap {
  readonly #list: List;
  readonly #plan: CellPlan;
  readonly #values: ReadonlyMap<string, string>;
  readonly #match: RegExp | undefined;
  readonly #generations = new Map<number, Generation>();

  constructor(book: NameBook, plan: CellPlan) {
    this.#list = book.list(plan.list ?? 'agents');
    this.#plan = plan;
    this.#values = new Map(plan.values);
    this.#match = plan.match === undefined ? undefined : new RegExp(plan.match);
  }

  tell({ generation, names }: ToldNames): void {
    const known = this.#generations.get(generation) ?? { places: new Int32Array(256), segments: [] };
    this.#generations.set(generation, known);
    this.#generations.delete(generation - generationsKept);
    if (!names) return;
    const count = names.first + names.ends.length;
    if (count > known.places.length) {
      const wider = new Int32Array(Math.max(count, known.places.length * 2));
      wider.set(known.places);
      known.places = wider;
    }
    known.segments.push(names);
  }

  /** In place: each of the column's places becomes one of the book. */
  apply(column: Int32Array, { generation, names }: ToldNames): void {
    const known = this.#generations.get(generation);
    if (!known) throw new RangeError('a thread named a list that it never told');
    // What is new in a block that is used is used.
    if (names) this.#place(known, names);
    const { places } = known;
    for (let at = 0; at < column.length; at += 1) {
      const own = column[at] as number;
      if (own < 0) column[at] = 0;
      else {
        const place = places[own] as number;
        column[at] = place > 0 ? place - 1 : this.#late(known, own);
      }
    }
  }

  #place(known: Generation, names: PackedNames): void {
    known.segments = known.segments.filter((segment) => segment !== names);
    const source = new ByteSource(names.bytes);
    let from = 0;
    for (let at = 0; at < names.ends.length; at += 1) {
      const end = names.ends[at] as number;
      if (known.places[names.first + at] === 0)
        known.places[names.first + at] = this.#placeOf(source, from, end) + 1;
      from = end;
    }
  }

  #late(known: Generation, own: number): number {
    const segment = known.segments.find(({ first, ends }) => own >= first && own < first + ends.length);
    if (!segment) throw new RangeError('a thread named a place that it never told');
    const at = own - segment.first;
    const from = at === 0 ? 0 : (segment.ends[at - 1] as number);
    const place = this.#placeOf(new ByteSource(segment.bytes), from, segment.ends[at] as number);
    known.places[own] = place + 1;
    return place;
  }

  #placeOf(source: ByteSource, from: number, to: number): number {
    const isPlain = this.#values.size === 0 && this.#plan.kind === 'id' && !this.#match;
    if (isPlain) return this.#list.placeOf(source, from, to);
    const whole = utf8.decode(source.bytes.subarray(from, to));
    const text = this.#match ? (this.#match.exec(whole)?.[1] ?? '') : whole;
    if (this.#plan.kind === 'fields') return this.#list.placeOfText(fieldSetOf(text, this.#values));
    return this.#list.placeOfText(this.#values.get(text) ?? text);
  }
}
