import { type Tile, tilePath } from '../../../analysis/tlog/tile/tile.ts';
import { TreeEdge } from '../../../analysis/tlog/tile/tree-edge.ts';
import type { TreeHead } from '../../../analysis/tlog/tree/verify-proof.ts';
import { Fault, isFault } from '../../../model/fault.ts';
import type { LogStore } from '../../../platform/log-store/log-store.ts';
import { bundleStart, nextTiles } from './next-tiles.ts';
import type { Querying } from './publisher-row.ts';
import { readEntries } from './read-entries.ts';

const pageEntries = 16_384;

const fromTiles = async (store: LogStore, head: TreeHead): Promise<TreeEdge | undefined> => {
  const wanted: Tile[] = [];
  TreeEdge.fromTiles(head.size, (tile) => {
    wanted.push(tile);
    return Buffer.alloc(tile.width * 32);
  });
  const bytes = new Map<string, Buffer>();
  for (const tile of wanted) {
    const found = await store.read(tilePath(tile));
    if (found === undefined) return undefined;
    bytes.set(tilePath(tile), found);
  }
  try {
    const edge = TreeEdge.fromTiles(head.size, (tile) => bytes.get(tilePath(tile)) ?? Buffer.of());
    return edge.root().equals(head.root) ? edge : undefined;
  } catch (thrown) {
    if (isFault(thrown) && thrown.code === 'not-verified') return undefined;
    throw thrown;
  }
};

/** Writes the whole log anew from the entries: the folder was lost, or is empty after a move. */
const rebuilt = async (client: Querying, store: LogStore, head: TreeHead): Promise<TreeEdge> => {
  const edge = new TreeEdge();
  while (edge.size < head.size) {
    const to = Math.min(head.size, bundleStart(edge.size) + pageEntries);
    const entries = await readEntries(client, bundleStart(edge.size), to);
    await store.add(nextTiles(edge, entries));
  }
  if (!edge.root().equals(head.root))
    throw new Fault(
      'ledger-stopped',
      `the ${head.size} entries in the database do not give the root that was signed for them: they were changed, ` +
        'or the database was restored from a copy of another history',
    );
  return edge;
};

/**
 * The tree's edge at the head that was signed last: from its tiles when they give that root, else from the entries,
 * which also mends the folder.
 *
 * @throws Fault `ledger-stopped` when neither gives the signed root
 */
export const storedEdge = async (client: Querying, store: LogStore, head: TreeHead): Promise<TreeEdge> =>
  (await fromTiles(store, head)) ?? rebuilt(client, store, head);
