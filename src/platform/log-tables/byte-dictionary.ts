const startBytes = 1 << 12;
const startSlots = 1 << 8;
/** Ends are 32-bit; half of them is more names than a machine of this size can hold. */
const bytesMax = 2 ** 31;

/**
 * Texts as UTF-8 bytes, each with a place counted from 0 in order of first appearance. Open addressing over typed
 * arrays: no JavaScript string is made until somebody asks for a text.
 */
export class ByteDictionary {
  #bytes = new Uint8Array(startBytes);
  #ends = new Uint32Array(startSlots);
  #hashes = new Int32Array(startSlots);
  /** Place + 1; 0 is free. */
  #slots = new Int32Array(startSlots * 2);
  #size = 0;
  readonly #seed: number;

  /** @param seed any number; another one for each reading, so that nobody can prepare texts that collide */
  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  get size(): number {
    return this.#size;
  }

  /** The place of `source[from, to)`, given a new one when it has none. */
  place(source: Uint8Array, from: number, to: number): number {
    let hash = this.#seed;
    for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ (source[at] as number), 0x01000193);
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0x2c1b3c6d);
    hash ^= hash >>> 13;
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const place = (slots[slot] as number) - 1;
      if (place < 0) return this.#add(source, from, to, { hash, slot });
      if (this.#hashes[place] === hash && this.#holds(place, source, from, to)) return place;
      slot = (slot + 1) & mask;
    }
  }

  bytesOf(place: number): Uint8Array {
    const from = place === 0 ? 0 : (this.#ends[place - 1] as number);
    return this.#bytes.subarray(from, this.#ends[place]);
  }

  /** Names from a place on, packed: for another dictionary. The memory is a copy. */
  packedFrom(first: number): PackedNames {
    const from = first === 0 ? 0 : (this.#ends[first - 1] as number);
    const ends = this.#ends.slice(first, this.#size);
    for (let at = 0; at < ends.length; at += 1) ends[at] = (ends[at] as number) - from;
    return { first, bytes: this.#bytes.slice(from, this.#size === 0 ? 0 : this.#ends[this.#size - 1]), ends };
  }

  #holds(place: number, source: Uint8Array, from: number, to: number): boolean {
    const start = place === 0 ? 0 : (this.#ends[place - 1] as number);
    if ((this.#ends[place] as number) - start !== to - from) return false;
    const bytes = this.#bytes;
    for (let at = from, own = start; at < to; at += 1, own += 1) if (bytes[own] !== source[at]) return false;
    return true;
  }

  #add(source: Uint8Array, from: number, to: number, found: { hash: number; slot: number }): number {
    const place = this.#size;
    const start = place === 0 ? 0 : (this.#ends[place - 1] as number);
    const end = start + to - from;
    if (end > bytesMax) throw new RangeError('more text than a dictionary holds');
    if (end > this.#bytes.length) {
      const wider = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      wider.set(this.#bytes.subarray(0, start));
      this.#bytes = wider;
    }
    if (place === this.#ends.length) this.#widen();
    this.#bytes.set(source.subarray(from, to), start);
    this.#ends[place] = end;
    this.#hashes[place] = found.hash;
    this.#size += 1;
    this.#slots[found.slot] = place + 1;
    if (this.#size * 2 > this.#slots.length) this.#rehash();
    return place;
  }

  #widen(): void {
    const ends = new Uint32Array(this.#ends.length * 2);
    ends.set(this.#ends);
    this.#ends = ends;
    const hashes = new Int32Array(this.#hashes.length * 2);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let place = 0; place < this.#size; place += 1) {
      let slot = (this.#hashes[place] as number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = place + 1;
    }
    this.#slots = slots;
  }
}

/** Names in a row: name `first + i` is `bytes[ends[i - 1], ends[i])`. */
export interface PackedNames {
  readonly first: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
}
