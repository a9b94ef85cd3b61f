import { notVerified } from '../not-verified.ts';
import { readDecimal } from '../text/decimal.ts';

/** Hashes in a full tile, entries in a full bundle (C2SP tlog-tiles: height 8). */
export const tileWidth = 256;

/** One file of the tree: `level` counts tile levels from the leaves, `entries` is the bundles beside level 0. */
export interface Tile {
  readonly level: number | 'entries';
  readonly index: number;
  /** 256 when full; a partial tile has 1 to 255. */
  readonly width: number;
}

/** A tile of hashes, not of entries. */
export type HashTile = Tile & { readonly level: number };

/** `1234067` becomes `x001/x234/067`. */
const indexPath = (index: number): string => {
  let path = String(index % 1000).padStart(3, '0');
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    path = `x${String(rest % 1000).padStart(3, '0')}/${path}`;
  return path;
};

/** `tile/0/x001/067.p/12`: the tile's path below the log's prefix. */
export const tilePath = ({ level, index, width }: Tile): string =>
  `tile/${level}/${indexPath(index)}${width === tileWidth ? '' : `.p/${width}`}`;

const isLevel = (level: number | 'entries'): boolean => level === 'entries' || level <= 63;

const pathPattern = /^tile\/(entries|[0-9]{1,2})\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([0-9]{1,3}))?$/;

/**
 * Reads a tile's path and accepts only the one spelling that `tilePath` gives.
 *
 * @throws Fault `not-verified`
 */
export const readTilePath = (path: string): Tile => {
  const found = path.length <= 64 ? pathPattern.exec(path) : null;
  if (!found) throw notVerified('tile path', 'not tile/LEVEL/INDEX or tile/LEVEL/INDEX.p/WIDTH');
  const [, levelText = '', indexText = '', widthText] = found;
  const level: Tile['level'] =
    levelText === 'entries' ? levelText : readDecimal(levelText, 'tile path, level');
  const index = Number(indexText.replaceAll(/[x/]/g, ''));
  const width = widthText === undefined ? tileWidth : readDecimal(widthText, 'tile path, width');
  if (!isLevel(level)) throw notVerified('tile path, level', 'over 63');
  if (!Number.isSafeInteger(index)) throw notVerified('tile path, index', 'over 2^53 - 1');
  const tile: Tile = { level, index, width };
  if (width < 1 || (widthText !== undefined && width >= tileWidth) || tilePath(tile) !== path)
    throw notVerified('tile path', 'not in its canonical form');
  return tile;
};

/** How many hashes of a level a tree of this size has: only full tiles count one level up. */
const hashesAt = (size: number, level: number): number => Math.floor(size / tileWidth ** level);

/** The tile that holds one hash of a level, as wide as a tree of `size` has it. `at` < hashes of that level. */
export const tileOf = (level: number, at: number, size: number): HashTile => {
  const index = Math.floor(at / tileWidth);
  return { level, index, width: Math.min(tileWidth, hashesAt(size, level) - index * tileWidth) };
};

/** The bundle that holds an entry, as wide as a tree of `size` has it. */
export const bundleOf = (entryIndex: number, size: number): Tile => ({
  ...tileOf(0, entryIndex, size),
  level: 'entries',
});

/**
 * The tiles and bundles of a tree of `size` that a tree of `from` did not have yet, level by level.
 * Empty tiles never exist.
 */
export function* tilesBetween(from: number, size: number): Generator<Tile> {
  for (let level = 0; hashesAt(size, level) > 0; level += 1) {
    const done = hashesAt(from, level);
    const count = hashesAt(size, level);
    if (done === count) continue;
    for (let start = done - (done % tileWidth); start < count; start += tileWidth) {
      const tile = tileOf(level, start, size);
      if (level === 0) yield { ...tile, level: 'entries' };
      yield tile;
    }
  }
}
