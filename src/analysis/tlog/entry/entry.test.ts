import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf, parseInstant } from '../../../model/instant.ts';
import type { Chance } from '../../../model/ports.ts';
import { digestDisclosure, encodeDisclosure } from './disclosure.ts';
import { decodeEntry, digestCount, encodeEntry, leafHash } from './entry.ts';

const at = parseInstant('2026-11-22T12:45:06.123Z') ?? instantOf(0);
const notVerified = expect.objectContaining({ code: 'not-verified' });
const bug = expect.objectContaining({ code: 'bug' });

const disclosureList = fc
  .uniqueArray(fc.uint8Array({ minLength: 16, maxLength: 16 }), {
    maxLength: digestCount,
    selector: (salt) => Buffer.from(salt).toString('hex'),
  })
  .map((salts) => salts.map((salt, index) => encodeDisclosure(`field_${index}`, index, salt)));
const instants = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }).map(instantOf);
/** Chance that a test decides: it hands out the bytes in order and counts how often it is asked. */
const chanceOf = (bytes: Uint8Array): Chance & { asked: number[] } => {
  const asked: number[] = [];
  return {
    asked,
    bytes(count) {
      asked.push(count);
      return bytes.subarray(0, count);
    },
  };
};
const countingBytes = Buffer.from(
  Array.from({ length: 384 }, (_, index) => (index * 7 + (index >> 5)) & 255),
);
const steady = chanceOf(countingBytes);
const chances = fc
  .uint8Array({ minLength: 12 * 32, maxLength: 12 * 32 })
  .filter((bytes) => {
    const hex = Buffer.from(bytes).toString('hex');
    return (
      new Set(Array.from({ length: 12 }, (_, index) => hex.slice(index * 64, index * 64 + 64))).size === 12
    );
  })
  .map(chanceOf);
const kinds = fc.constantFrom('access/v1', 'denied/v1', 'break-glass/v12');

const sample = (): Buffer =>
  encodeEntry({
    kind: 'access/v1',
    at,
    disclosures: [encodeDisclosure('action', 'view', Buffer.alloc(16, 7))],
    chance: steady,
  }).bytes;

describe('an entry', () => {
  it('is canonical JSON with exactly twelve sorted digests, and reads back', () => {
    fc.assert(
      fc.property(kinds, instants, disclosureList, chances, (kind, when, disclosures, chance) => {
        const { bytes, leafHash: hash, digests } = encodeEntry({ kind, at: when, disclosures, chance });
        const parsed = JSON.parse(bytes.toString()) as { _sd: string[]; at: string; typ: string };
        expect(canonicalize(parsed)).toBe(bytes.toString());
        expect(parsed._sd).toHaveLength(12);
        expect([...parsed._sd].sort()).toEqual(parsed._sd);
        expect(parsed._sd).toEqual(digests);
        for (const disclosure of disclosures) expect(digests).toContain(digestDisclosure(disclosure));
        expect(decodeEntry(bytes)).toEqual({ kind, at: when, digests });
        expect(hash).toEqual(createHash('sha256').update(Buffer.of(0)).update(bytes).digest());
        expect(leafHash(bytes)).toEqual(hash);
      }),
    );
  });

  it('has the same length whatever the number of disclosures', () => {
    fc.assert(
      fc.property(disclosureList, chances, (disclosures, chance) => {
        const { bytes } = encodeEntry({ kind: 'access/v1', at, disclosures, chance });
        expect(bytes.length).toBe(sample().length);
      }),
    );
  });

  it('asks for its chance once, 32 bytes for each place that no disclosure fills', () => {
    const chance = chanceOf(Buffer.alloc(64, 1).fill(2, 32));
    const disclosures = Array.from({ length: 10 }, (_, index) =>
      encodeDisclosure('n', index, Buffer.alloc(16, 9)),
    );
    const { digests } = encodeEntry({ kind: 'access/v1', at, disclosures, chance });
    expect(chance.asked).toEqual([64]);
    const spare = digests.filter((digest) => !disclosures.map(digestDisclosure).includes(digest));
    expect(spare.map((digest) => Buffer.from(digest, 'base64url')[0]).sort()).toEqual([1, 2]);
  });

  it('refuses more than twelve disclosures, one disclosure given twice, and chance that repeats itself', () => {
    const many = Array.from({ length: 13 }, (_, index) => encodeDisclosure('n', index, Buffer.alloc(16)));
    const parts = { kind: 'access/v1', at, disclosures: many, chance: steady };
    expect(() => encodeEntry(parts)).toThrow(bug);
    expect(() => encodeEntry({ ...parts, disclosures: [...many.slice(0, 11), many[0] ?? ''] })).toThrow(bug);
    const stuck = chanceOf(Buffer.alloc(12 * 32));
    expect(() => encodeEntry({ ...parts, disclosures: [], chance: stuck })).toThrow(bug);
  });

  it.each(['', 'access', 'Access/v1', 'access/v0', 'access/v1"', 'access/v1\n', `${'a'.repeat(40)}/v1`])(
    'refuses the kind %j',
    (kind) => {
      expect(() => encodeEntry({ kind, at, disclosures: [], chance: steady })).toThrow(bug);
    },
  );

  it('refuses a year that needs more than four digits', () => {
    const parts = { kind: 'access/v1', at: instantOf(253_402_300_800_000), disclosures: [], chance: steady };
    expect(() => encodeEntry(parts)).toThrow(bug);
  });

  it('refuses every single-bit flip that leaves the format, and hashes every other one differently', () => {
    const bytes = sample();
    const before = leafHash(bytes);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(leafHash(flipped).equals(before)).toBe(false);
      try {
        const { digests } = decodeEntry(flipped);
        expect([...digests].sort()).toEqual(digests);
      } catch (thrown) {
        expect(thrown).toEqual(notVerified);
      }
    }
  });

  const changed = (from: string | RegExp, to: string): Buffer =>
    Buffer.from(sample().toString('latin1').replace(from, to), 'latin1');
  it.each([
    ['white space', changed('"_sd":[', '"_sd": [')],
    ['members in another order', changed(/^(\{)(.*),("typ":"access\/v1")\}$/, '$1$3,$2}')],
    ['another hash name', changed('sha-256', 'sha-512')],
    ['a time zone', changed('.123Z', '+01:00')],
    ['30 February', changed('2026-11-22', '2026-02-30')],
    ['second 60', changed(':06.123Z', ':60.123Z')],
    ['eleven digests', changed(/"[^"]{43}",/, '')],
    ['digests out of order', changed(/("[^"]{43}"),("[^"]{43}")/, '$2,$1')],
    ['a digest twice', changed(/("[^"]{43}"),("[^"]{43}")/, '$1,$1')],
    ['a digest with spare bits', changed(/(\["[^"]{42})[^"]"/, '$1B"')],
    ['a further member', changed('"typ"', '"a":1,"typ"')],
    ['an escaped character in the kind', changed('access/v1', 'access\\/v1')],
    ['something after the end', changed(/\}$/, '}\n')],
    ['a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), sample()])],
    ['nothing', Buffer.alloc(0)],
    ['over 65,535 bytes', Buffer.alloc(65_536, 0x20)],
  ])('refuses %s', (_name, bytes) => {
    expect(() => decodeEntry(bytes)).toThrow(notVerified);
  });
});
