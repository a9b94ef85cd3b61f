import { formatCheckpointText } from '../../src/analysis/tlog/checkpoint/checkpoint.ts';
import { formatTlogProof } from '../../src/analysis/tlog/checkpoint/tlog-proof.ts';
import type { Json } from '../../src/analysis/tlog/entry/canonical-json.ts';
import { encodeDisclosure, encodeEntry, leafHash } from '../../src/analysis/tlog/entry/entry.ts';
import { formatNote } from '../../src/analysis/tlog/note/note.ts';
import {
  cosignText,
  makeSignerKey,
  type SignerKey,
  signText,
} from '../../src/analysis/tlog/note/signer-key.ts';
import { formatVerifierKey, type SignatureType } from '../../src/analysis/tlog/note/verifier-key.ts';
import { formatEntryBundle } from '../../src/analysis/tlog/tile/entry-bundle.ts';
import { tilePath, tilesBetween } from '../../src/analysis/tlog/tile/tile.ts';
import { subtreesFromTiles } from '../../src/analysis/tlog/tile/tile-hashes.ts';
import { TreeEdge } from '../../src/analysis/tlog/tile/tree-edge.ts';
import { inclusionProof } from '../../src/analysis/tlog/tree/build-proof.ts';
import { instantOf } from '../../src/model/instant.ts';
import { plain } from '../../src/model/plain.ts';
import { seededChance } from '../../src/platform/chance/seeded-chance.ts';

export const signerKeyOf = (name: string, type: SignatureType, byte: number): SignerKey =>
  makeSignerKey({ name, type, seed: plain(Buffer.alloc(32, byte)) });

export const sampleKeys = {
  log: signerKeyOf('ledger.example/acme/2026', 1, 1),
  witnesses: [2, 3, 4].map((byte) => signerKeyOf(`witness${byte}.example`, 4, byte)),
};

/** The log's key, three witnesses and a quorum of two. */
export const samplePolicy = (): string =>
  [
    `log ${formatVerifierKey(sampleKeys.log.verifierKey)}`,
    ...sampleKeys.witnesses.map(({ verifierKey }, at) => `witness w${at} ${formatVerifierKey(verifierKey)}`),
    'group witnesses 2 w0 w1 w2',
    'quorum witnesses',
    '',
  ].join('\n');

export interface SampleEntry {
  readonly bytes: Buffer;
  readonly disclosures: readonly string[];
}

/** Entries such as the ledger writes them. */
export const sampleEntries = (count: number, seed = 1): SampleEntry[] => {
  const chance = seededChance(seed);
  return Array.from({ length: count }, (_, index) => {
    const named: [string, Json][] = [
      ['action', 'reveal'],
      ['fields', ['email', 'phone']],
      ['customer_no', index],
      ['place', { team: 'tea_x', site: null, vendor: 'ven_y' }],
    ];
    const disclosures = named.map(([name, value]) => encodeDisclosure(name, value, chance.bytes(16)));
    const at = instantOf(1_790_000_000_000 + index * 1_000);
    return { bytes: encodeEntry({ kind: 'access/v1', at, disclosures, chance }).bytes, disclosures };
  });
};

export const sampleCheckpoint = (size: number, root: Buffer, witnessCount = 2): string => {
  const text = formatCheckpointText({ origin: sampleKeys.log.verifierKey.name, size, root, extensions: [] });
  const cosignatures = sampleKeys.witnesses
    .slice(0, witnessCount)
    .map((witness) => cosignText(text, 1_790_000_000, witness));
  return formatNote({ text, signatures: [signText(text, sampleKeys.log), ...cosignatures] });
};

/** A whole log in memory: its files by path, with one checkpoint at its end. */
export const sampleLog = (entries: readonly Uint8Array[]): Map<string, Buffer> => {
  const files = new Map<string, Buffer>();
  const edge = new TreeEdge();
  for (const tile of tilesBetween(0, entries.length))
    if (tile.level === 'entries')
      files.set(
        tilePath(tile),
        formatEntryBundle(entries.slice(tile.index * 256, tile.index * 256 + tile.width)),
      );
  for (const entry of entries)
    for (const { tile, bytes } of edge.append(leafHash(entry))) files.set(tilePath(tile), bytes);
  for (const { tile, bytes } of edge.partialTiles()) files.set(tilePath(tile), bytes);
  files.set('checkpoint', Buffer.from(sampleCheckpoint(entries.length, edge.root())));
  return files;
};

export const sampleProof = (index: number, size: number, files: ReadonlyMap<string, Buffer>): string =>
  formatTlogProof({
    index,
    hashes: inclusionProof(
      index,
      size,
      subtreesFromTiles(size, (tile) => files.get(tilePath(tile)) ?? Buffer.of()),
    ),
    checkpoint: String(files.get('checkpoint')),
    extra: undefined,
  });
