import fc from 'fast-check';
import { formatAddCheckpoint, readAddCheckpoint } from '../../src/analysis/tlog/checkpoint/add-checkpoint.ts';
import { formatCheckpointText, readCheckpoint } from '../../src/analysis/tlog/checkpoint/checkpoint.ts';
import { formatTlogProof, readTlogProof } from '../../src/analysis/tlog/checkpoint/tlog-proof.ts';
import { judgeCheckpoint, readTrustPolicy } from '../../src/analysis/tlog/checkpoint/trust-policy.ts';
import { decodeDisclosure, encodeDisclosure } from '../../src/analysis/tlog/entry/disclosure.ts';
import { decodeEntry } from '../../src/analysis/tlog/entry/entry.ts';
import { formatNote, readNote } from '../../src/analysis/tlog/note/note.ts';
import {
  formatKeyId,
  formatVerifierKey,
  readVerifierKey,
} from '../../src/analysis/tlog/note/verifier-key.ts';
import { formatEntryBundle, readEntryBundle } from '../../src/analysis/tlog/tile/entry-bundle.ts';
import { readTilePath, tilePath } from '../../src/analysis/tlog/tile/tile.ts';
import { readTileHashes } from '../../src/analysis/tlog/tile/tile-hashes.ts';
import { isFault } from '../../src/model/fault.ts';
import * as independent from './independent-verifier.ts';
import {
  sampleCheckpoint,
  sampleEntries,
  sampleKeys,
  sampleLog,
  samplePolicy,
  sampleProof,
} from './sample-log.ts';

/**
 * Broken and nearly right input for every reader of the ledger's formats. A reader either refuses with the fault
 * `not-verified`, or what it read writes back to the very same bytes; and where the independent verifier reads the
 * same format, both give the same answer.
 */
const entries = sampleEntries(40);
const files = sampleLog(entries.map(({ bytes }) => bytes));
const bytesOf = (text: string): Buffer => Buffer.from(text);
const checkpoint = String(files.get('checkpoint'));
const root = Buffer.alloc(32, 9);
const longPolicy =
  `# why\n\n${samplePolicy().replace('group witnesses 2', '\tgroup first all w0\ngroup witnesses any first')}`
    .replace('witnesses any first w0', 'witnesses any first')
    .replace('quorum', '  quorum ');

const pieces = [
  '\n',
  '\n\n',
  ' ',
  '  ',
  '=',
  '==',
  '0',
  '+',
  '-',
  '— ',
  '\r',
  '\t',
  '\0',
  'é',
  '\u2003',
  '\ufeff',
];
const words = [
  '9007199254740993',
  '18446744073709551616',
  '00',
  '1e3',
  'none',
  'all',
  '.p/0',
  'x000/',
  '"',
  '\\',
  ',',
];
const raw = [Buffer.of(0xff), Buffer.of(0xc0, 0x80), Buffer.of(0xed, 0xa0, 0x80), Buffer.of(0xe2, 0x80)];
const inserts = [...[...pieces, ...words].map(bytesOf), ...raw];

type Change = (bytes: Buffer) => Buffer;
const at = (bytes: Buffer, where: number): number => Math.floor(where * (bytes.length + 1));
const lineChange =
  (from: number, to: number, kind: number): Change =>
  (bytes) => {
    const lines = bytes.toString('latin1').split('\n');
    const [a, b] = [Math.floor(from * lines.length), Math.floor(to * lines.length)];
    const line = lines[a] ?? '';
    if (kind === 0) lines.splice(a, 1);
    else if (kind === 1) lines.splice(b, 0, line);
    else [lines[a], lines[b]] = [lines[b] ?? '', line];
    return Buffer.from(lines.join('\n'), 'latin1');
  };

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(unit, fc.nat(7)).map(
    ([where, bit]): Change =>
      (bytes) => {
        const copy = Buffer.from(bytes);
        const index = Math.floor(where * bytes.length);
        if (bytes.length > 0) copy[index] = (copy[index] ?? 0) ^ (1 << bit);
        return copy;
      },
  ),
  fc.tuple(unit, fc.integer({ min: 1, max: 50 })).map(
    ([where, count]): Change =>
      (bytes) => {
        const start = at(bytes, where);
        return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + count)]);
      },
  ),
  fc.tuple(unit, fc.constantFrom(...inserts)).map(
    ([where, piece]): Change =>
      (bytes) => {
        const start = at(bytes, where);
        return Buffer.concat([bytes.subarray(0, start), piece, bytes.subarray(start)]);
      },
  ),
  fc.tuple(unit, fc.constantFrom(...inserts)).map(
    ([where, piece]): Change =>
      (bytes) => {
        const start = at(bytes, where);
        return Buffer.concat([bytes.subarray(0, start), piece, bytes.subarray(start + piece.length)]);
      },
  ),
  fc.tuple(unit, unit, fc.nat(2)).map(([from, to, kind]) => lineChange(from, to, kind)),
);

