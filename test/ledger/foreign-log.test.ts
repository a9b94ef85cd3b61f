import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../src/analysis/tlog/checkpoint/checkpoint.ts';
import { readVerifierKey } from '../../src/analysis/tlog/note/verifier-key.ts';
import { readEntryBundle } from '../../src/analysis/tlog/tile/entry-bundle.ts';
import { checkTile, LogAudit } from '../../src/analysis/tlog/tile/log-audit.ts';
import { readTilePath, type Tile, tilePath, tilesBetween } from '../../src/analysis/tlog/tile/tile.ts';
import { subtreesFromTiles } from '../../src/analysis/tlog/tile/tile-hashes.ts';
import { consistencyProof, inclusionProof } from '../../src/analysis/tlog/tree/build-proof.ts';
import { leafHash } from '../../src/analysis/tlog/tree/merkle-hash.ts';
import { verifyConsistency, verifyInclusion } from '../../src/analysis/tlog/tree/verify-proof.ts';
import { readLogFolder, vectorsFolder, vectorsMissing } from '../support/shared-vectors.ts';

const key = readVerifierKey('example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx');
const sizes = Array.from({ length: 16 }, (_, size) => size);

/** The whole of what an auditor does with a folder: signature, then every bundle and tile, then the root. */
const auditFolder = (files: ReadonlyMap<string, Buffer>, checkpointPath: string): void => {
  const stored = (tile: Tile): Buffer => {
    const bytes = files.get(tilePath(tile));
    if (bytes === undefined) throw new RangeError(`no ${tilePath(tile)}`);
    return bytes;
  };
  const head = openCheckpoint(files.get(checkpointPath) ?? Buffer.of(), key, checkpointPath);
  const audit = new LogAudit(head);
  for (let bundle = audit.nextBundle; bundle !== undefined; bundle = audit.nextBundle)
    for (const tile of audit.addBundle(stored(bundle))) checkTile(stored(tile.tile), tile);
  for (const tile of audit.partialTiles()) checkTile(stored(tile.tile), tile);
  audit.finish();
};

describe.skipIf(vectorsMissing !== undefined)(`a log made by another program ${vectorsMissing ?? ''}`, () => {
  const files = vectorsMissing === undefined ? readLogFolder(join(vectorsFolder, 'tessera-log')) : new Map();

  it('passes the full audit at each of its 16 sizes, and no file is left unread', () => {
    const read = new Set(['checkpoint']);
    for (const size of sizes) {
      auditFolder(files, `checkpoint.${size}`);
      read.add(`checkpoint.${size}`);
      for (const tile of tilesBetween(0, size)) read.add(tilePath(tile));
    }
    auditFolder(files, 'checkpoint');
    expect([...files.keys()].filter((path) => !read.has(path))).toEqual([]);
    for (const path of files.keys())
      if (path.startsWith('tile/')) expect(tilePath(readTilePath(path))).toBe(path);
  });

  it('holds the entries that its maker names', () => {
    const bundle = files.get('tile/entries/000.p/15') ?? Buffer.of();
    const entries = readEntryBundle(bundle, { count: 15, place: 'bundle' }).map(String);
    expect([entries[0], entries[11]]).toEqual(['one', 'twelf']);
  });

  it('gives inclusion proofs for every entry at every size, and consistency proofs between any two', () => {
    const heads = sizes.map((size) => openCheckpoint(files.get(`checkpoint.${size}`) ?? Buffer.of(), key));
    const bundle = readEntryBundle(files.get('tile/entries/000.p/15') ?? Buffer.of(), {
      count: 15,
      place: '',
    });
    for (const head of heads) {
      const source = subtreesFromTiles(head.size, (tile) => files.get(tilePath(tile)) ?? Buffer.of());
      for (const [index, entry] of bundle.slice(0, head.size).entries())
        verifyInclusion(
          { index, leafHash: leafHash(entry), proof: inclusionProof(index, head.size, source) },
          head,
        );
      for (const older of heads.slice(1, head.size + 1))
        verifyConsistency(older, head, consistencyProof(older.size, head.size, source));
    }
  });

  const flipped = (bytes: Buffer, bit: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    return copy;
  };

  it.each(sizes)(
    'is refused at size %i with any single bit flipped in any file, and the place is named',
    (size) => {
      const tiles = [...tilesBetween(0, size)].map(tilePath);
      for (const path of [`checkpoint.${size}`, ...tiles]) {
        const bytes = files.get(path) ?? Buffer.of();
        for (let bit = 0; bit < bytes.length * 8; bit += 1) {
          let thrown: unknown;
          try {
            auditFolder(new Map(files).set(path, flipped(bytes, bit)), `checkpoint.${size}`);
          } catch (caught) {
            thrown = caught;
          }
          // A changed entry is found where the tile's hash no longer fits it: the message names tile and entry.
          const place = path.startsWith('tile/entries/') ? /tile\/(?:entries|0)\/000\.p\/\d+[,:] / : path;
          expect(thrown).toMatchObject({ code: 'not-verified', message: expect.stringMatching(place) });
        }
      }
    },
  );
});
