import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from './canonical-json.ts';
import { decodeDisclosure, digestDisclosure, encodeDisclosure } from './disclosure.ts';

const salt = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
const notVerified = expect.objectContaining({ code: 'not-verified' });
const noMinusZero = (value: Json): Json => JSON.parse(JSON.stringify(value)) as Json;

describe('a disclosure', () => {
  it('comes back as it went in, whatever the value', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z][a-z0-9_]{0,39}$/),
        (fc.jsonValue({ maxDepth: 5 }) as fc.Arbitrary<Json>).map(noMinusZero),
        fc.uint8Array({ minLength: 16, maxLength: 64 }),
        (name, value, chance) => {
          const text = encodeDisclosure(name, value, chance);
          expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
          expect(decodeDisclosure(text)).toEqual({ salt: Buffer.from(chance), name, value });
        },
      ),
    );
  });

  it('is base64url of [salt, name, value], as RFC 9901 has it', () => {
    const text = encodeDisclosure('fields', ['email', 'phone'], salt);
    expect(Buffer.from(text, 'base64url').toString()).toBe(
      '["AAECAwQFBgcICQoLDA0ODw","fields",["email","phone"]]',
    );
    expect(digestDisclosure(text)).toBe(createHash('sha256').update(text, 'ascii').digest('base64url'));
  });

  it('has the digest that RFC 9901 section 4.2.3 gives for its example', () => {
    expect(digestDisclosure('WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0')).toBe(
      'X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0',
    );
  });

  it('refuses a salt under 16 bytes and a name outside its alphabet', () => {
    expect(() => encodeDisclosure('action', 'view', salt.subarray(1))).toThrow(/salt/);
    for (const name of ['', 'Action', '_sd', '...', 'a"b', 'a'.repeat(41), 'a\n'])
      expect(() => encodeDisclosure(name, 'view', salt)).toThrow(/name/);
  });

  it('refuses a lone surrogate and a value over the limit', () => {
    const unprocessable = expect.objectContaining({ code: 'unprocessable' });
    expect(() => encodeDisclosure('reason', '\ud83d', salt)).toThrow(unprocessable);
    expect(() => encodeDisclosure('reason', 'x'.repeat(50_000), salt)).toThrow(unprocessable);
  });

  const raw = (json: string): string => Buffer.from(json).toString('base64url');
  it.each([
    ['padding', `${encodeDisclosure('a', 1, salt)}=`],
    ['characters that a lenient reader skips', `${encodeDisclosure('a', 1, salt)} !`],
    ['the other base64 alphabet', encodeDisclosure('a', '???>>>', salt).replaceAll('_', '/')],
    ['white space in the JSON', raw('["AAECAwQFBgcICQoLDA0ODw", "a", 1]')],
    ['a number in another spelling', raw('["AAECAwQFBgcICQoLDA0ODw","a",1.0]')],
    ['two parts', raw('["AAECAwQFBgcICQoLDA0ODw","a"]')],
    ['a short salt', raw('["AAECAwQF","a",1]')],
    ['a salt that is not canonical base64url', raw('["AAECAwQFBgcICQoLDA0ODx","a",1]')],
    ['a name given twice', raw('["AAECAwQFBgcICQoLDA0ODw","a",{"b":1,"b":1}]')],
    ['bytes that are not UTF-8', Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]).toString('base64url')],
    ['an empty text', ''],
  ])('refuses %s', (_name, text) => {
    expect(() => decodeDisclosure(text)).toThrow(notVerified);
  });

  it('never answers anything but a disclosure or a fault for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.json().map(raw)), (text) => {
        try {
          const { name, value, salt: found } = decodeDisclosure(text);
          expect(encodeDisclosure(name, value, found)).toBe(text);
        } catch (thrown) {
          expect(thrown).toEqual(notVerified);
        }
      }),
    );
  });
});
