import { emptyRoot, rootOver } from '../tree/merkle-hash.ts';
import { type Tile, tileWidth } from './tile.ts';
import { readTileHashes } from './tile-hashes.ts';

export interface TileBytes {
  readonly tile: Tile;
  readonly bytes: Buffer;
}

/**
 * The right edge of a growing tree: of each tile level the hashes that do not fill a tile yet. That is all it
 * takes to add leaves, to write the next tiles and to know the root.
 */
export class TreeEdge {
  readonly #levels: Buffer[][] = [];
  #size = 0;

  /**
   * Takes up a tree where its last partial tiles left it. Compare `root()` with a signed checkpoint before use:
   * the tiles' bytes are trusted for nothing else.
   *
   * @throws Fault `not-verified` when a tile has the wrong length
   */
  static fromTiles(size: number, tileBytes: (tile: Tile) => Uint8Array): TreeEdge {
    const edge = new TreeEdge();
    edge.#size = size;
    for (let level = 0, hashes = size; hashes > 0; level += 1, hashes = Math.floor(hashes / tileWidth)) {
      const width = hashes % tileWidth;
      const tile = { level, index: Math.floor(hashes / tileWidth), width };
      edge.#levels.push(
        width === 0 ? [] : readTileHashes(tileBytes(tile), tile).map((hash) => Buffer.from(hash)),
      );
    }
    return edge;
  }

  /** A second edge that grows by itself from here. */
  copy(): TreeEdge {
    const edge = new TreeEdge();
    edge.#size = this.#size;
    edge.#levels.push(...this.#levels.map((hashes) => [...hashes]));
    return edge;
  }

  /** The leaf hashes that do not fill a tile yet. */
  get partialLeaves(): readonly Buffer[] {
    return this.#levels[0] ?? [];
  }

  get size(): number {
    return this.#size;
  }

  /** Adds one leaf and gives the tiles that it filled: none mostly, one each 256 leaves, two each 65,536. */
  append(leafHash: Buffer): TileBytes[] {
    const filled: TileBytes[] = [];
    this.#size += 1;
    let hash = leafHash;
    for (let level = 0; ; level += 1) {
      const hashes = this.#levels[level] ?? [];
      this.#levels[level] = hashes;
      hashes.push(hash);
      if (hashes.length < tileWidth) return filled;
      const index = Math.floor(this.#size / tileWidth ** (level + 1)) - 1;
      filled.push({ tile: { level, index, width: tileWidth }, bytes: Buffer.concat(hashes) });
      hash = rootOver(hashes);
      this.#levels[level] = [];
    }
  }

  /** The partial tiles of the tree as it stands; a level whose last tile is full has none. */
  partialTiles(): TileBytes[] {
    return this.#levels.flatMap((hashes, level) => {
      const index = Math.floor(this.#size / tileWidth ** (level + 1));
      return hashes.length === 0
        ? []
        : [{ tile: { level, index, width: hashes.length }, bytes: Buffer.concat(hashes) }];
    });
  }

  root(): Buffer {
    let root: Buffer | undefined;
    for (const hashes of this.#levels) {
      const row = root === undefined ? hashes : [...hashes, root];
      if (row.length > 0) root = rootOver(row);
    }
    return root ?? emptyRoot;
  }
}
