import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFault } from '../../model/fault.ts';
import { seededChance } from '../chance/seeded-chance.ts';
import { systemChance } from '../chance/system-chance.ts';
import { SubjectKey } from './subject-key.ts';

const faultOf = (act: () => unknown): unknown => {
  try {
    act();
  } catch (thrown) {
    return isFault(thrown) ? thrown.code : thrown;
  }
  return 'nothing thrown';
};

describe('a sealer of a subject', () => {
  const key = SubjectKey.generate(systemChance);
  const sealer = key.sealer('vault');

  it('opens what it sealed, under the same context, byte for byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (plaintext, context) => {
        expect(sealer.open(sealer.seal(plaintext, context), context)).toEqual(Buffer.from(plaintext));
      }),
    );
  });
  it('refuses bytes in which any one bit is flipped', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(), (plaintext, pick) => {
        const sealed = sealer.seal(plaintext, 'c');
        const bit = pick % (sealed.length * 8);
        sealed[bit >> 3] = (sealed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(faultOf(() => sealer.open(sealed, 'c'))).toBe('vault-closed');
      }),
    );
  });
  it('refuses every truncation', () => {
    const sealed = sealer.seal(Buffer.from('anna@example.com'), 'c');
    for (let length = 0; length < sealed.length; length += 1)
      expect(faultOf(() => sealer.open(sealed.subarray(0, length), 'c'))).toBe('vault-closed');
  });
  it('refuses another context, another purpose and another key', () => {
    const sealed = sealer.seal(Buffer.from('x'), 'cus_1 email');
    expect(faultOf(() => sealer.open(sealed, 'cus_2 email'))).toBe('vault-closed');
    expect(faultOf(() => key.sealer('ledger').open(sealed, 'cus_1 email'))).toBe('vault-closed');
    const other = SubjectKey.generate(systemChance).sealer('vault');
    expect(faultOf(() => other.open(sealed, 'cus_1 email'))).toBe('vault-closed');
  });
  it('never seals equal text to equal bytes', () => {
    expect(sealer.seal(Buffer.from('x'), 'c')).not.toEqual(sealer.seal(Buffer.from('x'), 'c'));
  });
  it('keeps its key out of print', () => {
    const printed = JSON.stringify(key) + String(key.exposeForWrapping().length);
    expect(printed).not.toContain(key.exposeForWrapping().toString('hex'));
  });
});

describe('a subject key', () => {
  it('has 32 bytes, no fewer and no more', () => {
    for (const count of [0, 16, 31, 33])
      expect(() => new SubjectKey(new Uint8Array(count), systemChance)).toThrow();
    expect(SubjectKey.generate(seededChance(1)).exposeForWrapping()).toHaveLength(32);
  });
});