/** Good documents with a few changes, now and then unchanged, now and then nothing but noise. */
const spoilt = (...good: readonly (string | Uint8Array)[]): fc.Arbitrary<Buffer> =>
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc
        .tuple(
          fc.constantFrom(...good.map((document) => Buffer.from(document as Uint8Array))),
          fc.array(change, { maxLength: 3 }),
        )
        .map(([document, changes]) => changes.reduce<Buffer>((bytes, apply) => apply(bytes), document)),
    },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  );

const answerOf = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch (thrown) {
    if (isFault(thrown) && thrown.code === 'not-verified') return undefined;
    if (thrown instanceof independent.NotVerified) return undefined;
    throw thrown;
  }
};
const answerLater = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await read();
  } catch (thrown) {
    if (thrown instanceof independent.NotVerified) return undefined;
    throw thrown;
  }
};
const agree = (what: string, ours: unknown, theirs: unknown): void => {
  const [left, right] = [JSON.stringify(ours ?? null), JSON.stringify(theirs ?? null)];
  if (left !== right) throw new Error(`${what}: ${left} here, ${right} there`);
};
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export interface Fuzzed {
  readonly name: string;
  /** What share of the cases goes to this reader. */
  readonly weight: number;
  readonly property: fc.IRawProperty<unknown>;
}

const note: Fuzzed = {
  name: 'note',
  weight: 6,
  property: fc.property(spoilt(checkpoint, sampleCheckpoint(7, root, 0)), (bytes) => {
    const ours = answerOf(() => readNote(bytes));
    if (ours) agree('written back', formatNote(ours), bytes.toString());
    const theirs = answerOf(() => independent.readNote(bytes, 'note'));
    agree(
      'note',
      ours && { text: ours.text, by: ours.signatures.map(({ name, keyId }) => [name, formatKeyId(keyId)]) },
      theirs && { text: theirs.text, by: theirs.signatures.map(({ name, id }) => [name, id]) },
    );
  }),
};

const withExtension = sampleCheckpoint(7, root).replace('\n\n', '\nmore\n\n');
const head: Fuzzed = {
  name: 'checkpoint',
  weight: 6,
  property: fc.property(spoilt(checkpoint, withExtension), (bytes) => {
    const ours = answerOf(() => readCheckpoint(bytes));
    if (ours) agree('written back', formatCheckpointText(ours), ours.note.text);
    const theirs = answerOf(() => independent.readCheckpoint(bytes, 'checkpoint'));
    agree(
      'checkpoint',
      ours && [ours.origin, ours.size, hexOf(ours.root)],
      theirs && [theirs.origin, theirs.size, hexOf(theirs.root)],
    );
  }),
};

const policy = readTrustPolicy(bytesOf(samplePolicy()));
const theirPolicy = independent.readPolicy(bytesOf(samplePolicy()));
const judged: Fuzzed = {
  name: 'checkpoint under a policy',
  weight: 1,
  property: fc.asyncProperty(spoilt(checkpoint, sampleCheckpoint(7, root, 3)), async (bytes) => {
    const ours = answerOf(() => judgeCheckpoint(bytes, policy));
    const theirs = await answerLater(() => independent.judgeCheckpoint(bytes, theirPolicy));
    agree(
      'judged checkpoint',
      ours && [ours.origin, ours.size, hexOf(ours.root), ours.cosigners.length],
      theirs && [theirs.origin, theirs.size, hexOf(theirs.root), theirs.cosigners.length],
    );
    const isUnchanged = ours === undefined || [40, 7].includes(ours.size);
    if (!isUnchanged) throw new Error('a changed tree head was believed');
  }),
};

const trust: Fuzzed = {
  name: 'policy',
  weight: 4,
  property: fc.property(spoilt(samplePolicy(), longPolicy), (bytes) => {
    const ours = answerOf(() => readTrustPolicy(bytes));
    const theirs = answerOf(() => independent.readPolicy(bytes));
    agree('policy', ours?.quorum, theirs?.quorum);
  }),
};

const key: Fuzzed = {
  name: 'verifier key',
  weight: 3,
  property: fc.property(
    spoilt(
      ...[sampleKeys.log, ...sampleKeys.witnesses].map((signer) => formatVerifierKey(signer.verifierKey)),
    ),
    (bytes) => {
      const text = bytes.toString();
      const ours = answerOf(() => readVerifierKey(text));
      if (ours) agree('written back', formatVerifierKey(ours), text);
      const theirs = answerOf(() => independent.readKey(text));
      agree('key', ours && hexOf(ours.publicKey), theirs && hexOf(theirs.publicKey));
    },
  ),
};

