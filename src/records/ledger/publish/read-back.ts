import { checkTile, LogAudit } from '../../../analysis/tlog/tile/log-audit.ts';
import { type Tile, tilePath } from '../../../analysis/tlog/tile/tile.ts';
import type { TreeEdge } from '../../../analysis/tlog/tile/tree-edge.ts';
import type { TreeHead } from '../../../analysis/tlog/tree/verify-proof.ts';
import { Fault } from '../../../model/fault.ts';
import type { LogStore } from '../../../platform/log-store/log-store.ts';

/**
 * Reads what was just written and derives the head from those bytes alone, entry by entry. What is signed is what
 * anyone will read, so a bit that flipped on the way is found before it is signed for ever.
 *
 * `edge` is the tree as it was signed last; it grows to `head`.
 *
 * @throws Fault `not-verified` with the place, `ledger-stopped` when a file is missing
 */
export const readBack = async (store: LogStore, edge: TreeEdge, head: TreeHead): Promise<void> => {
  const read = async (tile: Tile): Promise<Buffer> => {
    const bytes = await store.read(tilePath(tile));
    if (bytes === undefined)
      throw new Fault('ledger-stopped', `${tilePath(tile)} was written and is not there`);
    return bytes;
  };
  const audit = new LogAudit(head, edge);
  for (let bundle = audit.nextBundle; bundle !== undefined; bundle = audit.nextBundle)
    for (const tile of audit.addBundle(await read(bundle))) checkTile(await read(tile.tile), tile);
  for (const tile of audit.partialTiles()) checkTile(await read(tile.tile), tile);
  audit.finish();
};
