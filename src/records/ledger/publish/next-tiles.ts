import { formatEntryBundle } from '../../../analysis/tlog/tile/entry-bundle.ts';
import { type Tile, tilePath, tilesBetween, tileWidth } from '../../../analysis/tlog/tile/tile.ts';
import type { TreeEdge } from '../../../analysis/tlog/tile/tree-edge.ts';
import type { LogFile } from '../../../platform/log-store/log-store.ts';
import type { StoredEntry } from './read-entries.ts';

/** The first entry of the bundle in which a log of this size ends: from there on bundles are written anew. */
export const bundleStart = (size: number): number => size - (size % tileWidth);

/**
 * The files that a log gains. `entries` begin at `bundleStart` of the edge's size; the edge grows by those that are
 * new to it.
 */
export const nextTiles = (edge: TreeEdge, entries: readonly StoredEntry[]): LogFile[] => {
  const from = edge.size;
  const start = bundleStart(from);
  const files: LogFile[] = [];
  for (const { leafHash } of entries.slice(from - start))
    for (const { tile, bytes } of edge.append(leafHash)) files.push({ path: tilePath(tile), bytes });
  for (const { tile, bytes } of edge.partialTiles()) files.push({ path: tilePath(tile), bytes });
  for (const tile of tilesBetween(from, edge.size)) {
    if (tile.level !== 'entries') continue;
    const first = tile.index * tileWidth - start;
    const bundle = entries.slice(first, first + tile.width).map(({ bytes }) => bytes);
    files.push({ path: tilePath(tile), bytes: formatEntryBundle(bundle) });
  }
  return files;
};

/** Folders of partial tiles that nobody needs once the full tile stands (C2SP tlog-tiles, partial tiles). */
export const supersededFolders = (from: number, to: number): string[] =>
  [...tilesBetween(from, to)]
    .filter((tile) => tile.width === tileWidth)
    .map((tile: Tile) => `${tilePath(tile)}.p`);