const context = sampleProof(5, 40, files).replace('index', 'extra aGVsbG8=\nindex');
const proof: Fuzzed = {
  name: 'proof',
  weight: 6,
  property: fc.property(spoilt(sampleProof(5, 40, files), context), (bytes) => {
    const ours = answerOf(() => readTlogProof(bytes));
    if (ours) agree('written back', formatTlogProof(ours), bytes.toString());
    const theirs = answerOf(() => independent.readProof(bytes));
    agree(
      'proof',
      ours && [ours.index, ours.hashes.map(hexOf), ours.checkpoint],
      theirs && [theirs.index, theirs.hashes.map(hexOf), Buffer.from(theirs.checkpoint).toString()],
    );
  }),
};

const request = formatAddCheckpoint({ oldSize: 3, proof: [root, root], checkpoint });
const asked: Fuzzed = {
  name: 'add-checkpoint',
  weight: 3,
  property: fc.property(spoilt(request, request.replace('old 3', 'old 0')), (bytes) => {
    const ours = answerOf(() => readAddCheckpoint(bytes));
    if (ours) agree('written back', formatAddCheckpoint(ours), bytes.toString());
  }),
};

const bundleBytes = files.get('tile/entries/000.p/40') ?? Buffer.of();
const bundle: Fuzzed = {
  name: 'entry bundle',
  weight: 3,
  property: fc.property(
    spoilt(bundleBytes, formatEntryBundle([Buffer.of(), bytesOf('a'), Buffer.alloc(300)])),
    fc.constantFrom(0, 1, 3, 40, 256),
    (bytes, count) => {
      const ours = answerOf(() => readEntryBundle(bytes, { count, place: 'bundle' }));
      if (ours) agree('written back', hexOf(formatEntryBundle(ours)), hexOf(bytes));
    },
  ),
};

const tile: Fuzzed = {
  name: 'tile',
  weight: 1,
  property: fc.property(
    spoilt(files.get('tile/0/000.p/40') ?? Buffer.of(), root),
    fc.constantFrom(1, 39, 40),
    (bytes, width) => {
      const ours = answerOf(() => readTileHashes(bytes, { level: 0, index: 0, width }));
      if (ours) agree('written back', hexOf(Buffer.concat(ours)), hexOf(bytes));
      agree('length', ours !== undefined, bytes.length === width * 32);
    },
  ),
};

const path: Fuzzed = {
  name: 'tile path',
  weight: 2,
  property: fc.property(spoilt('tile/0/x001/x234/067.p/12', 'tile/entries/999', 'tile/63/000'), (bytes) => {
    const text = bytes.toString();
    const ours = answerOf(() => readTilePath(text));
    if (ours) agree('written back', tilePath(ours), text);
  }),
};

const entry: Fuzzed = {
  name: 'entry',
  weight: 3,
  property: fc.property(spoilt(...entries.slice(0, 3).map(({ bytes }) => bytes)), (bytes) => {
    const ours = answerOf(() => decodeEntry(bytes));
    const theirs = answerOf(() => independent.readEntry(bytes));
    agree(
      'entry',
      ours && [ours.kind, new Date(ours.at).toISOString(), ours.digests],
      theirs && [theirs.kind, theirs.at, theirs.digests],
    );
  }),
};

const [sample] = entries;
const disclosure: Fuzzed = {
  name: 'disclosure',
  weight: 4,
  property: fc.property(
    spoilt(...(sample?.disclosures ?? []).map((text) => Buffer.from(text, 'base64url'))),
    fc.boolean(),
    (json, isEncoded) => {
      const text = isEncoded ? json.toString('base64url') : json.toString('latin1');
      const ours = answerOf(() => decodeDisclosure(text));
      if (ours) agree('written back', encodeDisclosure(ours.name, ours.value, ours.salt), text);
      const isKnown = sample?.disclosures.includes(text) ?? false;
      const theirs = answerOf(() => independent.verifyDisclosures(sample?.bytes ?? Buffer.of(), [text]));
      agree('disclosure of the entry', isKnown && ours ? ours.value : undefined, theirs?.fields[0]?.value);
    },
  ),
};

export const fuzzed: readonly Fuzzed[] = [
  note,
  head,
  judged,
  trust,
  key,
  proof,
  asked,
  bundle,
  tile,
  path,
  entry,
  disclosure,
];
