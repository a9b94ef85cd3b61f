import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskKinds } from '../../model/field.ts';
import { hiddenMask } from './hidden-mask.ts';
import { maskValue } from './mask-value.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.emailAddress(),
  fc.stringMatching(/^[A-Z]{2}\d{2}( ?\d{4}){2,6}$/),
  fc.stringMatching(/^\+?[\d ()-]{4,20}$/),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.stringMatching(/^[A-Z][a-z]{0,9}( [A-Z][a-z]{0,9}){0,5}$/),
);

const signsOf = (text: string): string[] => [...text.matchAll(/[\p{L}\p{N}]/gu)].map(([sign]) => sign);
/** Letters and digits of the mask: bullets, points, @ and blanks are its furniture. */
const shown = (mask: string): string[] => signsOf(mask);

describe('every mask but none', () => {
  it('is deterministic, never empty, and stays within one short line', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(...maskKinds), (value, kind) => {
        fc.pre(kind !== 'none');
        const mask = maskValue(kind, value);
        expect(maskValue(kind, value)).toBe(mask);
        expect(mask).toMatch(/^.{1,40}$/u);
      }),
      { numRuns: 2_000 },
    );
  });
  it('tells no value of one or two signs, save a country and a band', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\p{L}\p{N}]{1,2}$/u), fc.constantFrom(...maskKinds), (value, kind) => {
        fc.pre(!['none', 'country', 'band'].includes(kind));
        expect(maskValue(kind, value)).toBe(hiddenMask);
      }),
    );
  });
});

describe('the mask none', () => {
  it('is the value itself', () => {
    expect(maskValue('none', 'English')).toBe('English');
  });
});

describe('the mask hidden', () => {
  it('is the same for every value, so that it does not even tell a length', () => {
    fc.assert(fc.property(anyText, (value) => maskValue('hidden', value) === hiddenMask));
  });
});

describe('the mask initials', () => {
  it('shows at most one letter of each of three parts, and at most a third of each part', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const letters = shown(maskValue('initials', value));
        expect(letters.length).toBeLessThanOrEqual(3);
        const parts = value.trim().split(/\s+/u);
        for (const letter of letters)
          expect(parts.some((part) => part.startsWith(letter) && [...part].length >= 3)).toBe(true);
      }),
    );
  });
  it.each([
    ['Ada Lovelace', 'A. L.'],
    ['Jean-Luc de la Cruz Picard', 'J. •. •.'],
    ['Émile Zola', 'É. Z.'],
    ['Bo Li', hiddenMask],
    ['王小明', hiddenMask],
    ['', hiddenMask],
    ['   ', hiddenMask],
  ])('shows %j as %j', (value, mask) => expect(maskValue('initials', value)).toBe(mask));
});

describe('the mask email', () => {
  it('shows at most the first character of the local part, and a top-level domain of two to four letters', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const mask = maskValue('email', value);
        if (mask === hiddenMask) return;
        const [, first = '', topLevel = ''] = /^(.)•••@•••\.([A-Za-z]{2,4})$/u.exec(mask) ?? [];
        expect(value.endsWith(`.${topLevel}`)).toBe(true);
        const local = [...value.slice(0, value.indexOf('@'))];
        if (first !== '•') expect([local[0], local.length >= 3]).toEqual([first, true]);
      }),
      { numRuns: 1_000 },
    );
  });
  it.each([
    ['anna@example.com', 'a•••@•••.com'],
    ['al@example.com', '••••@•••.com'],
    ['anna@example.photography', hiddenMask],
    ['anna@example.香港', hiddenMask],
    ['anna@localhost', hiddenMask],
    ['anna', hiddenMask],
    ['a@b@example.com', hiddenMask],
  ])('shows %j as %j', (value, mask) => expect(maskValue('email', value)).toBe(mask));
});

describe('the mask phone', () => {
  it('shows two digits of at least eight, and never others than the last', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const mask = maskValue('phone', value);
        const digits = value.match(/\p{Nd}/gu) ?? [];
        expect(mask).toBe(digits.length < 8 ? hiddenMask : `••• ••${digits.at(-2)}${digits.at(-1)}`);
      }),
    );
  });
});

describe('the mask last4', () => {
  it('never shows more than four signs and never more than a third of the value', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const mask = maskValue('last4', value);
        if (mask === hiddenMask) return;
        const all = signsOf(value);
        const end = shown(mask);
        expect(end.length).toBeLessThanOrEqual(4);
        expect(end.length * 3).toBeLessThanOrEqual(all.length);
        expect(all.slice(-end.length)).toEqual(end);
      }),
      { numRuns: 1_000 },
    );
  });
  it.each([
    ['DE89 3704 0044 0532 0130 00', '•••• 3000'],
    ['123456', '•••• 56'],
    ['12345', hiddenMask],
  ])('shows %j as %j', (value, mask) => expect(maskValue('last4', value)).toBe(mask));
});

describe('the mask year', () => {
  it('shows four digits that stand in the value as its year, or nothing', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const mask = maskValue('year', value);
        if (mask === hiddenMask) return;
        expect(mask).toMatch(/^\d{4}$/);
        expect(value.trim().startsWith(`${mask}-`) || value.trim().endsWith(mask)).toBe(true);
      }),
    );
  });
  it.each([
    ['1987-04-02', '1987'],
    ['2.4.1987', '1987'],
    ['02/04/1987', '1987'],
    ['19870402', hiddenMask],
    ['1987', hiddenMask],
    ['born 1987-04-02', hiddenMask],
  ])('shows %j as %j', (value, mask) => expect(maskValue('year', value)).toBe(mask));
});

describe('the mask country', () => {
  it('shows two capital letters or nothing', () => {
    fc.assert(fc.property(anyText, (value) => /^(?:[A-Z]{2}|•{6})$/u.test(maskValue('country', value))));
  });
  it.each([
    ['10 Downing Street, London, GB', 'GB'],
    ['Hauptstr. 5, 10115 Berlin, Germany', 'DE'],
    ['Hauptstr. 5\n10115 Berlin\nGermany', 'DE'],
    ['10 Downing Street, London SW1A 2AA', hiddenMask],
    ['10 Downing Street, London, EU', hiddenMask],
    ['10 Downing Street, London, ZZ', hiddenMask],
    ['', hiddenMask],
  ])('shows %j as %j', (value, mask) => expect(maskValue('country', value)).toBe(mask));
});

describe('the mask band', () => {
  const names = ['below 0', '0 to 100', '100 to 1,000', '1,000 to 10,000', '10,000 to 100,000'];
  const wide = ['100,000 to 1,000,000', 'over 1,000,000'];

  it('is one of seven bands, so it tells no digit of the value', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        expect([hiddenMask, ...names, ...wide]).toContain(maskValue('band', value));
      }),
    );
  });
  it('is the band that the amount lies in', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10_000_000, max: 1_000_000_000 }), (cents) => {
        const amount = cents / 100;
        const [from, to] =
          maskValue('band', amount.toFixed(2)).replace(/,/g, '').match(/\d+/g)?.map(Number) ?? [];
        if (amount < 0) expect(maskValue('band', amount.toFixed(2))).toBe('below 0');
        else expect(amount >= (from ?? Number.NaN) && amount < (to ?? Number.POSITIVE_INFINITY)).toBe(true);
      }),
    );
  });
  it('is hidden when the amount could be two', () => {
    expect(maskValue('band', '12.345')).toBe(hiddenMask);
  });
});
