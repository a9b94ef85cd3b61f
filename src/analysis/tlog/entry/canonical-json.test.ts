import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plain } from '../../../model/plain.ts';
import { type Json, writeCanonicalJson } from './canonical-json.ts';

const json = fc.jsonValue({
  maxDepth: 5,
  noUnicodeString: false,
  stringUnit: 'binary',
}) as fc.Arbitrary<Json>;
const holdsMinusZero = (value: Json): boolean =>
  Object.is(value, -0) ||
  (typeof value === 'object' &&
    value !== null &&
    Object.values(value).some((inner) => holdsMinusZero(inner)));

describe('canonical JSON', () => {
  it('is byte for byte what an independent RFC 8785 writer gives', () => {
    fc.assert(
      fc.property(
        json.filter((value) => !holdsMinusZero(value)),
        (value) => {
          expect(writeCanonicalJson(value)).toBe(canonicalize(value));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('writes the example of RFC 8785 section 3.2.2 as the RFC does', () => {
    const example = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 1e-27],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(writeCanonicalJson(example)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it.each([
    ['a lone high surrogate', 'ab\ud800'],
    ['a lone low surrogate inside a list', ['\udc00x']],
    ['a lone surrogate in a member name', { '\ud83d': 1 }],
    ['NaN', Number.NaN],
    ['infinity', [Number.POSITIVE_INFINITY]],
    ['minus zero', { a: -0 }],
    ['undefined', { a: undefined }],
    ['a hole in a list', new Array(2)],
    ['a big integer', 1n],
    ['a date', new Date(0)],
    ['a redacted secret', { a: plain('x') }],
    ['a function', () => 1],
  ])('refuses %s instead of changing it', (_name, value) => {
    expect(() => writeCanonicalJson(value as Json)).toThrow(
      expect.objectContaining({ code: 'unprocessable' }),
    );
  });

  it('refuses a value nested deeper than eight levels', () => {
    let value: Json = 1;
    for (let depth = 0; depth < 8; depth += 1) value = [value];
    expect(writeCanonicalJson(value)).toBe('[[[[[[[[1]]]]]]]]');
    expect(() => writeCanonicalJson([value])).toThrow(expect.objectContaining({ code: 'unprocessable' }));
  });
});
