import { notVerified } from '../not-verified.ts';
import { hashBytes } from '../text/base64.ts';
import { leafHash } from '../tree/merkle-hash.ts';
import type { TreeHead } from '../tree/verify-proof.ts';
import { readEntryBundle } from './entry-bundle.ts';
import { bundleOf, type Tile, tilePath, tileWidth } from './tile.ts';
import { readTileHashes } from './tile-hashes.ts';
import { type TileBytes, TreeEdge } from './tree-edge.ts';

/** The full tile that a reader may find in place of a partial one: logs may delete the partial one by then. */
export const fullTileOf = (tile: Tile): Tile => ({ ...tile, width: tileWidth });

/**
 * Cuts a full tile or bundle down to the partial one that stood there before.
 *
 * @throws Fault `not-verified` when the bytes are no full tile
 */
export const cutTile = (full: Uint8Array, tile: Tile): Uint8Array => {
  if (tile.level !== 'entries') {
    readTileHashes(full, fullTileOf(tile));
    return full.subarray(0, tile.width * hashBytes);
  }
  const entries = readEntryBundle(full, { count: tileWidth, place: tilePath(fullTileOf(tile)) });
  const end = entries.slice(0, tile.width).reduce((sum, entry) => sum + 2 + entry.length, 0);
  return full.subarray(0, end);
};

/**
 * Compares a stored tile with the one that the entries give.
 *
 * @throws Fault `not-verified` with the path and the first hash that differs
 */
export const checkTile = (stored: Uint8Array, { tile, bytes }: TileBytes): void => {
  const expected = readTileHashes(bytes, tile);
  const differs = readTileHashes(stored, tile).findIndex((hash, at) => !hash.equals(expected[at] ?? hash));
  if (differs === -1) return;
  const at = tile.index * tileWidth + differs;
  const below = tile.level === 0 ? `entry ${at}` : `tile ${at} of level ${Number(tile.level) - 1}`;
  throw notVerified(`${tilePath(tile)}, hash ${differs}`, `does not fit ${below}`);
};

/**
 * A full audit of a log against one checkpoint, driven from outside: hand in the bundles in order, compare every
 * tile it gives with the stored one (`checkTile`), then `finish` and compare the rest.
 */
export class LogAudit {
  readonly #head: TreeHead;
  readonly #edge: TreeEdge;

  /** `edge` is an earlier audit's end; without it the audit starts at the first entry. */
  constructor(head: TreeHead, edge: TreeEdge = new TreeEdge()) {
    this.#head = head;
    this.#edge = edge;
  }

  /** The bundle to hand in next, or undefined when all entries are in. */
  get nextBundle(): Tile | undefined {
    return this.#edge.size < this.#head.size ? bundleOf(this.#edge.size, this.#head.size) : undefined;
  }

  /**
   * Takes the next bundle and gives the tiles that it completes.
   *
   * @throws Fault `not-verified` when the bundle is broken
   */
  addBundle(bytes: Uint8Array): TileBytes[] {
    const bundle = this.nextBundle;
    if (bundle === undefined) throw new RangeError('all bundles are in');
    const place = tilePath(bundle);
    const leaves = readEntryBundle(bytes, { count: bundle.width, place }).map((entry) => leafHash(entry));
    // A bundle that an earlier audit ended in begins with entries that are in the tree already.
    const known = this.#edge.partialLeaves;
    const differs = known.findIndex((leaf, at) => leaves[at]?.equals(leaf) !== true);
    if (differs !== -1)
      throw notVerified(
        `${place}, entry ${differs} of the bundle`,
        'it is not the entry that was there before',
      );
    return leaves.slice(known.length).flatMap((leaf) => this.#edge.append(leaf));
  }

  /**
   * Gives the partial tiles and checks the root. Compare the tiles first: they say where a wrong root comes from.
   */
  partialTiles(): TileBytes[] {
    return this.#edge.partialTiles();
  }

  /** @throws Fault `not-verified` when entries are missing or do not give the signed root */
  finish(): void {
    const place = `entries 0 to ${this.#head.size - 1}`;
    if (this.#edge.size !== this.#head.size) throw notVerified(place, `only ${this.#edge.size} are there`);
    if (!this.#edge.root().equals(this.#head.root))
      throw notVerified(
        this.#head.size === 0 ? 'checkpoint' : place,
        'they do not give the root of the checkpoint',
      );
  }
}
