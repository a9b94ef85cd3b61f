import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manyEntries, naiveRoot } from '../../../../test/support/naive-tree.ts';
import { consistencyProof, inclusionProof, subtreesOf, treeRoot } from '../tree/build-proof.ts';
import { leafHash } from '../tree/merkle-hash.ts';
import { verifyConsistency, verifyInclusion } from '../tree/verify-proof.ts';
import { formatEntryBundle, readEntryBundle } from './entry-bundle.ts';
import { checkTile, cutTile, fullTileOf, LogAudit } from './log-audit.ts';
import { bundleOf, readTilePath, type Tile, tileOf, tilePath, tilesBetween } from './tile.ts';
import { readTileHashes, subtreesFromTiles, tilesOfSubtrees } from './tile-hashes.ts';
import { TreeEdge } from './tree-edge.ts';

const notVerified = expect.objectContaining({ code: 'not-verified' });
const pathsOf = (tiles: Iterable<Tile>): string[] => [...tiles].map(tilePath);

describe('a tile path', () => {
  it('is spelt as C2SP tlog-tiles spells it', () => {
    expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067');
    expect(tilePath({ level: 2, index: 0, width: 1 })).toBe('tile/2/000.p/1');
    expect(tilePath({ level: 'entries', index: 999, width: 255 })).toBe('tile/entries/999.p/255');
    expect(tilePath({ level: 'entries', index: 1000, width: 256 })).toBe('tile/entries/x001/000');
  });

  it('reads back, and no other spelling does', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constant('entries' as const), fc.nat(63)),
        fc.nat(2 ** 53 - 1),
        fc.integer({ min: 1, max: 256 }),
        (level, index, width) => {
          const path = tilePath({ level, index, width });
          expect(readTilePath(path)).toEqual({ level, index, width });
        },
      ),
    );
  });

  it.each([
    'tile/00/000',
    'tile/64/000',
    'tile/0/00',
    'tile/0/0000',
    'tile/0/x000/001',
    'tile/0/001/067',
    'tile/0/x001',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/000.p/',
    'tile/8/0/000',
    'tile/data/000',
    'tile/-1/000',
    '/tile/0/000',
    'tile/0/000/',
    'tile/0/../0/000',
    'tile/0/x999/x999/x999/x999/x999/999',
    'tile/0/000\n',
    '',
  ])('refuses %j', (path) => {
    expect(() => readTilePath(path)).toThrow(notVerified);
  });
});

describe('the tiles of a tree', () => {
  it('are those of the example in C2SP tlog-tiles: 70,000 entries', () => {
    const tiles = [...tilesBetween(0, 70_000)].filter(({ level }) => level !== 'entries');
    expect(tiles.filter(({ level, width }) => level === 0 && width === 256)).toHaveLength(273);
    expect(pathsOf(tiles.slice(273))).toEqual([
      'tile/0/273.p/112',
      'tile/1/000',
      'tile/1/001.p/17',
      'tile/2/000.p/1',
    ]);
  });

  it('of 256 entries are one full tile and a partial one of width 1 above, and never an empty one', () => {
    expect(pathsOf(tilesBetween(0, 256))).toEqual(['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1']);
    expect(pathsOf(tilesBetween(0, 0))).toEqual([]);
    fc.assert(
      fc.property(fc.nat(200_000), (size) => {
        for (const { width } of tilesBetween(0, size)) expect(width).toBeGreaterThan(0);
      }),
      { numRuns: 20 },
    );
  });

  it('that are new between two sizes are those of the one that the other does not have', () => {
    fc.assert(
      fc.property(fc.nat(70_000), fc.nat(3_000), (from, more) => {
        const before = new Set(pathsOf(tilesBetween(0, from)));
        const expected = pathsOf(tilesBetween(0, from + more)).filter((path) => !before.has(path));
        expect(pathsOf(tilesBetween(from, from + more))).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('name the tile and bundle of an entry', () => {
    expect(tilePath(tileOf(0, 300, 301))).toBe('tile/0/001.p/45');
    expect(tilePath(bundleOf(300, 600))).toBe('tile/entries/001');
    expect(tilePath(bundleOf(599, 600))).toBe('tile/entries/002.p/88');
    expect(tilePath(tileOf(1, 1, 600))).toBe('tile/1/000.p/2');
  });
});

describe('an entry bundle', () => {
  it('reads back, and breaks off nowhere', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 256 }), (entries) => {
        const bytes = formatEntryBundle(entries);
        const shape = { count: entries.length, place: 'bundle' };
        expect(readEntryBundle(bytes, shape).map((entry) => new Uint8Array(entry))).toEqual(entries);
        expect(() => readEntryBundle(bytes, { ...shape, count: entries.length + 1 })).toThrow(notVerified);
        expect(() => readEntryBundle(Buffer.concat([bytes, Buffer.of(0)]), shape)).toThrow(notVerified);
        if (bytes.length > 0)
          expect(() => readEntryBundle(bytes.subarray(0, -1), shape)).toThrow(notVerified);
      }),
    );
  });

  it('holds entries up to 65,535 bytes and no longer ones', () => {
    const longest = formatEntryBundle([Buffer.alloc(65_535)]);
    expect(readEntryBundle(longest, { count: 1, place: 'bundle' })[0]).toHaveLength(65_535);
    expect(() => formatEntryBundle([Buffer.alloc(65_536)])).toThrow(expect.objectContaining({ code: 'bug' }));
  });
});

