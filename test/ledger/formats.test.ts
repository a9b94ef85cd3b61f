import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyTlogProof } from '../../src/analysis/tlog/checkpoint/tlog-proof.ts';
import { readTrustPolicy } from '../../src/analysis/tlog/checkpoint/trust-policy.ts';
import { decodeDisclosure, digestDisclosure } from '../../src/analysis/tlog/entry/disclosure.ts';
import { decodeEntry } from '../../src/analysis/tlog/entry/entry.ts';
import { leafHash } from '../../src/analysis/tlog/tree/merkle-hash.ts';
import { formatInstant } from '../../src/model/instant.ts';
import { entryKinds } from '../../src/records/ledger/entry-draft.ts';
import { formatVectors, vectorsDir } from '../support/format-vectors.ts';
import {
  NotVerified,
  readEntry,
  readPolicy,
  verifyBundle,
  verifyDisclosures,
  verifyProof,
} from '../support/independent-verifier.ts';
import { projectDir } from '../support/run-program.ts';
import { sampleEntries } from '../support/sample-log.ts';

const notVerified = expect.objectContaining({ code: 'not-verified' });
const read = <T>(name: string): T => JSON.parse(readFileSync(join(vectorsDir, name), 'utf8')) as T;

describe('the committed vectors', () => {
  it.each([...formatVectors()])('%s is what its fixed seed gives', (name, text) => {
    expect(readFileSync(join(vectorsDir, name), 'utf8')).toBe(text);
  });

  it('of disclosures give the stated answers, here and in the verifier', () => {
    const { accepted, refused } = read<{
      accepted: { salt_hex: string; name: string; value: unknown; text: string; digest: string }[];
      refused: { why: string; text: string }[];
    }>('disclosure.json');
    for (const { salt_hex, name, value, text, digest } of accepted) {
      const { salt, ...rest } = decodeDisclosure(text);
      expect({ salt: salt.toString('hex'), ...rest }).toEqual({ salt: salt_hex, name, value });
      expect(digestDisclosure(text)).toBe(digest);
    }
    const entry = sampleEntries(1)[0]?.bytes ?? Buffer.of();
    for (const { why, text } of refused) {
      expect(() => decodeDisclosure(text), why).toThrow(notVerified);
      expect(() => verifyDisclosures(entry, [text]), why).toThrow(/^disclosure/);
      expect(() => verifyDisclosures(entry, [text]), why).not.toThrow(/holds no digest/);
    }
  });

  it('of entries give the stated answers, here and in the verifier', () => {
    const { accepted, refused } = read<{
      accepted: { kind: string; at: string; disclosures: string[]; bytes: string; leaf_hash_hex: string }[];
      refused: { why: string; bytes: string }[];
    }>('entry.json');
    for (const { kind, at, disclosures, bytes, leaf_hash_hex } of accepted) {
      const entry = decodeEntry(Buffer.from(bytes));
      expect([entry.kind, formatInstant(entry.at)]).toEqual([kind, at]);
      expect(leafHash(Buffer.from(bytes)).toString('hex')).toBe(leaf_hash_hex);
      for (const text of disclosures) expect(entry.digests).toContain(digestDisclosure(text));
      expect(verifyDisclosures(Buffer.from(bytes), disclosures)).toMatchObject({ kind, at });
    }
    for (const { why, bytes } of refused) {
      expect(() => decodeEntry(Buffer.from(bytes)), why).toThrow(notVerified);
      expect(() => readEntry(Buffer.from(bytes)), why).toThrow(NotVerified);
    }
  });

  it('of proofs give the stated answers, here and in the verifier', async () => {
    const { policy, entries, cases } = read<{
      policy: string;
      entries: string[];
      cases: { entry: number; proof: string; holds: boolean; why?: string }[];
    }>('proof.json');
    const [ours, theirs] = [readTrustPolicy(Buffer.from(policy)), readPolicy(Buffer.from(policy))];
    for (const { entry, proof: text, holds, why } of cases) {
      const [bytes, proof] = [Buffer.from(entries[entry] ?? ''), Buffer.from(text)];
      const verify = () => verifyTlogProof({ proof, leafHash: leafHash(bytes) }, ours).index;
      if (holds) {
        expect(verify()).toBe(entry);
        expect((await verifyProof(proof, bytes, theirs)).index).toBe(entry);
      } else {
        expect(verify, why).toThrow(notVerified);
        await expect(verifyProof(proof, bytes, theirs), why).rejects.toBeInstanceOf(NotVerified);
      }
    }
  });
});

describe('the committed vectors of bundles', () => {
  const { policy, cases } = read<{
    policy: string;
    cases: { zip: string; holds: boolean; why?: string }[];
  }>('bundle.json');

  it('give the stated answers in the verifier', async () => {
    for (const { zip, holds, why } of cases) {
      const verified = verifyBundle(Buffer.from(zip, 'base64'), readPolicy(Buffer.from(policy)));
      if (holds) expect((await verified).entries.map(({ index }) => index)).toEqual([3, 4, 5, 6]);
      else await expect(verified, why).rejects.toBeInstanceOf(NotVerified);
    }
  });
});

describe('the committed list of entry kinds', () => {
  const path = 'formats/entry-kinds.txt';

  it('is the list that the program writes, in the order in which they came', () => {
    expect(readFileSync(join(projectDir, path), 'utf8')).toBe(`${entryKinds.join('\n')}\n`);
  });

  it('has never lost a line in the repository’s history', () => {
    const changes = execFileSync('git', ['log', '--format=', '-p', '--', path], {
      cwd: projectDir,
      encoding: 'utf8',
    });
    expect(changes.split('\n').filter((line) => /^-[^-]/.test(line))).toEqual([]);
  });
});
