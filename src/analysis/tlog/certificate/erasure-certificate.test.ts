import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf } from '../../../model/instant.ts';
import { plain } from '../../../model/plain.ts';
import { systemChance } from '../../../platform/chance/system-chance.ts';
import { signCheckpoint } from '../checkpoint/checkpoint.ts';
import { formatTlogProof } from '../checkpoint/tlog-proof.ts';
import type { TrustPolicy } from '../checkpoint/trust-policy.ts';
import type { Json } from '../entry/canonical-json.ts';
import { encodeDisclosure } from '../entry/disclosure.ts';
import { encodeEntry } from '../entry/entry.ts';
import { makeSignerKey } from '../note/signer-key.ts';
import { readVerifierKey } from '../note/verifier-key.ts';
import { nodeHash } from '../tree/merkle-hash.ts';
import {
  type CertifiedEntry,
  certifiedDisclosures,
  type ErasureCertificate,
  formatErasureCertificate,
  readErasureCertificate,
  verifyErasureCertificate,
} from './erasure-certificate.ts';

const signer = makeSignerKey({ name: 'ledger.example/acme', type: 1, seed: plain(Buffer.alloc(32, 3)) });
const policyOf = (key = signer.verifierKey): TrustPolicy => ({
  logs: [{ key, url: undefined }],
  parties: new Map(),
  quorum: 'none',
});
const at = instantOf(Date.UTC(2026, 10, 23, 9));
const order = { act: 'ordered', request: 'DSR-7', class: 'customer', basis: 'objection', entries: 12 };
const outcome = {
  act: 'done',
  request: 'DSR-7',
  class: 'customer',
  basis: 'objection',
  ordered: 0,
  destroyed_at: '2026-11-23T09:00:00.000Z',
  destroyed: { keys: 1, disclosures: 12 },
  kept: ['entries-as-digests'],
};
const made = (detail: Json, { agent = 'agt_1', kind = 'erasure/v1' } = {}) => {
  const disclosures = Object.entries({ agent, role: 'responder', detail, place: null }).map(([name, value]) =>
    encodeDisclosure(name, value as Json, systemChance.bytes(16)),
  );
  return { ...encodeEntry({ kind, at, disclosures, chance: systemChance }), disclosures };
};
/** A log of these two entries, and the certificate that they make. */
const certificateOf = (
  first: ReturnType<typeof made>,
  last: ReturnType<typeof made>,
  by = signer,
): ErasureCertificate => {
  const checkpoint = signCheckpoint({ size: 2, root: nodeHash(first.leafHash, last.leafHash) }, by);
  const entry = (index: number, own: typeof first, other: typeof first): CertifiedEntry => ({
    entry: own.bytes.toString(),
    disclosures: certifiedDisclosures(own.disclosures),
    proof: formatTlogProof({ index, hashes: [other.leafHash], checkpoint, extra: undefined }),
  });
  return { ordered: entry(0, first, last), done: entry(1, last, first) };
};
const good = certificateOf(made(order), made(outcome));
const whyNot = (certificate: ErasureCertificate, policy = policyOf()): string => {
  try {
    verifyErasureCertificate(
      readErasureCertificate(Buffer.from(formatErasureCertificate(certificate))),
      policy,
    );
    return 'verified';
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : 'thrown';
  }
};

