import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatInstant, instantOf } from '../../model/instant.ts';
import { parseInt8, parseTimestamptz } from './type-parsers.ts';

const two = (value: number): string => String(value).padStart(2, '0');

/** Writes a time as PostgreSQL does under DateStyle ISO in a zone that many seconds east of Greenwich. */
const asPostgres = (epochMs: number, offsetS: number, microseconds: number): string => {
  const [day, time = ''] = formatInstant(instantOf(epochMs + offsetS * 1_000))
    .slice(0, -1)
    .split('T');
  const size = Math.abs(offsetS);
  const offset = [Math.floor(size / 3_600), Math.floor(size / 60) % 60, size % 60];
  while (offset.length > 1 && offset.at(-1) === 0) offset.pop();
  const fraction = `${time.slice(9)}${String(microseconds).padStart(3, '0')}`.replace(/0+$/, '');
  const point = fraction === '' ? '' : `.${fraction}`;
  return `${day} ${time.slice(0, 8)}${point}${offsetS < 0 ? '-' : '+'}${offset.map(two).join(':')}`;
};

describe('a timestamptz', () => {
  it('is read as the millisecond it falls in, in whatever zone it is written', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(100, 0, 3), max: Date.UTC(9999, 11, 29) }),
        fc.integer({ min: -57_599, max: 57_599 }),
        fc.integer({ min: 0, max: 999 }),
        (epochMs, offsetS, microseconds) => {
          expect(parseTimestamptz(asPostgres(epochMs, offsetS, microseconds))).toBe(epochMs);
        },
      ),
    );
  });

  it('of the first century is not taken for the twentieth', () => {
    expect(parseTimestamptz('0050-01-01 00:00:00+00')).toBe(Date.parse('0050-01-01T00:00:00Z'));
  });

  it.each(['infinity', '-infinity', '0044-03-15 12:00:00+00 BC', '294276-12-31 23:59:59+00', ''])(
    'that is no Instant is a clear error and not a wrong time: %s',
    (text) => {
      expect(() => parseTimestamptz(text)).toThrow(RangeError);
    },
  );
});

describe('a bigint', () => {
  it('is read exactly or not at all, and the error does not quote it', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const text = String(value);
        if (BigInt.asIntN(54, value) === value && Number.isSafeInteger(Number(value)))
          expect(parseInt8(text)).toBe(Number(value));
        else {
          expect(() => parseInt8(text)).toThrow(RangeError);
          expect(() => parseInt8(text)).not.toThrow(text);
        }
      }),
    );
  });
});
