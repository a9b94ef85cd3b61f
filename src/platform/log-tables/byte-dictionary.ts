import { ByteSource, hashBytes } from './byte-source.ts';

const startBytes = 1 << 12;
const startSlots = 1 << 9;
/** Ends are 32-bit; half of them is more names than a machine of this size can hold. */
const bytesMax = 2 ** 31;

/**
 * Texts as UTF-8 bytes, each with a place counted from 0 in order of first appearance. Open addressing over typed
 * arrays: no JavaScript string is made until somebody asks for a text.
 */
export class ByteDictionary {
  #texts = new ByteSource(new Uint8Array(startBytes));
  #ends = new Uint32Array(startSlots);
  /** Pairs: the hash, and place + 1 (0 is free). Side by side, since each look-up costs one trip to memory. */
  #slots = new Int32Array(startSlots * 2);
  #mask = startSlots - 1;
  #size = 0;
  readonly #seed: number;
  /** Of the text that is looked for: a field, since an object for each comparison costs more than comparing. */
  #length = 0;

  /** @param seed any number; another one for each reading, so that nobody can prepare texts that collide */
  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  get size(): number {
    return this.#size;
  }

  /** The place of `source[from, to)`, given a new one when it has none. */
  place(source: ByteSource, from: number, to: number): number {
    const hash = hashBytes(source, from, to, this.#seed);
    const length = to - from;
    this.#length = length;
    const slots = this.#slots;
    const mask = this.#mask;
    let slot = hash & mask;
    for (;;) {
      const place = (slots[2 * slot + 1] as number) - 1;
      if (place < 0) return this.#add(source, { from, to }, { hash, slot });
      if (slots[2 * slot] === hash) {
        const at = place === 0 ? 0 : (this.#ends[place - 1] as number);
        const held = (this.#ends[place] as number) - at;
        if (held === length && this.#isAt(source, from, at)) return place;
      }
      slot = (slot + 1) & mask;
    }
  }

  bytesOf(place: number): Uint8Array {
    const from = place === 0 ? 0 : (this.#ends[place - 1] as number);
    return this.#texts.bytes.subarray(from, this.#ends[place]);
  }

  isAscii(place: number): boolean {
    const { bytes } = this.#texts;
    const to = this.#ends[place] as number;
    for (let at = place === 0 ? 0 : (this.#ends[place - 1] as number); at < to; at += 1)
      if ((bytes[at] as number) > 127) return false;
    return true;
  }

  /** Names from a place on, packed: for another dictionary. The memory is a copy. */
  packedFrom(first: number): PackedNames {
    const from = first === 0 ? 0 : (this.#ends[first - 1] as number);
    const ends = this.#ends.slice(first, this.#size);
    for (let at = 0; at < ends.length; at += 1) ends[at] = (ends[at] as number) - from;
    const to = this.#size === 0 ? 0 : (this.#ends[this.#size - 1] as number);
    return { first, bytes: new Uint8Array(this.#texts.bytes.subarray(from, to)), ends };
  }

  /** Whether `source[from, from + length)` stands at `at` of the texts. */
  #isAt(source: ByteSource, from: number, at: number): boolean {
    const length = this.#length;
    const one = source.view;
    const other = this.#texts.view;
    if (length >= 4) {
      for (let done = 0; done <= length - 4; done += 4)
        if (one.getInt32(from + done, true) !== other.getInt32(at + done, true)) return false;
      return one.getInt32(from + length - 4, true) === other.getInt32(at + length - 4, true);
    }
    for (let done = 0; done < length; done += 1)
      if (source.bytes[from + done] !== this.#texts.bytes[at + done]) return false;
    return true;
  }

  #add(
    source: ByteSource,
    { from, to }: { readonly from: number; readonly to: number },
    { hash, slot }: { readonly hash: number; readonly slot: number },
  ): number {
    const place = this.#size;
    const start = place === 0 ? 0 : (this.#ends[place - 1] as number);
    const end = start + to - from;
    if (end > bytesMax) throw new RangeError('more text than a dictionary holds');
    if (end > this.#texts.bytes.length) {
      const wider = new Uint8Array(Math.max(end, this.#texts.bytes.length * 2));
      wider.set(this.#texts.bytes.subarray(0, start));
      this.#texts = new ByteSource(wider);
    }
    if (place === this.#ends.length) {
      const ends = new Uint32Array(place * 2);
      ends.set(this.#ends);
      this.#ends = ends;
    }
    const held = this.#texts.bytes;
    for (let at = from, own = start; at < to; at += 1, own += 1) held[own] = source.bytes[at] as number;
    this.#ends[place] = end;
    this.#slots[2 * slot] = hash;
    this.#slots[2 * slot + 1] = place + 1;
    this.#size += 1;
    if (this.#size * 5 > (this.#mask + 1) * 3) this.#rehash();
    return place;
  }

  #rehash(): void {
    const before = this.#slots;
    const slots = new Int32Array(before.length * 2);
    const mask = this.#mask * 2 + 1;
    for (let old = 0; old < before.length; old += 2) {
      const place = before[old + 1] as number;
      if (place === 0) continue;
      let slot = (before[old] as number) & mask;
      while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
      slots[2 * slot] = before[old] as number;
      slots[2 * slot + 1] = place;
    }
    this.#slots = slots;
    this.#mask = mask;
  }
}

/** Names in a row: name `first + i` is `bytes[ends[i - 1], ends[i])`. */
export interface PackedNames {
  readonly first: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
}
