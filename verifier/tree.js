// The tree of RFC 6962, section 2.1.
import { sha256 } from './sha256.js';
import { refuse, same } from './text.js';

export const leaf = (entry) => sha256(Uint8Array.of(0), entry);
const node = (left, right) => sha256(Uint8Array.of(1), left, right);
/** RFC 6962 section 2.1: where a tree of `count` splits, the largest power of two below it. */
const split = (count) => {
  let k = 1;
  while (k * 2 < count) k *= 2;
  return k;
};
/** The root over hashes of subtrees of one height; the last may be smaller. */
export const rootOf = (hashes) => {
  if (hashes.length === 0) return sha256();
  if (hashes.length === 1) return hashes[0];
  const k = split(hashes.length);
  return node(rootOf(hashes.slice(0, k)), rootOf(hashes.slice(k)));
};

/** RFC 6962 section 2.1.1 read backwards: the root that a leaf and its path lead to. */
export const rootOfPath = (index, size, hash, path) => {
  if (size === 1) return path.length === 0 ? hash : refuse('proof', 'it is too long');
  if (path.length === 0) refuse('proof', 'it is too short');
  const k = split(size);
  const top = path[path.length - 1];
  const rest = path.slice(0, -1);
  return index < k
    ? node(rootOfPath(index, k, hash, rest), top)
    : node(top, rootOfPath(index - k, size - k, hash, rest));
};

/**
 * RFC 6962 section 2.1.2 read backwards: shows that the tree of `older` is the beginning of the tree of `newer`.
 * `path` is taken from its end; the older tree's own root is left out of it when it is a whole subtree.
 */
export const checkConsistency = (older, newer, path, place) => {
  if (older.size === newer.size) {
    if (path.length > 0) refuse(place, 'it is too long');
    if (!same(older.root, newer.root)) refuse(place, 'two roots for one size');
    return;
  }
  if (older.size === 0 || older.size > newer.size) refuse(place, 'nothing can be shown between these sizes');
  const rest = [...path];
  const take = () => rest.pop() ?? refuse(place, 'it is too short');
  // The roots of the first `size` leaves in the older and in the newer tree; `kept` of them are in the older one.
  const roots = (kept, size, isWhole) => {
    if (kept === size) {
      const root = isWhole ? older.root : take();
      return [root, root];
    }
    const k = split(size);
    const other = take();
    if (kept <= k) {
      const [oldRoot, newRoot] = roots(kept, k, isWhole);
      return [oldRoot, node(newRoot, other)];
    }
    const [oldRoot, newRoot] = roots(kept - k, size - k, false);
    return [node(other, oldRoot), node(other, newRoot)];
  };
  const [oldRoot, newRoot] = roots(older.size, newer.size, true);
  if (rest.length > 0) refuse(place, 'it is too long');
  if (!same(oldRoot, older.root)) refuse(place, 'it does not lead to the older root');
  if (!same(newRoot, newer.root)) refuse(place, 'it does not lead to the newer root');
};
