import { tilePath } from '../../../analysis/tlog/tile/tile.ts';
import { subtreesFromTiles, tilesOfSubtrees } from '../../../analysis/tlog/tile/tile-hashes.ts';
import { consistencyProof, type SubtreeSource, subtreesOf } from '../../../analysis/tlog/tree/build-proof.ts';
import { type TreeHead, verifyConsistency } from '../../../analysis/tlog/tree/verify-proof.ts';
import type { LogStore } from '../../../platform/log-store/log-store.ts';
import { readTile } from './stored-tile.ts';

/** Builds a proof for a tree of `size` from the tiles it takes. What comes out is for the caller to verify. */
export const storedProof = async (
  store: Pick<LogStore, 'read'>,
  size: number,
  build: (source: SubtreeSource) => Buffer[],
): Promise<Buffer[]> => {
  const tiles = new Map<string, Uint8Array>();
  for (const tile of tilesOfSubtrees(subtreesOf(build), size))
    tiles.set(tilePath(tile), await readTile(store, tile));
  return build(subtreesFromTiles(size, (tile) => tiles.get(tilePath(tile)) ?? Buffer.of()));
};

/**
 * Proves that one head of the log is the beginning of another, and checks the proof before giving it away. From an
 * empty tree there is nothing to show, and the proof is empty.
 * @throws Fault `not-verified` when the log is damaged
 */
export const proveConsistency = async (
  store: Pick<LogStore, 'read'>,
  older: TreeHead,
  newer: TreeHead,
): Promise<Buffer[]> => {
  if (older.size === 0) return [];
  const proof = await storedProof(store, newer.size, (source) =>
    consistencyProof(older.size, newer.size, source),
  );
  verifyConsistency(older, newer, proof);
  return proof;
};