/** A log in memory: its files by path, as they stand at every multiple of `step`. */
const writeLog = (entries: readonly Buffer[], step: number): Map<string, Buffer> => {
  const files = new Map<string, Buffer>();
  const edge = new TreeEdge();
  for (const [at, entry] of entries.entries()) {
    for (const { tile, bytes } of edge.append(leafHash(entry))) files.set(tilePath(tile), bytes);
    const size = at + 1;
    if (size % step !== 0 && size % 256 !== 0 && size !== entries.length) continue;
    for (const { tile, bytes } of edge.partialTiles()) files.set(tilePath(tile), bytes);
    const bundle = bundleOf(at, size);
    files.set(tilePath(bundle), formatEntryBundle(entries.slice(bundle.index * 256, size)));
  }
  return files;
};
const reading =
  (files: ReadonlyMap<string, Buffer>) =>
  (tile: Tile): Uint8Array => {
    const partial = files.get(tilePath(tile));
    if (partial !== undefined) return partial;
    const full = files.get(tilePath(fullTileOf(tile)));
    if (full === undefined) throw new RangeError(`no ${tilePath(tile)}`);
    return cutTile(full, tile);
  };

describe('a log in tiles', () => {
  const entries = manyEntries(1_100);
  const files = writeLog(entries, 100);
  const read = reading(files);

  it('has the root that RFC 6962 gives, from its edge and from its tiles', () => {
    const edge = new TreeEdge();
    for (let size = 0; size <= 600; size += 1) {
      if (size > 0) edge.append(leafHash(entries[size - 1] ?? Buffer.of()));
      expect(edge.size).toBe(size);
      if (size % 37 === 0 || size === 256 || size === 512)
        expect(edge.root()).toEqual(naiveRoot(entries.slice(0, size)));
    }
    for (const size of [1, 100, 255, 256, 257, 512, 1_000, 1_100])
      expect(treeRoot(size, subtreesFromTiles(size, read))).toEqual(naiveRoot(entries.slice(0, size)));
  });

  it('gives proofs that verify, from the tiles that were asked for beforehand and no others', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 11 }), fc.nat(), fc.nat(), (hundreds, some, other) => {
        const size = hundreds * 100;
        const index = some % size;
        const older = ((other % hundreds) + 1) * 100;
        const build = (source: Parameters<Parameters<typeof subtreesOf>[0]>[0]) => ({
          inclusion: inclusionProof(index, size, source),
          consistency: consistencyProof(older, size, source),
        });
        const wanted = new Set(tilesOfSubtrees(subtreesOf(build), size).map(tilePath));
        const { inclusion, consistency } = build(
          subtreesFromTiles(size, (tile) => {
            expect(wanted).toContain(tilePath(tile));
            return read(tile);
          }),
        );
        const head = { size, root: treeRoot(size, subtreesFromTiles(size, read)) };
        verifyInclusion({ index, leafHash: leafHash(entries[index] ?? Buffer.of()), proof: inclusion }, head);
        const olderRoot = treeRoot(older, subtreesFromTiles(older, read));
        verifyConsistency({ size: older, root: olderRoot }, head, consistency);
      }),
      { numRuns: 60 },
    );
  });

  it('grows on from its stored partial tiles to the same tree', () => {
    for (const size of [0, 1, 255, 256, 300, 1_024]) {
      const edge = TreeEdge.fromTiles(size, read);
      expect(edge.root()).toEqual(naiveRoot(entries.slice(0, size)));
      for (const entry of entries.slice(size, size + 70)) edge.append(leafHash(entry));
      expect(edge.root()).toEqual(naiveRoot(entries.slice(0, size + 70)));
    }
  });

  it('has the levels that 65,536 entries fill, two tiles at once', () => {
    const edge = new TreeEdge();
    const leaf = leafHash(Buffer.from('same'));
    let filledBefore = 0;
    for (let count = 1; count < 65_536; count += 1) filledBefore += edge.append(leaf).length;
    expect(filledBefore).toBe(255);
    const filled = edge.append(leaf);
    expect(filled.map(({ tile }) => tilePath(tile))).toEqual(['tile/0/255', 'tile/1/000']);
    expect(edge.partialTiles().map(({ tile }) => tilePath(tile))).toEqual(['tile/2/000.p/1']);
    const [above] = readTileHashes(edge.partialTiles()[0]?.bytes ?? Buffer.of(), {
      level: 2,
      index: 0,
      width: 1,
    });
    expect(edge.root()).toEqual(above);
  });

  const auditAt = (size: number, from: ReadonlyMap<string, Buffer>): void => {
    const root = treeRoot(size, subtreesFromTiles(size, read));
    const audit = new LogAudit({ size, root });
    const stored = reading(from);
    for (let bundle = audit.nextBundle; bundle !== undefined; bundle = audit.nextBundle)
      for (const tile of audit.addBundle(stored(bundle))) checkTile(stored(tile.tile), tile);
    for (const tile of audit.partialTiles()) checkTile(stored(tile.tile), tile);
    audit.finish();
  };

  it('passes a full audit at every size it published', () => {
    for (const size of [0, 100, 256, 300, 1_000, 1_100]) auditAt(size, files);
  });

  it('fails the audit for one flipped bit in any file, and the message names the file', () => {
    const size = 1_100;
    const used = pathsOf(tilesBetween(0, size));
    expect(used).toHaveLength(11);
    fc.assert(
      fc.property(fc.constantFrom(...used), fc.nat(), (path, chance) => {
        const bytes = Buffer.from(files.get(path) ?? Buffer.of());
        const bit = chance % (bytes.length * 8);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        // A changed entry shows where its tile's hash no longer fits, so the message names the same numbers.
        const number = path.replace(/^tile\/entries\//, '').replace(/^tile\//, '');
        expect(() => auditAt(size, new Map(files).set(path, bytes))).toThrow(
          expect.objectContaining({ code: 'not-verified', detail: expect.stringContaining(number) }),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('passes an audit that goes on where an earlier one ended, and fails it for an entry changed before that', () => {
    const goOn = (from: ReadonlyMap<string, Buffer>): void => {
      const root = treeRoot(1_100, subtreesFromTiles(1_100, read));
      const audit = new LogAudit({ size: 1_100, root }, TreeEdge.fromTiles(1_000, read));
      for (let bundle = audit.nextBundle; bundle !== undefined; bundle = audit.nextBundle)
        for (const tile of audit.addBundle(reading(from)(bundle))) checkTile(reading(from)(tile.tile), tile);
      audit.finish();
    };
    goOn(files);
    const changed = entries.slice(768, 1_024).with(3, Buffer.from('changed'));
    const spoilt = new Map(files).set('tile/entries/003', formatEntryBundle(changed));
    expect(() => goOn(spoilt)).toThrow('tile/entries/003, entry 3 of the bundle');
  });

  it('copies its edge: the one grows without the other', () => {
    const edge = TreeEdge.fromTiles(300, read);
    const copy = edge.copy();
    copy.append(leafHash(entries[300] ?? Buffer.of()));
    expect([edge.size, copy.size]).toEqual([300, 301]);
    expect(edge.root()).toEqual(naiveRoot(entries.slice(0, 300)));
    expect(copy.root()).toEqual(naiveRoot(entries.slice(0, 301)));
  });

  it('fails the audit when entries and tiles fit each other but not the signed root', () => {
    const forged = writeLog(
      entries.map((entry, at) => (at === 700 ? Buffer.from('forged') : entry)),
      100,
    );
    expect(() => auditAt(1_100, forged)).toThrow(/do not give the root/);
    expect(() => new LogAudit({ size: 3, root: Buffer.alloc(32) }).finish()).toThrow(/only 0 are there/);
  });

  it('refuses a tile of another length than its width', () => {
    const tile = { level: 0, index: 0, width: 3 };
    expect(() => readTileHashes(Buffer.alloc(95), tile)).toThrow(notVerified);
    expect(() => readTileHashes(Buffer.alloc(97), tile)).toThrow(notVerified);
    expect(() => cutTile(Buffer.alloc(8_191), tile)).toThrow(notVerified);
  });
});
