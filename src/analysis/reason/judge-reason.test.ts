import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeReason, normaliseReason, type ReasonExpected, reasonCharsMax } from './judge-reason.ts';

const expected = (over: Partial<ReasonExpected> = {}): ReasonExpected => ({
  codes: ['verify-caller'],
  highestClass: 'sensitive',
  usedElsewhere: false,
  knownWords: ['INC-4711', 'email', 'E-mail', 'date_of_birth', 'Date of birth'],
  ...over,
});
const typed = (text: string, over: Partial<ReasonExpected> = {}) =>
  judgeReason({ code: undefined, text }, expected(over));

describe('a reason', () => {
  it.each([
    'wrong phone number on the letter',
    'Caller forgot the new address',
    'call back',
    'Adressänderung gewünscht',
    'Kontosperre prüfen wegen Betrug',
    'запрос на смену телефона',
    'ग्राहक का पता बदलना है',
    '客户要求更改地址',
    '住所変更の依頼',
    '주소 변경 요청',
    'ลูกค้าขอเปลี่ยนที่อยู่',
    'العميل يريد تغيير العنوان',
    'הלקוח ביקש לשנות כתובת',
    'khách hàng muốn đổi địa chỉ',
    'customer says the e-mail is misspelt',
    'we were asked by her',
    'ověřit čtvrť bydliště',
  ])('says something in any language: %s', (text) => {
    expect(typed(text)).toBe('given');
  });

  it.each([
    '.',
    '...',
    '-',
    '123 456',
    'x',
    'a b c d e f g h',
    'ok',
    'customer',
    'asdf asdf',
    'asdf qwer',
    'asdf jklö poiu',
    'qweasd zxcvbn',
    'фыва йцук',
    'hahaha lalala',
    'aaaaaa bbbbbb',
    'ab ab ba',
    'test test test',
    'Test. TEST, test!',
    'dfgkj bvcnmx',
    '😀😀 👍🏽',
    'INC-4711',
    'inc 4711 email',
    'email e-mail EMAIL',
    'date of birth',
    'need email',
    '客户客户客户',
    '。。。',
    '\u0301\u0302\u0303 \u0304\u0305\u0306',
  ])('says nothing: %s', (text) => {
    expect(typed(text)).toBe('empty');
  });

  it.each(['', '   ', '\u200b\u2060', '\n\t', '\u3164'])(
    'is missing when only blanks were typed: %j',
    (text) => {
      expect(typed(text)).toBe('missing');
    },
  );

  it('is missing when neither a code nor words were given', () => {
    expect(judgeReason({ code: undefined, text: undefined }, expected())).toBe('missing');
  });

  it('chosen from the list is enough for personal fields, and not for sensitive ones', () => {
    const chosen = { code: 'verify-caller', text: undefined };
    expect(judgeReason(chosen, expected({ highestClass: 'personal' }))).toBe('given');
    expect(judgeReason(chosen, expected({ highestClass: 'sensitive' }))).toBe('missing');
    expect(judgeReason({ ...chosen, text: '.' }, expected())).toBe('empty');
  });

  it('that is not on this topic’s list counts as none', () => {
    const chosen = { code: 'settle-complaint', text: undefined };
    expect(judgeReason(chosen, expected({ highestClass: 'personal' }))).toBe('missing');
  });

  it('that stands on another case too is repeated', () => {
    expect(typed('customer wants a new card', { usedElsewhere: true })).toBe('repeated');
    expect(typed('.', { usedElsewhere: true })).toBe('empty');
  });

  it('longer than the limit is not read', () => {
    const text = 'customer wants a new card '.repeat(30);
    expect(text.length).toBeGreaterThan(reasonCharsMax);
    expect(typed(text)).toBe('empty');
  });
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
);

describe('any reason', () => {
  it('that is one word or character over and over says nothing', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'abcdefgñжह字あ가ع'), minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom(' ', '  ', ', ', '. ', '\n'),
        (word, times, between) => {
          // A single "word" in a script without spaces may be many words, so only its repetition is asked about.
          fc.pre(!/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Hangul}]/u.test(word));
          expect(typed(Array(times).fill(word).join(between))).not.toBe('given');
        },
      ),
    );
  });

  it('without a letter says nothing', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        // Signs like ℡ and Ⓐ are no letters but stand for some.
        expect(['missing', 'empty']).toContain(typed(text.normalize('NFKC').replaceAll(/\p{L}/gu, '')));
      }),
    );
  });

  it('made of the case number and the names of the fields alone says nothing', () => {
    const known = ['INC-4711', 'email', 'E-mail', 'date_of_birth', '4711', 'DATE', 'Birth', 'of'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...known), { minLength: 1, maxLength: 9 }), (words) => {
        expect(typed(words.join(' '))).toBe('empty');
      }),
    );
  });

  it('is judged without a fault, the same each time', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(typed(text)).toBe(typed(text));
      }),
    );
  });

  it('that says something still does with more words behind it', () => {
    fc.assert(
      fc.property(anyText, (more) => {
        expect(typed(`caller lost her card ${more}`)).toBe('given');
      }),
    );
  });
});

describe('the normalised text of a reason', () => {
  it('is the same however it was pasted: case, spaces, punctuation, full width, invisible characters', () => {
    const plain = normaliseReason('Caller lost her card, case 4711');
    for (const pasted of [
      'caller lost her card case 4711',
      '  CALLER   lost—her card. (case 4712)!',
      'caller\u200b lost h\u00ader card case 99 000',
      'ｃａｌｌｅｒ lost her card, case ٤٧١١',
    ])
      expect(normaliseReason(pasted)).toBe(plain);
    expect(normaliseReason('Caller lost his card, case 4711')).not.toBe(plain);
  });

  it('stays itself when normalised again', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(normaliseReason(normaliseReason(text))).toBe(normaliseReason(text));
      }),
      // A capital with an accent that exists only for the small letter: composes after it became small.
      { numRuns: 3_000, examples: [['J\u030c']] },
    );
  });

  it('is blind to dots, dashes, spaces and capitals put anywhere between words', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom(...'abcdeжहक字'), minLength: 1, maxLength: 6 }), {
          minLength: 1,
        }),
        fc.array(fc.constantFrom(' ', '. ', ' - ', '\t', ' \u200b', '!? '), { minLength: 1 }),
        (words, gaps) => {
          const pasted = words
            .map((word, at) => word.toUpperCase() + (gaps[at % gaps.length] ?? ' '))
            .join('');
          expect(normaliseReason(pasted)).toBe(normaliseReason(words.join(' ')));
        },
      ),
    );
  });

  it('tells reasons in different words apart in any script', () => {
    expect(normaliseReason('ग्राहक का पता')).not.toBe(normaliseReason('ग्राहक की पता'));
    expect(normaliseReason('更改地址')).not.toBe(normaliseReason('更改电话'));
  });
});
