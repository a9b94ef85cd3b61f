import { emptyRoot, heightOf, nodeHash, splitPoint } from './merkle-hash.ts';

/** A whole subtree: `index` counts subtrees of 2^height leaves from the left. */
export interface Subtree {
  readonly height: number;
  readonly index: number;
}

/** Gives the root of a whole subtree, from tiles or from memory. Throws when it does not have it. */
export type SubtreeSource = (subtree: Subtree) => Buffer;

/** The leaves from `start`, `count` of them: what one hash of a proof covers. */
interface Range {
  readonly start: number;
  readonly count: number;
}

const rangeRoot = ({ start, count }: Range, source: SubtreeSource): Buffer => {
  const height = heightOf(count);
  if (height !== undefined) return source({ height, index: start / count });
  const left = splitPoint(count);
  return nodeHash(
    rangeRoot({ start, count: left }, source),
    rangeRoot({ start: start + left, count: count - left }, source),
  );
};

/** The root of the tree's first `size` leaves. */
export const treeRoot = (size: number, source: SubtreeSource): Buffer =>
  size === 0 ? emptyRoot : rangeRoot({ start: 0, count: size }, source);

/** PATH of RFC 6962 section 2.1.1: from the leaf's sibling upward. `index` < `size`. */
export const inclusionProof = (index: number, size: number, source: SubtreeSource): Buffer[] => {
  if (!(index >= 0 && index < size)) throw new RangeError(`entry ${index} is not in a tree of ${size}`);
  const siblings: Range[] = [];
  let start = 0;
  let count = size;
  while (count > 1) {
    const left = splitPoint(count);
    if (index < start + left) {
      siblings.push({ start: start + left, count: count - left });
      count = left;
    } else {
      siblings.push({ start, count: left });
      start += left;
      count -= left;
    }
  }
  return siblings.reverse().map((range) => rangeRoot(range, source));
};

/** PROOF of RFC 6962 section 2.1.2. Empty when the sizes are equal or `older` is 0. */
export const consistencyProof = (older: number, newer: number, source: SubtreeSource): Buffer[] => {
  if (!(older >= 0 && older <= newer)) throw new RangeError(`${older} is not a size before ${newer}`);
  if (older === 0 || older === newer) return [];
  const ranges: Range[] = [];
  let start = 0;
  let count = newer;
  let kept = older;
  while (kept < count) {
    const left = splitPoint(count);
    if (kept <= left) {
      ranges.push({ start: start + left, count: count - left });
      count = left;
    } else {
      ranges.push({ start, count: left });
      start += left;
      count -= left;
      kept -= left;
    }
  }
  // The older tree's own root is known to the verifier, so it is left out; any smaller part is not.
  if (start > 0) ranges.push({ start, count });
  return ranges.reverse().map((range) => rangeRoot(range, source));
};

/**
 * Which subtrees a proof takes, so that they can be fetched before it is built: `build` runs once against a
 * source of blanks.
 */
export const subtreesOf = (build: (source: SubtreeSource) => unknown): Subtree[] => {
  const asked: Subtree[] = [];
  build((subtree) => {
    asked.push(subtree);
    return emptyRoot;
  });
  return asked;
};
