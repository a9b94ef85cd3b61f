import { notVerified } from '../not-verified.ts';
import { hashBytes } from '../text/base64.ts';
import type { Subtree, SubtreeSource } from '../tree/build-proof.ts';
import { rootOver } from '../tree/merkle-hash.ts';
import { type Tile, tileOf, tilePath, tileWidth } from './tile.ts';

/** Levels of the tree that one tile spans. */
const tileHeight = 8;

/**
 * Reads the hashes of a tile: exactly as many as its width. They are views of `bytes`.
 *
 * @throws Fault `not-verified`
 */
export const readTileHashes = (bytes: Uint8Array, tile: Tile): Buffer[] => {
  if (bytes.length !== tile.width * hashBytes)
    throw notVerified(tilePath(tile), `${bytes.length} bytes instead of ${tile.width * hashBytes}`);
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: tile.width }, (_, at) => all.subarray(at * hashBytes, (at + 1) * hashBytes));
};

const placeOf = ({ height, index }: Subtree, size: number): { tile: Tile; at: number; count: number } => {
  const count = 2 ** (height % tileHeight);
  const first = index * count;
  return { tile: tileOf(Math.floor(height / tileHeight), first, size), at: first % tileWidth, count };
};

/** The tiles that hold these subtrees in a tree of `size`, each once. */
export const tilesOfSubtrees = (subtrees: readonly Subtree[], size: number): Tile[] => {
  const tiles = new Map<string, Tile>();
  for (const subtree of subtrees) {
    const { tile } = placeOf(subtree, size);
    tiles.set(tilePath(tile), tile);
  }
  return [...tiles.values()];
};

/**
 * Takes subtrees out of tiles of a tree of `size`. What it gives is only as good as the tiles: whoever builds a
 * proof from it checks the finished proof against a signed root.
 */
export const subtreesFromTiles =
  (size: number, tileBytes: (tile: Tile) => Uint8Array): SubtreeSource =>
  (subtree) => {
    const { tile, at, count } = placeOf(subtree, size);
    return rootOver(readTileHashes(tileBytes(tile), tile).slice(at, at + count));
  };
