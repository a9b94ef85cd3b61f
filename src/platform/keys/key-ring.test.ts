import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFault } from '../../model/fault.ts';
import { lookupKinds } from '../../model/field.ts';
import { systemChance } from '../chance/system-chance.ts';
import { generateRing, KeyRing } from './key-ring.ts';
import { formatRing, parseRing } from './key-ring-text.ts';
import { SubjectKey } from './subject-key.ts';

const faultOf = async (act: Promise<unknown>): Promise<unknown> =>
  act.then(
    () => 'nothing thrown',
    (thrown: unknown) => (isFault(thrown) ? thrown.code : thrown),
  );

describe('a key ring', () => {
  const material = generateRing(systemChance);
  const ring = new KeyRing(material, systemChance);

  it('unwraps the key it wrapped', async () => {
    const key = SubjectKey.generate(systemChance);
    const back = await ring.unwrap(await ring.wrap(key, 'cus_a'), 'cus_a');
    expect(back.exposeForWrapping()).toEqual(key.exposeForWrapping());
  });
  it('refuses a wrapped key that was moved to another customer', async () => {
    const wrapped = await ring.wrap(SubjectKey.generate(systemChance), 'cus_a');
    expect(await faultOf(ring.unwrap(wrapped, 'cus_b'))).toBe('vault-closed');
  });
  it('refuses a key wrapped under a wrapping key that it lacks, and names the one to restore', async () => {
    const other = new KeyRing(generateRing(systemChance), systemChance);
    const wrapped = await other.wrap(SubjectKey.generate(systemChance), 'cus_a');
    await expect(ring.unwrap(wrapped, 'cus_a')).rejects.toThrow(other.wrappingKeyId);
  });
  it('opens keys of an earlier wrapping key after a newer one became current', async () => {
    const wrapped = await ring.wrap(SubjectKey.generate(systemChance), 'cus_a');
    const newer = generateRing(systemChance);
    const rotated = new KeyRing(
      {
        ...newer,
        hashKey: material.hashKey,
        wrappingKeys: new Map([...material.wrappingKeys, ...newer.wrappingKeys]),
      },
      systemChance,
    );
    expect(await faultOf(rotated.unwrap(wrapped, 'cus_a'))).toBe('nothing thrown');
    expect((await rotated.wrap(SubjectKey.generate(systemChance), 'cus_a')).wrappingKeyId).toBe(
      newer.currentId,
    );
  });
  it('hashes to 16 bytes that repeat for the same use and differ between uses and rings', () => {
    const uses = [...lookupKinds, 'customer-ref', 'reason'] as const;
    const hashes = uses.map((use) => ring.hash(use, 'anna@example.com').toString('hex'));
    expect(new Set(hashes).size).toBe(uses.length);
    expect(hashes.every((hash) => hash.length === 32)).toBe(true);
    expect(ring.hash('email', 'anna@example.com').toString('hex')).toBe(hashes[0]);
    const other = new KeyRing(generateRing(systemChance), systemChance);
    expect(other.hash('email', 'anna@example.com')).not.toEqual(ring.hash('email', 'anna@example.com'));
  });
});

describe('the text of a key ring', () => {
  const material = generateRing(systemChance);
  const text = formatRing(material);

  it('reads back to the same keys', () => {
    const read = parseRing(text);
    expect(read).toEqual({ ...material, wrappingKeys: new Map(material.wrappingKeys) });
  });
  it('refuses every truncation, and never repeats a key in what it says', () => {
    for (let length = 0; length < text.trimEnd().length; length += 1)
      expect(parseRing(text.slice(0, length))).toBe('it is not the JSON that was written');
  });
  it('refuses any change of one character in a key or an id', () => {
    const start = text.indexOf('"current"');
    fc.assert(
      fc.property(
        fc.integer({ min: start, max: text.length - 2 }),
        fc.constantFrom('A', 'b', '0', '9', '-', '_', ' ', '"'),
        (at, letter) => {
          fc.pre(/[\w-]/.test(text.charAt(at)) && text.charAt(at) !== letter);
          expect(typeof parseRing(text.slice(0, at) + letter + text.slice(at + 1))).toBe('string');
        },
      ),
      { numRuns: 500 },
    );
  });
});
