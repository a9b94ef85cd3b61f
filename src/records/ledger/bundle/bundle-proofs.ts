import type { SignedCheckpoint } from '../../../analysis/tlog/checkpoint/checkpoint.ts';
import { formatTlogProof } from '../../../analysis/tlog/checkpoint/tlog-proof.ts';
import { formatNote } from '../../../analysis/tlog/note/note.ts';
import { tilePath } from '../../../analysis/tlog/tile/tile.ts';
import { subtreesFromTiles, tilesOfSubtrees } from '../../../analysis/tlog/tile/tile-hashes.ts';
import {
  inclusionProof,
  type Subtree,
  type SubtreeSource,
  subtreesOf,
} from '../../../analysis/tlog/tree/build-proof.ts';
import { leafHash } from '../../../analysis/tlog/tree/merkle-hash.ts';
import { type TreeHead, verifyInclusion } from '../../../analysis/tlog/tree/verify-proof.ts';
import type { LogStore } from '../../../platform/log-store/log-store.ts';
import { faulting } from '../../../platform/postgres/faulting.ts';
import type { CaseboundDatabase } from '../../schema/tables.ts';
import { proveConsistency } from '../publish/stored-proof.ts';
import { readTile } from '../publish/stored-tile.ts';
import type { KeptEntry } from './kept-values.ts';

const nameOf = ({ height, index }: Subtree): string => `${height}/${index}`;

/**
 * Builds proofs one after the other, all in a tree of `size`: what several of them hold is taken out of the tiles once.
 * Tiles are trusted for nothing: each finished proof is for the caller to verify.
 */
const proofBuilder = (store: Pick<LogStore, 'read'>, size: number) => {
  const known = new Map<string, Buffer>();
  return async (build: (source: SubtreeSource) => Buffer[]): Promise<Buffer[]> => {
    const missing = subtreesOf(build).filter((subtree) => !known.has(nameOf(subtree)));
    const tiles = new Map<string, Uint8Array>();
    for (const tile of tilesOfSubtrees(missing, size)) tiles.set(tilePath(tile), await readTile(store, tile));
    const source = subtreesFromTiles(size, (tile) => tiles.get(tilePath(tile)) ?? Buffer.of());
    for (const subtree of missing) known.set(nameOf(subtree), source(subtree));
    return build((subtree) => known.get(nameOf(subtree)) ?? Buffer.of());
  };
};

export interface ProvingPorts {
  readonly db: CaseboundDatabase;
  readonly store: Pick<LogStore, 'read'>;
}

/** Most timestamp tokens in one bundle. Of more, the first, the last and some between are taken. */
const tokensMax = 64;

const thinned = (sizes: readonly number[]): number[] => {
  if (sizes.length <= tokensMax) return [...sizes];
  const step = (sizes.length - 1) / (tokensMax - 1);
  return Array.from({ length: tokensMax }, (_, at) => sizes[Math.round(at * step)] ?? 0);
};

/** Of the stamped heads those that, for some entry, are the first to cover it. */
const firstToCover = (stamped: readonly number[], indexes: readonly number[]): number[] => {
  const needed = new Set<number>();
  let at = 0;
  for (const index of indexes) {
    while (at < stamped.length && (stamped[at] ?? 0) <= index) at += 1;
    const size = stamped[at];
    if (size !== undefined) needed.add(size);
  }
  return thinned([...needed]);
};

interface StampRow {
  readonly size: number;
  readonly stamped: Buffer;
  readonly answer: Buffer;
}

/** The files that prove where entries stand: their bytes, and a proof of each under one checkpoint. */
export const proofFiles = async (
  { store }: ProvingPorts,
  checkpoint: SignedCheckpoint,
  entries: readonly KeptEntry[],
): Promise<Map<string, Buffer>> => {
  const files = new Map<string, Buffer>();
  const prove = proofBuilder(store, checkpoint.size);
  const note = formatNote(checkpoint.note);
  for (const { index, bytes } of entries) {
    const hashes = await prove((source) => inclusionProof(index, checkpoint.size, source));
    verifyInclusion({ index, leafHash: leafHash(bytes), proof: hashes }, checkpoint);
    files.set(`entries/${index}.bin`, bytes);
    const proof = formatTlogProof({ index, hashes, checkpoint: note, extra: undefined });
    files.set(`proofs/${index}.tlog-proof`, Buffer.from(proof));
  }
  return files;
};

/** The proof that an older head is the beginning of the bundle's checkpoint, as a file. */
export const consistencyFile = async (
  { store }: Pick<ProvingPorts, 'store'>,
  older: TreeHead,
  checkpoint: SignedCheckpoint,
): Promise<Map<string, Buffer>> => {
  if (older.size === checkpoint.size || older.size === 0) return new Map();
  const hashes = await proveConsistency(store, older, checkpoint);
  const text = hashes.map((hash) => `${hash.toString('base64')}\n`).join('');
  return new Map([[`consistency/${older.size}-${checkpoint.size}`, Buffer.from(text)]]);
};

/** The timestamp tokens over the first heads that covered the entries, each with its consistency proof. */
export const timestampFiles = async (
  ports: ProvingPorts,
  checkpoint: SignedCheckpoint,
  entries: readonly KeptEntry[],
): Promise<Map<string, Buffer>> => {
  const { rows: sizes } = await faulting(
    ports.db.pool.query<{ size: number; root: Buffer }>(
      `select t.size, c.root from ledger_timestamp t join ledger_checkpoint c on c.origin = t.origin and c.size = t.size
       where t.origin = $1 and t.size <= $2 order by t.size`,
      [checkpoint.origin, checkpoint.size],
    ),
  );
  const rootOf = new Map(sizes.map(({ size, root }) => [size, root]));
  const needed = firstToCover(
    sizes.map(({ size }) => size),
    entries.map(({ index }) => index),
  );
  const { rows } = await faulting(
    ports.db.pool.query<StampRow>(
      'select size, stamped, answer from ledger_timestamp where origin = $1 and size = any ($2::bigint[]) order by size',
      [checkpoint.origin, needed],
    ),
  );
  const files = new Map<string, Buffer>();
  for (const { size, stamped, answer } of rows) {
    files.set(`timestamps/${size}.checkpoint`, stamped);
    files.set(`timestamps/${size}.tsr`, answer);
    const older = { size, root: rootOf.get(size) ?? Buffer.of() };
    for (const [path, bytes] of await consistencyFile(ports, older, checkpoint)) files.set(path, bytes);
  }
  return files;
};
