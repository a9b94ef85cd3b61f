import fc from 'fast-check';
import { getCountries, getExampleNumber } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { describe, expect, it } from 'vitest';
import { lookupKinds } from '../../model/field.ts';
import { normaliseAccount } from './normalise-account.ts';
import { normaliseEmail } from './normalise-email.ts';
import { normaliseLookup } from './normalise-lookup.ts';
import { normalisePhone } from './normalise-phone.ts';
import { normaliseRef } from './normalise-ref.ts';

const blank = fc.constantFrom('', ' ', '\t', '\u00a0', '\u200b', '  ', '\ufeff');
/** Puts separators between the signs of a text, as people do when they say or print a number. */
const spoken = (text: string, separators: readonly string[]) =>
  fc
    .array(fc.constantFrom('', '', '', ...separators), { minLength: text.length, maxLength: text.length })
    .map((gaps) =>
      [...text].map((sign, index) => sign + (index < text.length - 1 ? gaps[index] : '')).join(''),
    );

const recased = (text: string) =>
  fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((upper) => [...text].map((sign, index) => (upper[index] ? sign.toUpperCase() : sign)).join(''));

const fullWidth = (text: string): string =>
  text.replace(/[!-~]/g, (sign) => String.fromCodePoint(sign.charCodeAt(0) + 0xfee0));

const arabic = (text: string): string =>
  text.replace(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit)));