describe('a certificate of erasure', () => {
  it('shows what was destroyed, when, and who decided, from its two entries alone', () => {
    expect(
      verifyErasureCertificate(
        readErasureCertificate(Buffer.from(formatErasureCertificate(good))),
        policyOf(),
      ),
    ).toEqual({
      origin: 'ledger.example/acme',
      request: 'DSR-7',
      subjectClass: 'customer',
      basis: 'objection',
      decidedBy: 'agt_1',
      role: 'responder',
      orderedAt: at,
      doneAt: at,
      destroyedAt: '2026-11-23T09:00:00.000Z',
      entries: 12,
      destroyed: { keys: 1, disclosures: 12 },
      kept: ['entries-as-digests'],
      witnesses: [],
    });
  });

  it('shows neither place nor session of who decided', () => {
    expect(formatErasureCertificate(good)).not.toContain(Buffer.from('"place"').toString('base64url'));
    for (const { disclosures } of [good.ordered, good.done]) expect(disclosures).toHaveLength(3);
  });

  it('is refused under any key but the reader’s own', () => {
    const other = makeSignerKey({ name: 'ledger.example/acme', type: 1, seed: plain(Buffer.alloc(32, 4)) });
    expect(whyNot(good, policyOf(other.verifierKey))).toMatch(/no trusted key signed it/);
    expect(whyNot(certificateOf(made(order), made(outcome), other))).toMatch(/no trusted key signed it/);
  });

  it.each([
    ['another number of a request', order, { ...outcome, request: 'DSR-8' }, /its request is another/],
    ['another class', order, { ...outcome, class: 'actor' }, /its class is another/],
    ['an order in place of the outcome', order, order, /does not say that an erasure was done/],
    ['an outcome in place of the order', outcome, outcome, /it ordered no erasure/],
    ['a count below zero', order, { ...outcome, destroyed: { keys: -1 } }, /destroyed.keys: not a count/],
    ['no detail', null, outcome, /ordered, detail: not an object/],
  ])('is refused with %s, though the log signed it', (_name, first, last, why) => {
    expect(whyNot(certificateOf(made(first), made(last)))).toMatch(why);
  });

  it('is refused with entries of another kind, of another person, or in the wrong order', () => {
    expect(whyNot(certificateOf(made(order, { kind: 'access/v1' }), made(outcome)))).toMatch(
      /it is no erasure/,
    );
    expect(whyNot(certificateOf(made(order), made(outcome, { agent: 'agt_2' })))).toMatch(/somebody else/);
    const [late, early] = [made(order), made(outcome)];
    const swapped = certificateOf(early, late);
    expect(whyNot({ ordered: swapped.done, done: swapped.ordered })).toMatch(/before it was ordered/);
  });

  it('is refused with a disclosure that was made up, or told twice', () => {
    const forged = encodeDisclosure('detail', { ...outcome, destroyed: { keys: 9 } }, systemChance.bytes(16));
    const [agent = '', role = '', detail = ''] = good.done.disclosures;
    expect(whyNot({ ...good, done: { ...good.done, disclosures: [agent, role, forged] } })).toMatch(
      /does not hold its digest/,
    );
    expect(whyNot({ ...good, done: { ...good.done, disclosures: [agent, role, detail, detail] } })).toMatch(
      /told twice/,
    );
  });

  it('is refused whatever single character of it is changed', () => {
    const bytes = Buffer.from(formatErasureCertificate(good));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const changed = Buffer.from(bytes);
        changed.writeUInt8((changed.readUInt8(place) ^ change) & 0xff, place);
        // White space between the members of the JSON says nothing.
        if (
          changed.toString('latin1').replaceAll(/\s/g, '') === bytes.toString('latin1').replaceAll(/\s/g, '')
        )
          return;
        let shown: unknown = 'refused';
        try {
          shown = verifyErasureCertificate(readErasureCertificate(changed), policyOf());
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'not-verified' });
        }
        expect(shown).toBe('refused');
      }),
      { numRuns: 400 },
    );
  });

  it('shows what the vectors for outsiders say, and refuses what they refuse', () => {
    const file = join(import.meta.dirname, '../../../../formats/vectors/erasure-certificate.json');
    const { key, refused, valid } = JSON.parse(readFileSync(file, 'utf8'));
    const check = (text: string) =>
      verifyErasureCertificate(readErasureCertificate(Buffer.from(text)), policyOf(readVerifierKey(key)));
    for (const { certificate, shows } of valid) expect(check(certificate)).toEqual(shows);
    for (const { certificate, why } of refused)
      expect(() => check(certificate), why).toThrow(expect.objectContaining({ code: 'not-verified' }));
    expect([valid.length, refused.length]).toEqual([1, 4]);
  });

  it('is refused when it is no certificate', () => {
    for (const text of [
      '',
      '[]',
      '{}',
      'x'.repeat(300_000),
      formatErasureCertificate(good).replace('/1', '/2'),
    ])
      expect(() => readErasureCertificate(Buffer.from(text))).toThrow(
        expect.objectContaining({ code: 'not-verified' }),
      );
  });
});
