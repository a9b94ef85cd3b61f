import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFault } from '../../model/fault.ts';
import type { FieldName } from '../../model/field.ts';
import { packFields, unpackFields } from './packed-fields.ts';

const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,39}$/).map((text) => text as FieldName);
const fields = fc.uniqueArray(fc.tuple(name, fc.uint8Array({ maxLength: 400 })), {
  selector: ([key]) => key,
  maxLength: 20,
});

const refused = (act: () => unknown): boolean => {
  try {
    act();
    return false;
  } catch (thrown) {
    return isFault(thrown) && thrown.code === 'vault-closed';
  }
};

describe('packed fields', () => {
  it('unpack to what was packed, in ascending order', () => {
    fc.assert(
      fc.property(fields, (given) => {
        const unpacked = [...unpackFields(packFields(given))];
        const sorted = given.toSorted(([a], [b]) => (a < b ? -1 : 1));
        expect(unpacked).toEqual(sorted.map(([key, content]) => [key, Buffer.from(content)]));
      }),
    );
  });
  it('are the same bytes in whatever order they were given', () => {
    fc.assert(
      fc.property(
        fields.chain((given) =>
          fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })),
        ),
        ([given, shuffled]) => {
          expect(packFields(shuffled)).toEqual(packFields(given));
        },
      ),
    );
  });
  it('are refused when any one bit is flipped', () => {
    fc.assert(
      fc.property(fields, fc.nat(), (given, pick) => {
        const packed = packFields(given);
        const bit = pick % (packed.length * 8);
        packed[bit >> 3] = (packed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(refused(() => unpackFields(packed))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
  it('are refused at every truncation and with anything behind them', () => {
    fc.assert(
      fc.property(fields, fc.uint8Array({ minLength: 1, maxLength: 8 }), (given, more) => {
        const packed = packFields(given);
        for (let length = 0; length < packed.length; length += 1)
          expect(refused(() => unpackFields(packed.subarray(0, length)))).toBe(true);
        expect(refused(() => unpackFields(Buffer.concat([packed, more])))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
  it('are refused, not misread, for any bytes at all, even with a right checksum', async () => {
    const { crc32 } = await import('node:zlib');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (body) => {
        const packed = Buffer.concat([Buffer.alloc(5), body]);
        packed.writeUInt8(1, 0);
        packed.writeUInt32BE(crc32(body), 1);
        if (refused(() => unpackFields(packed))) return;
        expect(packFields([...unpackFields(packed)])).toEqual(packed);
      }),
      { numRuns: 2_000 },
    );
  });
  it('hold no name twice and no content over 65,535 bytes', () => {
    const email = 'email' as FieldName;
    const one = new Uint8Array(1);
    expect(() =>
      packFields([
        [email, one],
        [email, one],
      ]),
    ).toThrow(RangeError);
    expect(unpackFields(packFields([[email, new Uint8Array(65_535)]])).get(email)).toHaveLength(65_535);
    expect(() => packFields([[email, new Uint8Array(65_536)]])).toThrow(RangeError);
  });
});
