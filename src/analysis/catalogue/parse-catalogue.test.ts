import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFault } from '../../model/fault.ts';
import { classOf, fieldClasses, findField, lookupKinds, maskKinds } from '../../model/field.ts';
import { parseCatalogue } from './parse-catalogue.ts';

const committed = readFileSync(new URL('../../../policy/fields.yaml', import.meta.url), 'utf8');

const lineOf = (text: string): string => {
  try {
    parseCatalogue(text, 'f.yaml');
  } catch (thrown) {
    if (isFault(thrown) && thrown.code === 'unprocessable' && thrown.outward === thrown.message)
      return thrown.message;
    throw thrown;
  }
  return 'accepted';
};

const small = (field: string): string =>
  `phoneCountry: GB\ntopics:\n  card: Cards\nfields:\n  pet:\n${field}`;

describe('the committed field catalogue', () => {
  const catalogue = parseCatalogue(committed);

  it('carries the first twelve hex digits of the SHA-256 of its text as its version', () => {
    expect(catalogue.version).toBe(createHash('sha256').update(committed).digest('hex').slice(0, 12));
    expect(parseCatalogue(`${committed}\n`).version).not.toBe(catalogue.version);
  });
  it('lets customers be found by e-mail, phone and account number', () => {
    expect(catalogue.fields.flatMap((field) => field.lookup ?? []).sort()).toEqual([...lookupKinds].sort());
  });
  it('shows no personal or sensitive field as it is', () => {
    for (const field of catalogue.fields) if (field.mask === 'none') expect(field.class).toBe('public');
  });
  it('names secrets, and gives them no mask, topic, look-up or contact', () => {
    const secrets = catalogue.fields.filter((field) => field.class === 'secret');
    expect(secrets.length).toBeGreaterThan(0);
    for (const field of secrets)
      expect(field).toMatchObject({ mask: 'hidden', topics: [], lookup: undefined, contact: undefined });
  });
  it('has the topics of a support desk', () => {
    expect(catalogue.topics).toEqual([
      'account-access',
      'payment',
      'card',
      'fees',
      'identity-check',
      'complaint',
      'technical',
      'other',
    ]);
  });
});

describe('a catalogue', () => {
  it('holds a field without a class as secret, whatever else stands there', () => {
    const text = small('    label: Pet\n    mask: last4\n    topics: [card]\n    lookup: account\n');
    expect(findField(parseCatalogue(text), 'pet')).toEqual({
      name: 'pet',
      label: 'Pet',
      class: 'secret',
      mask: 'hidden',
      topics: [],
      lookup: undefined,
      contact: undefined,
      rendering: 'text',
      charsMax: 200,
    });
  });
  it('holds what it does not name as secret', () => {
    expect(classOf(parseCatalogue(committed), 'favourite_colour')).toBe('secret');
    expect(classOf(parseCatalogue(committed), '__proto__')).toBe('secret');
  });
  it('hides a field without a mask and gives it to no topic', () => {
    const [pet] = parseCatalogue(small('    label: Pet\n    class: personal\n')).fields;
    expect(pet).toMatchObject({
      mask: 'hidden',
      topics: [],
      lookup: undefined,
      contact: undefined,
      rendering: 'text',
      charsMax: 200,
    });
  });
  it.each([
    ['class: persnal', 'f.yaml line 7: field pet: class must be one of public, personal, sensitive, secret'],
    [
      'class: personal\n    mask: emial',
      `f.yaml line 8: field pet: mask must be one of ${maskKinds.join(', ')}`,
    ],
    [
      'class: personal\n    mask: none',
      'line 8: field pet: mask none shows everything, so it is for class public only',
    ],
    ['class: secret\n    mask: last4', 'line 7: field pet: it is secret, so it can have no mask'],
    [
      'class: personal\n    topics: [bicycle]',
      'line 8: field pet: its topic no. 1 is not listed under topics',
    ],
    ['class: personal\n    topics: card', 'line 8: field pet: topics must be a list'],
    [
      'class: personal\n    lookup: nickname',
      'line 8: field pet: lookup must be one of email, phone, account',
    ],
    [
      'class: personal\n    lookup: email\n    contact: call',
      'line 9: field pet: contact call does not fit lookup email',
    ],
    [
      'class: personal\n    charsMax: 0',
      'line 8: field pet: charsMax must be a whole number from 1 to 10000',
    ],
    ['clas: personal', 'line 7: fields.pet has the unknown key clas; known are label, class'],
    ['label: Other', 'line 7: Map keys must be unique'],
  ])('refuses "%s" with one line that says where and why', (field, said) => {
    const line = lineOf(small(`    label: Pet\n    ${field}\n`));
    expect(line).toContain(said);
    expect(line).not.toContain('\n');
  });
  it.each([
    ['', 'f.yaml line 1: the file must hold'],
    ['[]', 'f.yaml line 1: the file must hold'],
    ['phoneCountry: gb\ntopics: {}\nfields: {}', 'line 1: phoneCountry must be two capital letters'],
    ['phoneCountry: GB\ntopics: {}\nfields: {}', 'line 3: name 1 to 200 fields'],
    ['phoneCountry: GB\ntopics: {}\nfields: {ref: {label: R}}', 'line 3: field ref: use another name'],
    ['phoneCountry: GB\ntopics: {}\nfields: {A B: {label: R}}', 'line 3: field A B: use another name'],
    ['a: &x [1]\nb: *x', 'aliases (*name) are not read here'],
    [`#${'x'.repeat(300_000)}`, 'longer than 256 KiB'],
    [
      `${small('    label: Pet\n')}protect:\n  - { field: pet, above: 1, as: staff }`,
      'line 8: protect names a field',
    ],
  ])('refuses the file %#', (text, said) => {
    expect(lineOf(text)).toContain(said);
  });
  it('never reads a field as less secret because one line of the file is lost', () => {
    const strict = parseCatalogue(committed);
    const lines = committed.split('\n');
    let read = 0;
    for (const lost of lines.keys()) {
      const text = lines.toSpliced(lost, 1).join('\n');
      if (lineOf(text) !== 'accepted') continue;
      read += 1;
      for (const field of parseCatalogue(text).fields)
        expect(fieldClasses.indexOf(field.class)).toBeGreaterThanOrEqual(
          fieldClasses.indexOf(classOf(strict, field.name)),
        );
    }
    expect(read).toBeGreaterThan(50);
  });
  it('answers any text at all with a catalogue or with one line', () => {
    fc.assert(
      fc.property(fc.nat(committed.length - 1), fc.nat(60), (from, count) => {
        expect(lineOf(committed.slice(0, from) + committed.slice(from + count))).not.toContain('\n');
      }),
      { numRuns: 200 },
    );
  });
});
