import { hash } from 'node:crypto';
import { hashBytes } from '../text/base64.ts';

// Through a text of one character a byte: asked for a buffer, `hash` takes twice the time.
export const sha256 = (bytes: Uint8Array): Buffer => Buffer.from(hash('sha256', bytes, 'binary'), 'binary');

// One buffer for every leaf of the usual size, its first byte the prefix: allocating anew costs more than hashing.
const leaf = Buffer.alloc(4_096);

/** RFC 6962 section 2.1: SHA-256(0x00 || entry). */
export const leafHash = (entry: Uint8Array): Buffer => {
  if (entry.length >= leaf.length) return sha256(Buffer.concat([leaf.subarray(0, 1), entry]));
  leaf.set(entry, 1);
  return sha256(leaf.subarray(0, 1 + entry.length));
};

const node = Buffer.alloc(1 + 2 * hashBytes, 1);

/** RFC 6962 section 2.1: SHA-256(0x01 || left || right). */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => {
  node.set(left, 1);
  node.set(right, 1 + hashBytes);
  return sha256(node);
};

/** RFC 6962 section 2.1: the root of a tree without entries is SHA-256 of nothing. */
export const emptyRoot: Buffer = sha256(Buffer.alloc(0));

/** The largest power of two below `count`, which is 2 or more: where RFC 6962 splits a tree. */
export const splitPoint = (count: number): number => {
  let point = 1;
  while (point * 2 < count) point *= 2;
  return point;
};

/**
 * The root over hashes that stand for whole subtrees of one height, the last of which may be less than whole.
 * At least one hash.
 */
export const rootOver = (hashes: readonly Buffer[]): Buffer => {
  let row = hashes;
  while (row.length > 1) {
    const above: Buffer[] = [];
    for (let index = 0; index + 1 < row.length; index += 2)
      above.push(nodeHash(row[index] as Buffer, row[index + 1] as Buffer));
    if (row.length % 2 === 1) above.push(row[row.length - 1] as Buffer);
    row = above;
  }
  return row[0] ?? emptyRoot;
};

/** The height of a whole subtree of `count` leaves, or undefined when `count` is no power of two. */
export const heightOf = (count: number): number | undefined => {
  let height = 0;
  let leaves = 1;
  for (; leaves < count; leaves *= 2) height += 1;
  return leaves === count ? height : undefined;
};
