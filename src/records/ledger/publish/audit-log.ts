import { notVerified } from '../../../analysis/tlog/not-verified.ts';
import { checkTile, LogAudit } from '../../../analysis/tlog/tile/log-audit.ts';
import type { Tile } from '../../../analysis/tlog/tile/tile.ts';
import { TreeEdge } from '../../../analysis/tlog/tile/tree-edge.ts';
import type { TreeHead } from '../../../analysis/tlog/tree/verify-proof.ts';
import type { LogStore } from '../../../platform/log-store/log-store.ts';
import { readTile } from './stored-tile.ts';

export interface AuditWatch {
  /** Told the number of entries that are checked. */
  readonly onProgress?: (entries: number) => void;
  /** Given every tile and bundle as it was read and checked: for who copies while auditing. */
  readonly onChecked?: (tile: Tile, bytes: Uint8Array) => Promise<void>;
}

/**
 * Checks a whole log against a head: every entry, every tile, the root.
 * @throws Fault `not-verified` with the place
 */
export const auditLog = async (
  store: Pick<LogStore, 'read'>,
  head: TreeHead,
  watch: AuditWatch = {},
): Promise<void> => {
  const edge = new TreeEdge();
  const audit = new LogAudit(head, edge);
  const check = async (tiles: ReturnType<LogAudit['partialTiles']>): Promise<void> => {
    for (const tile of tiles) {
      const bytes = await readTile(store, tile.tile);
      checkTile(bytes, tile);
      await watch.onChecked?.(tile.tile, bytes);
    }
  };
  for (let bundle = audit.nextBundle; bundle !== undefined; bundle = audit.nextBundle) {
    const bytes = await readTile(store, bundle);
    const filled = audit.addBundle(bytes);
    await watch.onChecked?.(bundle, bytes);
    await check(filled);
    watch.onProgress?.(edge.size);
  }
  await check(audit.partialTiles());
  audit.finish();
};

/**
 * Checks that a log holds an older head unchanged, from its tiles alone.
 * @throws Fault `not-verified` when it was rewritten since
 */
export const checkHeld = async (
  store: Pick<LogStore, 'read'>,
  older: TreeHead,
  size: number,
): Promise<void> => {
  if (older.size > size)
    throw notVerified('held checkpoint', `the log has shrunk from ${older.size} to ${size}`);
  const tiles = new Map<string, Uint8Array>();
  const wanted: Tile[] = [];
  TreeEdge.fromTiles(older.size, (tile) => {
    wanted.push(tile);
    return Buffer.alloc(tile.width * 32);
  });
  for (const tile of wanted) tiles.set(`${tile.level}/${tile.index}`, await readWider(store, tile, size));
  const edge = TreeEdge.fromTiles(
    older.size,
    ({ level, index }) => tiles.get(`${level}/${index}`) ?? Buffer.of(),
  );
  if (!edge.root().equals(older.root)) throw notVerified('held checkpoint', 'the log was rewritten since');
};

/** A tile of an older size out of the one that stands there in the tree of `size`. */
const readWider = async (store: Pick<LogStore, 'read'>, tile: Tile, size: number): Promise<Uint8Array> => {
  const level = Number(tile.level);
  const width = Math.min(256, Math.floor(size / 256 ** level) - tile.index * 256);
  return (await readTile(store, { ...tile, width })).subarray(0, tile.width * 32);
};