describe('every normal form', () => {
  it('is its own normal form', () => {
    const said = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.emailAddress(),
      fc.stringMatching(/^[+0]?[\d ()./-]{4,24}$/),
      fc.stringMatching(/^[ıİßſﬁKÅΣς٣9a-z.-]{1,12}@[a-zßéΣſ]{1,8}\.de$/u),
    );
    fc.assert(
      fc.property(
        said,
        fc.constantFrom(...lookupKinds),
        fc.constantFrom('GB', 'US', 'IT', 'BR'),
        (text, kind, country) => {
          const once = normaliseLookup(kind, text, country);
          if (once !== undefined) expect(normaliseLookup(kind, once, country)).toBe(once);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});

describe('an e-mail address', () => {
  const address = fc.stringMatching(
    /^[a-z0-9]{1,12}([.+_-][a-z0-9]{1,6}){0,2}@[a-z0-9]{1,10}(\.[a-z]{2,6}){1,2}$/,
  );

  it('is the same in any case, width and wrapping', () => {
    fc.assert(
      fc.property(
        address.chain((text) => fc.tuple(fc.constant(text), recased(text), blank, blank)),
        fc.constantFrom('plain', 'wide', 'angle', 'mailto', 'dot'),
        ([text, cased, before, after], way) => {
          const ways = {
            plain: cased,
            wide: fullWidth(cased),
            angle: `<${cased}>`,
            mailto: `mailto:${cased}`,
            dot: `${cased}.`,
          };
          expect(normaliseEmail(before + ways[way] + after)).toBe(text);
        },
      ),
    );
  });
  it('differs when the part after a plus differs', () => {
    expect(normaliseEmail('anna+bank@example.com')).toBe('anna+bank@example.com');
    expect(normaliseEmail('anna@example.com')).not.toBe(normaliseEmail('anna+bank@example.com'));
  });
  it('has one form for a domain in letters and in punycode', () => {
    expect(normaliseEmail('anna@BÜCHER.example')).toBe('anna@xn--bcher-kva.example');
    expect(normaliseEmail('anna@xn--bcher-kva.example')).toBe('anna@xn--bcher-kva.example');
  });
  it.each([
    '',
    '@',
    'anna',
    'anna@',
    '@example.com',
    'anna@localhost',
    'an na@example.com',
    'a@b@example.com',
    'anna@exa mple.com',
    'anna@example..com',
    'anna@-example.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(250)}.com`,
    'anna@example.com, bob@example.com',
    'anna@[127.0.0.1]',
  ])('is not %j', (text) => expect(normaliseEmail(text)).toBeUndefined());
});

describe('a phone number', () => {
  const national = fc.stringMatching(/^7[1-9]\d{8}$/);

  it('is the same with country code, with 00, with a trunk zero, in blanks and in any digits', () => {
    const way = fc.constantFrom('+44', '0044', '0', '+44(0)', '+44 0', 'tel:+44');
    fc.assert(
      fc.property(
        national.chain((digits) =>
          fc.tuple(fc.constant(digits), spoken(digits, [' ', '.', '-', '/', '\u00a0'])),
        ),
        way,
        fc.constantFrom((text: string) => text, arabic, fullWidth),
        ([digits, said], prefix, script) => {
          const text = prefix.startsWith('tel') ? prefix + said : script(prefix + said);
          expect(normalisePhone(text, 'GB')).toBe(`+44${digits}`);
        },
      ),
      { numRuns: 500 },
    );
  });
  it('with 00 is the same number for a country that dials otherwise', () => {
    for (const country of ['US', 'DE', 'AU']) {
      expect(normalisePhone('0044 7700 900123', country), country).toBe('+447700900123');
      expect(normalisePhone('+44 7700 900123', country), country).toBe('+447700900123');
    }
    expect(normalisePhone('0011 44 7700 900123', 'AU')).toBe('+447700900123');
  });
  it('without a country code belongs to the organisation’s country', () => {
    expect(normalisePhone('030 901820', 'DE')).toBe('+4930901820');
    expect(normalisePhone('(202) 555-0123', 'US')).toBe('+12025550123');
    expect(normalisePhone('06 6982', 'IT')).toBe('+39066982');
  });
  it('of every country in the world has the form that the full numbering plans give it', () => {
    for (const country of getCountries()) {
      const example = getExampleNumber(country, examples);
      for (const said of [example?.formatInternational(), example?.formatNational(), example?.getURI()])
        expect(normalisePhone(said ?? '', country), `${country} ${said}`).toBe(example?.number);
    }
  });
  it('loses its extension', () => {
    expect(normalisePhone('020 7946 0123 ext. 5', 'GB')).toBe('+442079460123');
  });
  it.each(['', 'ring me', '12', '07700 900123 or 07700 900124', '+999 12345678', '1'.repeat(65), '+'])(
    'is not %j',
    (text) => expect(normalisePhone(text, 'GB')).toBeUndefined(),
  );
  it('is none without a country code when the country is unknown', () => {
    expect(normalisePhone('07700 900123', 'XX')).toBeUndefined();
    expect(normalisePhone('+44 7700 900123', 'XX')).toBe('+447700900123');
  });
});

describe('an account number', () => {
  it('is the same with blanks, dashes, points, in any case, width and digits', () => {
    fc.assert(
      fc.property(
        fc
          .stringMatching(/^[A-Z]{0,2}\d{4,24}$/)
          .chain((text) =>
            fc.tuple(fc.constant(text), spoken(text.toLowerCase(), [' ', '-', '.', '–', '/', '\u00a0'])),
          ),
        fc.constantFrom((text: string) => text, arabic, fullWidth),
        ([text, said], script) => {
          expect(normaliseAccount(script(said))).toBe(text);
        },
      ),
    );
  });
  it('reads the digits of every script that Unicode has', () => {
    let run = 0;
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const sign = String.fromCodePoint(code);
      if (!/\p{Nd}/u.test(sign)) {
        if (run % 10 !== 0) expect.fail(`U+${code.toString(16)}`);
        run = 0;
        continue;
      }
      if (normaliseAccount(sign) !== String(run % 10)) expect.fail(`U+${code.toString(16)}`);
      run += 1;
    }
  });
  it.each(['', ' ', '-', '12;34', "1' or '1", 'A'.repeat(65), '1'.repeat(200)])('is not %j', (text) =>
    expect(normaliseAccount(text)).toBeUndefined(),
  );
});

describe('a reference of the help desk', () => {
  it('is taken as it is, save for blanks around it', () => {
    expect(normaliseRef('  Cust-0042\n')).toBe('Cust-0042');
    expect(normaliseRef('cust-0042')).not.toBe(normaliseRef('Cust-0042'));
  });
  it('is none when empty or longer than 200 characters', () => {
    expect([normaliseRef('  '), normaliseRef('x'.repeat(201))]).toEqual([undefined, undefined]);
  });
});
