/** Bytes, and a view that reads four of them at once: several times faster than one by one. */
export class ByteSource {
  readonly bytes: Uint8Array;
  readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}

const scramble = (word: number): number => {
  const mixed = Math.imul(word, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
};

const absorb = (hash: number, word: number): number => {
  const mixed = hash ^ scramble(word);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
};

/** A hash of `[from, to)` in the manner of MurmurHash3 (A. Appleby); the last word may overlap the one before. */
export const hashBytes = ({ bytes, view }: ByteSource, from: number, to: number, seed: number): number => {
  const length = to - from;
  let hash = seed ^ length;
  if (length >= 4) {
    let at = from;
    for (; at <= to - 4; at += 4) hash = absorb(hash, view.getInt32(at, true));
    if (at < to) hash = absorb(hash, view.getInt32(to - 4, true));
  } else {
    let word = 0;
    for (let at = from; at < to; at += 1) word = (word << 8) | (bytes[at] as number);
    hash = absorb(hash, word);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
};
