import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatVerifierKey } from '../../src/analysis/tlog/note/verifier-key.ts';
import { TreeEdge } from '../../src/analysis/tlog/tile/tree-edge.ts';
import { leafHash } from '../../src/analysis/tlog/tree/merkle-hash.ts';
import {
  buildPage,
  judgeCheckpoint,
  NotVerified,
  policyOfKey,
  readKey,
  readPolicy,
  sha256,
  verifyDisclosures,
  verifyLog,
  verifyProof,
} from '../support/independent-verifier.ts';
import {
  sampleCheckpoint,
  sampleEntries,
  sampleKeys,
  sampleLog,
  samplePolicy,
  sampleProof,
} from '../support/sample-log.ts';
import { readLogFolder, vectorsFolder, vectorsMissing } from '../support/shared-vectors.ts';

const folderOf = (files: ReadonlyMap<string, Buffer>) => async (path: string) => files.get(path);
const flipped = (bytes: Buffer, bit: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
};
const policy = readPolicy(Buffer.from(samplePolicy()));
const logVkey = formatVerifierKey(sampleKeys.log.verifierKey);

describe('the verifier’s SHA-256', () => {
  it('is SHA-256, for every length up to 300 bytes and for any parts', () => {
    for (let length = 0; length <= 300; length += 1) {
      const bytes = Buffer.alloc(length, length);
      expect(Buffer.from(sha256(bytes))).toEqual(createHash('sha256').update(bytes).digest());
    }
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 }), (parts) => {
        const hash = createHash('sha256');
        for (const part of parts) hash.update(part);
        expect(Buffer.from(sha256(...parts))).toEqual(hash.digest());
      }),
    );
    const million = Buffer.alloc(1_000_000, 'a');
    expect(Buffer.from(sha256(million)).toString('hex')).toBe(
      'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0',
    );
  });
});

