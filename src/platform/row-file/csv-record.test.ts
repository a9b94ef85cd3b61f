import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitCsvRecord } from './csv-record.ts';

const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;
const delimiter = fc.constantFrom(',', ';', '\t');
const field = fc.string({ unit: fc.constantFrom('a', ' ', '"', ',', ';', '\t', '\n', 'é') });

describe('a CSV record', () => {
  it('gives back every field that was quoted, whatever it holds', () => {
    fc.assert(
      fc.property(delimiter, fc.array(field, { minLength: 1 }), (mark, fields) => {
        expect(splitCsvRecord(fields.map(quoted).join(mark), mark)).toEqual({ fields });
      }),
    );
  });

  it('gives back unquoted fields as they stand', () => {
    const plain = field.filter((text) => !/[",;\t\n]/.test(text));
    fc.assert(
      fc.property(delimiter, fc.array(plain, { minLength: 1 }), (mark, fields) => {
        expect(splitCsvRecord(fields.join(mark), mark)).toEqual({ fields });
      }),
    );
  });

  it('is open when its last quote is not closed, at any cut inside a quoted field', () => {
    fc.assert(
      fc.property(field, (text) => {
        const whole = quoted(text);
        const cut = splitCsvRecord(`x,${whole.slice(0, -1)}`, ',');
        expect('problem' in cut && cut.problem).toBe('open');
      }),
    );
  });

  it.each([
    ['', ['']],
    [',', ['', '']],
    ['a,', ['a', '']],
    ['"a",', ['a', '']],
    ['5" pipe,b', ['5" pipe', 'b']],
  ])('splits %j', (text, fields) => {
    expect(splitCsvRecord(text, ',')).toEqual({ fields });
  });

  it('refuses text after a closing quote', () => {
    expect(splitCsvRecord('"a"b,c', ',')).toEqual({ problem: 'stray-quote' });
  });
});
