/**
 * The tree, proofs and audits at the size of a large ledger: a million entries of the real form, in memory.
 *
 *     node bench/tlog-speed.ts [ENTRIES]
 *
 * Limits: proof at 10^6 entries <= 1,600 bytes and verified in <= 5 ms; inclusion and consistency from tiles
 * <= 50 ms; full audit of 10^6 entries <= 15 s. The audit's floor, reading and leaf hashing alone, is measured
 * beside it. Times are processor time. Exit status 1 when a limit is missed.
 */
import { formatTlogProof, verifyTlogProof } from '../src/analysis/tlog/checkpoint/tlog-proof.ts';
import { readTrustPolicy } from '../src/analysis/tlog/checkpoint/trust-policy.ts';
import { formatEntryBundle, readEntryBundle } from '../src/analysis/tlog/tile/entry-bundle.ts';
import { checkTile, LogAudit } from '../src/analysis/tlog/tile/log-audit.ts';
import { type Tile, tilePath } from '../src/analysis/tlog/tile/tile.ts';
import { subtreesFromTiles } from '../src/analysis/tlog/tile/tile-hashes.ts';
import { TreeEdge } from '../src/analysis/tlog/tile/tree-edge.ts';
import { consistencyProof, inclusionProof, treeRoot } from '../src/analysis/tlog/tree/build-proof.ts';
import { leafHash } from '../src/analysis/tlog/tree/merkle-hash.ts';
import { verifyConsistency, verifyInclusion } from '../src/analysis/tlog/tree/verify-proof.ts';
import { sampleCheckpoint, sampleEntries, samplePolicy } from '../test/support/sample-log.ts';

const size = Number(process.argv[2] ?? 1_000_000);
const [entry = { bytes: Buffer.of() }] = sampleEntries(1);
/** The same form and length for every entry, with its own number in it. */
const entryOf = (index: number): Buffer => {
  const bytes = Buffer.from(entry.bytes);
  bytes.write(String(index).padStart(16, 'A'), 9, 'latin1');
  return bytes;
};
/** Processor seconds: on a machine that others use too, the clock on the wall measures them as well. */
const secondsOf = (work: () => void): number => {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000_000;
};
const medianMs = (rounds: number, work: (round: number) => void): number => {
  const times = Array.from({ length: rounds }, (_, round) => secondsOf(() => work(round)) * 1_000);
  return times.sort((left, right) => left - right)[Math.floor(rounds / 2)] ?? Number.NaN;
};

const tiles = new Map<string, Buffer>();
const bundles: Buffer[] = [];
const edge = new TreeEdge();
const buildSeconds = secondsOf(() => {
  for (let start = 0; start < size; start += 256) {
    const entries = Array.from({ length: Math.min(256, size - start) }, (_, at) => entryOf(start + at));
    bundles.push(formatEntryBundle(entries));
    for (const one of entries)
      for (const { tile, bytes } of edge.append(leafHash(one))) tiles.set(tilePath(tile), bytes);
  }
  for (const { tile, bytes } of edge.partialTiles()) tiles.set(tilePath(tile), bytes);
});
const head = { size, root: edge.root() };
const stored = (tile: Tile): Buffer => tiles.get(tilePath(tile)) ?? Buffer.of();
const source = subtreesFromTiles(size, stored);

const auditSeconds = secondsOf(() => {
  const audit = new LogAudit(head);
  for (const bundle of bundles)
    for (const tile of audit.addBundle(bundle)) checkTile(stored(tile.tile), tile);
  for (const tile of audit.partialTiles()) checkTile(stored(tile.tile), tile);
  audit.finish();
});
const floorSeconds = secondsOf(() => {
  bundles.forEach((bundle, at) => {
    const count = Math.min(256, size - at * 256);
    for (const one of readEntryBundle(bundle, { count, place: 'bundle' })) leafHash(one);
  });
});

const older = Math.floor(size / 3);
const olderHead = { size: older, root: treeRoot(older, subtreesFromTiles(size, stored)) };
const fromTilesMs = medianMs(50, (round) => {
  const index = (round * 7_919) % size;
  verifyInclusion(
    { index, leafHash: leafHash(entryOf(index)), proof: inclusionProof(index, size, source) },
    head,
  );
  verifyConsistency(olderHead, head, consistencyProof(older, size, source));
});
const policy = readTrustPolicy(Buffer.from(samplePolicy()));
const index = Math.floor(size / 7);
const hashes = inclusionProof(index, size, source);
const checkpoint = sampleCheckpoint(size, head.root, 3);
const proof = Buffer.from(formatTlogProof({ index, hashes, checkpoint, extra: undefined }));
const leaf = leafHash(entryOf(index));
const proofMs = medianMs(200, () => verifyTlogProof({ proof, leafHash: leaf }, policy));

const rows: [string, number, string, number][] = [
  [`build tiles and bundles, ${size} entries`, buildSeconds, 's', Number.POSITIVE_INFINITY],
  [`full audit, ${size} entries`, auditSeconds, 's', (15 * size) / 1_000_000],
  ['  of which reading and leaf hashes alone', floorSeconds, 's', Number.POSITIVE_INFINITY],
  ['inclusion and consistency, built from tiles and verified', fromTilesMs, 'ms', 50],
  ['one proof verified, log and three witnesses', proofMs, 'ms', 5],
  ['bytes of that proof', proof.length, 'B', 1_600],
];
for (const [name, value, unit, limit] of rows) {
  const bound = Number.isFinite(limit) ? `limit ${limit} ${unit}` : '';
  console.log(
    `${name.padEnd(58)} ${value.toFixed(unit === 'B' ? 0 : 2).padStart(9)} ${unit.padEnd(3)} ${bound}`,
  );
  if (value > limit) process.exitCode = 1;
}