describe('the verifier on a whole log', () => {
  const entries = sampleEntries(600).map(({ bytes }) => bytes);
  const files = sampleLog(entries);
  const rootAt = (size: number): Buffer => {
    const edge = new TreeEdge();
    for (const entry of entries.slice(0, size)) edge.append(leafHash(entry));
    return edge.root();
  };

  it('accepts a log, and the checkpoints that were kept from earlier', async () => {
    const held = [0, 1, 255, 256, 300, 512, 600].map((size) =>
      Buffer.from(sampleCheckpoint(size, rootAt(size))),
    );
    const { size, cosigners } = await verifyLog(folderOf(files), policy, { held });
    expect([size, cosigners.length]).toEqual([600, 2]);
  });

  it('finds that a log was rewritten since an earlier checkpoint, or has shrunk', async () => {
    const other = Buffer.from(sampleCheckpoint(300, Buffer.alloc(32, 1)));
    await expect(verifyLog(folderOf(files), policy, { held: [other] })).rejects.toThrow(/rewritten/);
    const later = Buffer.from(sampleCheckpoint(601, Buffer.alloc(32, 1)));
    await expect(verifyLog(folderOf(files), policy, { held: [later] })).rejects.toThrow(/shrunk/);
  });

  it('reads a full tile where the partial one is gone, and names a file that is missing', async () => {
    const grown = sampleLog(sampleEntries(800).map(({ bytes }) => bytes));
    const mixed = new Map([...grown, ['checkpoint', files.get('checkpoint') ?? Buffer.of()] as const]);
    for (const path of ['tile/entries/002.p/88', 'tile/0/002.p/88', 'tile/1/000.p/2']) {
      expect(files.has(path)).toBe(true);
      mixed.delete(path);
    }
    mixed.set('tile/1/000.p/2', files.get('tile/1/000.p/2') ?? Buffer.of());
    expect((await verifyLog(folderOf(mixed), policy)).size).toBe(600);
    for (const path of files.keys()) {
      const without = new Map(files);
      without.delete(path);
      await expect(verifyLog(folderOf(without), policy)).rejects.toThrow(`${path}: the file is missing`);
    }
  });

  it('refuses any flipped bit in any file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files.keys()), fc.nat(), async (path, chance) => {
        const bytes = files.get(path) ?? Buffer.of();
        const spoilt = new Map(files).set(path, flipped(bytes, chance % (bytes.length * 8)));
        // The sample has two cosignatures for a quorum of two, so that none of them can be spoilt unnoticed.
        await expect(verifyLog(folderOf(spoilt), policy)).rejects.toBeInstanceOf(NotVerified);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  it.skipIf(vectorsMissing !== undefined)(
    `accepts a log made by another program at each of its sizes ${vectorsMissing ?? ''}`,
    async () => {
      const foreign = readLogFolder(join(vectorsFolder, 'tessera-log'));
      const key = readKey('example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx');
      const trusted = policyOfKey(key);
      const held: Buffer[] = [];
      for (let size = 0; size <= 15; size += 1) {
        const checkpointBytes = foreign.get(`checkpoint.${size}`) ?? Buffer.of();
        held.push(checkpointBytes);
        expect((await verifyLog(folderOf(foreign), trusted, { checkpointBytes, held })).size).toBe(size);
      }
      for (const path of ['checkpoint', 'tile/0/000.p/15', 'tile/entries/000.p/15']) {
        const bytes = foreign.get(path) ?? Buffer.of();
        for (let bit = 0; bit < bytes.length * 8; bit += 1) {
          const spoilt = new Map(foreign).set(path, flipped(bytes, bit));
          await expect(verifyLog(folderOf(spoilt), trusted)).rejects.toBeInstanceOf(NotVerified);
        }
      }
    },
    120_000,
  );
});

describe('the verifier on one entry', () => {
  const entries = sampleEntries(40);
  const files = sampleLog(entries.map(({ bytes }) => bytes));

  it('accepts the proof of each entry for that entry alone', async () => {
    for (const [index, { bytes }] of entries.entries()) {
      const proof = Buffer.from(sampleProof(index, 40, files));
      expect((await verifyProof(proof, bytes, policy)).index).toBe(index);
      const other = entries[(index + 1) % 40]?.bytes ?? Buffer.of();
      await expect(verifyProof(proof, other, policy)).rejects.toThrow(/does not lead/);
    }
  });

  it('refuses a proof with any single bit flipped', async () => {
    const proof = Buffer.from(sampleProof(5, 40, files));
    const entry = entries[5]?.bytes ?? Buffer.of();
    for (let bit = 0; bit < proof.length * 8; bit += 1)
      await expect(verifyProof(flipped(proof, bit), entry, policy)).rejects.toBeInstanceOf(NotVerified);
  }, 120_000);

  it('takes no key from what it checks: another log’s key or an unmet quorum refuses a good proof', async () => {
    const proof = Buffer.from(sampleProof(5, 40, files));
    const entry = entries[5]?.bytes ?? Buffer.of();
    const strict = readPolicy(Buffer.from(samplePolicy().replace('witnesses 2', 'witnesses all')));
    await expect(verifyProof(proof, entry, strict)).rejects.toThrow(/quorum/);
    expect((await verifyProof(proof, entry, policyOfKey(readKey(logVkey)))).index).toBe(5);
    const foreign = readKey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k');
    await expect(verifyProof(proof, entry, policyOfKey(foreign))).rejects.toThrow(/origin/);
    await expect(
      judgeCheckpoint(files.get('checkpoint') ?? Buffer.of(), policyOfKey(foreign)),
    ).rejects.toThrow();
  });

  it('shows disclosed values and how many digests stay withheld, and refuses any other text', () => {
    const [entry] = entries;
    const { bytes, disclosures } = entry ?? { bytes: Buffer.of(), disclosures: [] };
    const shown = verifyDisclosures(bytes, disclosures.slice(0, 2));
    expect(shown).toMatchObject({
      kind: 'access/v1',
      fields: [
        { name: 'action', value: 'reveal' },
        { name: 'fields', value: ['email', 'phone'] },
      ],
      withheld: 10,
    });
    const foreign = entries[1]?.disclosures[0] ?? '';
    expect(() => verifyDisclosures(bytes, [foreign])).toThrow(/holds no digest/);
    expect(() => verifyDisclosures(bytes, [disclosures[0] ?? '', disclosures[0] ?? ''])).toThrow(/twice/);
    const text = disclosures[0] ?? '';
    for (let bit = 0; bit < text.length * 8; bit += 1) {
      const changed = flipped(Buffer.from(text, 'latin1'), bit).toString('latin1');
      expect(() => verifyDisclosures(bytes, [changed])).toThrow(NotVerified);
    }
  });
});

describe('the verifier’s command', () => {
  const entries = sampleEntries(40);
  const files = sampleLog(entries.map(({ bytes }) => bytes));
  let folder = '';
  const program = join(import.meta.dirname, '../../verifier/verify.js');
  const verify = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], { encoding: 'utf8' });
    return { status, stdout, stderr };
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'verifier-'));
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    }
    writeFileSync(join(folder, 'policy.txt'), samplePolicy());
    writeFileSync(join(folder, '5.tlog-proof'), sampleProof(5, 40, files));
    writeFileSync(join(folder, '5.bin'), entries[5]?.bytes ?? Buffer.of());
    writeFileSync(join(folder, '5.txt'), `${entries[5]?.disclosures.join('\n')}\n`);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('answers 0 when it holds', () => {
    expect(verify('ledger', folder, '--key', logVkey)).toMatchObject({ status: 0, stderr: '' });
    const answer = verify('ledger', folder, '--policy', join(folder, 'policy.txt'), '--json');
    expect(JSON.parse(answer.stdout)).toMatchObject({ verified: true, size: 40, cosigners: [{}, {}] });
    const [proof, entry] = [join(folder, '5.tlog-proof'), join(folder, '5.bin')];
    expect(verify('proof', proof, '--entry', entry, '--key', logVkey).stdout).toMatch(
      /^verified\nindex: 5\n/,
    );
    expect(verify('disclosures', join(folder, '5.txt'), '--entry', entry).stdout).toMatch(/"reveal"/);
  });

  it('answers 1 and names the place when it does not', () => {
    const path = join(folder, 'tile/0/000.p/40');
    const good = readFileSync(path);
    writeFileSync(path, flipped(good, 1_000));
    expect(verify('ledger', folder, '--key', logVkey)).toMatchObject({
      status: 1,
      stdout: 'NOT VERIFIED: tile/0/000.p/40, hash 3: does not fit entry 3\n',
    });
    writeFileSync(path, good);
  });

  it('answers 2 for wrong use and unreadable files', () => {
    for (const words of [
      [],
      ['ledger'],
      ['ledger', folder],
      ['ledger', folder, '--key'],
      ['ledger', folder, '--key', logVkey, '--policy', 'x'],
      ['ledger', join(folder, 'nothing'), '--key', logVkey],
      ['ledger', folder, '--keys', logVkey],
      ['proof', join(folder, '5.tlog-proof'), '--key', logVkey],
      ['proof', join(folder, '6.tlog-proof'), '--entry', join(folder, '5.bin'), '--key', logVkey],
      ['constructor', folder],
    ]) {
      const { status, stdout, stderr } = verify(...words);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).not.toMatch(/ at .*\.js:\d/);
    }
  });
});

describe('the verifier as a package', () => {
  const root = join(import.meta.dirname, '../../verifier');
  const sources = [
    'sha256',
    'text',
    'note',
    'checkpoint',
    'tree',
    'log',
    'proof',
    'entry',
    'page',
    'verify',
    'build-page',
  ];

  it('has no dependency, and imports nothing but its own files and Node', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
    expect(Object.keys(manifest).filter((name) => /ependencies$/.test(name))).toEqual([]);
    for (const name of sources) {
      const source = readFileSync(join(root, `${name}.js`), 'utf8');
      for (const [, from = ''] of source.matchAll(/from '([^']+)'/g))
        expect(from).toMatch(/^(\.\/[a-z0-9]+\.js|node:)/);
      expect(source).not.toMatch(/\bimport\(|\brequire\(/);
    }
  });

  it('has a page that is exactly what its sources build, allowed to run that and to reach nothing', async () => {
    const page = readFileSync(join(root, 'verify.html'), 'utf8');
    expect(page).toBe(await buildPage());
    expect(page).toMatch(/default-src 'none'/);
    expect(page).not.toMatch(/https?:\/\//);
  });
});
