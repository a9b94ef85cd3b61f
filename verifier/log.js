// A whole log: C2SP tlog-tiles.
import { judgeCheckpoint } from './checkpoint.js';
import { refuse, same } from './text.js';
import { leaf, rootOf } from './tree.js';

/** `1234067` is x001/x234/067; a partial tile ends in .p/WIDTH. */
const tilePath = (level, index, width) => {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.../g);
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return `tile/${level}/${path}${width === 256 ? '' : `.p/${width}`}`;
};

const readBundle = (bytes, path) => {
  const entries = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 2 + bytes[at] * 256 + bytes[at + 1];
    if (!(end <= bytes.length))
      refuse(`${path}, entry ${entries.length} of the bundle`, 'the bundle ends inside it');
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
};
const readHashes = (bytes, path) => {
  if (bytes.length % 32 !== 0) refuse(path, 'not a whole number of hashes');
  return Array.from({ length: bytes.length / 32 }, (_, at) => bytes.subarray(at * 32, at * 32 + 32));
};

/** The parts of one tile: the partial one, or the beginning of the full one that has replaced it. */
const readTile = async (readFile, level, index, width) => {
  const read = level === 'entries' ? readBundle : readHashes;
  for (const stored of new Set([width, 256])) {
    const path = tilePath(level, index, stored);
    const bytes = await readFile(path);
    if (bytes === undefined) continue;
    const parts = read(bytes, path);
    if (parts.length !== stored) refuse(path, `${parts.length} instead of ${stored}`);
    return { path, parts: parts.slice(0, width) };
  }
  return refuse(tilePath(level, index, width), 'the file is missing');
};

const checkTile = async (readFile, level, index, expected) => {
  const { path, parts } = await readTile(readFile, level, index, expected.length);
  const at = parts.findIndex((hash, place) => !same(hash, expected[place]));
  const below = level === 0 ? `entry ${index * 256 + at}` : `the tile below`;
  if (at >= 0) refuse(`${path}, hash ${at}`, `does not fit ${below}`);
};

/** All hashes of the level above that full tiles of `hashes` give, after comparing each tile with its file. */
const climb = async (readFile, level, hashes) => {
  const above = [];
  for (let start = 0; start < hashes.length; start += 256) {
    const tile = hashes.slice(start, start + 256);
    await checkTile(readFile, level, start / 256, tile);
    if (tile.length === 256) above.push(rootOf(tile));
  }
  return above;
};

/**
 * Reads every entry and every tile of a log and rebuilds the tree.
 * `readFile(path)` gives bytes or undefined; `onProgress(done, size)` is told now and then.
 * `rootsAt` are sizes of older checkpoints; the roots at those sizes come back in the same order.
 */
const rebuildTree = async (size, readFile, { rootsAt = [], onProgress = () => {} } = {}) => {
  const tails = new Map();
  let current = [];
  for (let start = 0; start < size; start += 256) {
    const width = Math.min(256, size - start);
    const { parts } = await readTile(readFile, 'entries', start / 256, width);
    const leaves = parts.map(leaf);
    await checkTile(readFile, 0, start / 256, leaves);
    for (const older of [...rootsAt, size])
      if (older >= start && older < start + 256) tails.set(older, leaves.slice(0, older - start));
    if (width === 256) current.push(rootOf(leaves));
    onProgress(start + width, size);
  }
  const levels = [];
  for (let level = 1; current.length > 0; level += 1) {
    levels.push(current);
    current = await climb(readFile, level, current);
  }
  // From the leaves upward: what fills no tile, and behind it the smaller rest of the level below.
  const rootAt = (older) => {
    let rest = tails.get(older) ?? [];
    levels.forEach((hashes, above) => {
      const count = Math.floor(older / 256 ** (above + 1));
      const carry = rest.length > 0 ? [rootOf(rest)] : [];
      rest = [...hashes.slice(count - (count % 256), count), ...carry];
    });
    return rootOf(rest);
  };
  return { root: rootAt(size), roots: rootsAt.map(rootAt) };
};

/**
 * Checks a whole tlog-tiles log: the checkpoint against the policy, every entry against the tiles, the tree
 * against the checkpoint, and the log against older checkpoints that the reader kept (`held`, bytes).
 */
export const verifyLog = async (readFile, policy, { held = [], checkpointBytes, onProgress } = {}) => {
  const bytes = checkpointBytes ?? (await readFile('checkpoint'));
  if (bytes === undefined) refuse('checkpoint', 'the file is missing');
  const checkpoint = await judgeCheckpoint(bytes, policy);
  const older = [];
  for (const [at, kept] of held.entries()) {
    const found = await judgeCheckpoint(kept, policy, `held checkpoint ${at + 1}`);
    if (found.origin !== checkpoint.origin) refuse(`held checkpoint ${at + 1}`, 'it is of another log');
    if (found.size > checkpoint.size) refuse(`held checkpoint ${at + 1}`, 'the log has shrunk since');
    older.push(found);
  }
  const rootsAt = older.map(({ size }) => size);
  const { root, roots } = await rebuildTree(checkpoint.size, readFile, { rootsAt, onProgress });
  if (!same(root, checkpoint.root)) refuse('entries', 'they do not give the root of the checkpoint');
  roots.forEach((found, at) => {
    if (!same(found, older[at].root)) refuse(`held checkpoint ${at + 1}`, 'the log was rewritten since');
  });
  return checkpoint;
};
