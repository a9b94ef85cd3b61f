import { notVerified } from '../../../analysis/tlog/not-verified.ts';
import { cutTile, fullTileOf } from '../../../analysis/tlog/tile/log-audit.ts';
import { type Tile, tilePath } from '../../../analysis/tlog/tile/tile.ts';
import type { LogStore } from '../../../platform/log-store/log-store.ts';

/**
 * Reads a tile or bundle; a partial one that is gone is cut out of the full one that took its place.
 * @throws Fault `not-verified` when neither is there
 */
export const readTile = async (store: Pick<LogStore, 'read'>, tile: Tile): Promise<Uint8Array> => {
  const found = await store.read(tilePath(tile));
  if (found !== undefined) return found;
  const full = await store.read(tilePath(fullTileOf(tile)));
  if (full === undefined) throw notVerified(tilePath(tile), 'the file is missing');
  return cutTile(full, tile);
};
