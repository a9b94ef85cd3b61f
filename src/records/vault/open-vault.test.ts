import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCatalogue } from '../../analysis/catalogue/parse-catalogue.ts';
import { hiddenMask } from '../../analysis/mask/hidden-mask.ts';
import { maskValue } from '../../analysis/mask/mask-value.ts';
import { isFault } from '../../model/fault.ts';
import type { CatalogueField, FieldName } from '../../model/field.ts';
import { newId } from '../../model/id.ts';
import { exposePlaintext } from '../../model/plain.ts';
import { systemChance } from '../../platform/chance/system-chance.ts';
import { SubjectKey } from '../../platform/keys/subject-key.ts';
import { openFields, openMasks, type SealedRecord } from './open-vault.ts';
import { packFields, unpackFields } from './packed-fields.ts';
import { sealCustomer } from './seal-customer.ts';

const text = readFileSync(new URL('../../../policy/fields.yaml', import.meta.url), 'utf8');
const catalogue = parseCatalogue(text);
const stored = catalogue.fields.filter((field) => field.class !== 'secret');
const fieldOf = (name: string): CatalogueField => {
  const field = catalogue.fields.find((one) => one.name === name);
  if (!field) throw new Error(`no field ${name}`);
  return field;
};
const named = (name: string): FieldName => fieldOf(name).name;

const seal = (
  values: readonly (readonly [CatalogueField, string])[],
): { record: SealedRecord; key: SubjectKey } => {
  const customerId = newId('customer', systemChance);
  const key = SubjectKey.generate(systemChance);
  const columns = sealCustomer({ customerId, key, catalogueVersion: catalogue.version, values });
  return { record: { customerId, catalogueVersion: catalogue.version, ...columns }, key };
};
const anna = (): ReturnType<typeof seal> =>
  seal([
    [fieldOf('name'), 'Anna Example'],
    [fieldOf('email'), 'anna@example.com'],
    [fieldOf('country'), 'GB'],
  ]);

const faultOf = (act: () => unknown): string => {
  try {
    act();
    return 'opened';
  } catch (thrown) {
    return isFault(thrown) ? thrown.code : String(thrown);
  }
};

describe('a sealed customer', () => {
  it('opens to the very values that were sealed, field by field', () => {
    const values = fc
      .subarray(stored)
      .chain((fields) =>
        fc.tuple(
          ...fields.map((field) =>
            fc.tuple(fc.constant(field), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 })),
          ),
        ),
      );
    fc.assert(
      fc.property(values, (given) => {
        const { record, key } = seal(given);
        const opened = openFields(
          record,
          key,
          stored.map((field) => field.name),
        );
        const held = stored.flatMap((field) => given.filter(([one]) => one.name === field.name));
        expect(opened.map(({ name, value }) => [name, exposePlaintext(value)])).toEqual(
          held.map(([field, value]) => [field.name, value]),
        );
        const masks = openMasks(record, key, catalogue);
        expect([...masks]).toEqual(held.map(([field, value]) => [field.name, maskValue(field.mask, value)]));
      }),
    );
  });
  it('opens only the fields that were asked for, and leaves out what is not held', () => {
    const { record, key } = anna();
    const opened = openFields(record, key, [named('email'), named('phone')]);
    expect(opened.map(({ name }) => name)).toEqual(['email']);
  });
  it('opens to values that print as [redacted]', () => {
    const { record, key } = anna();
    const opened = openFields(record, key, [named('name'), named('email')]);
    for (const printed of [inspect(opened, { depth: 9 }), JSON.stringify(opened), `${opened[0]?.value}`])
      expect(printed).not.toMatch(/anna/i);
  });
  it('shows nothing of a value in its sealed bytes', () => {
    const { record } = anna();
    for (const bytes of [record.sealed, record.masks])
      for (const word of ['Anna', 'anna', 'example', '•••']) expect(bytes.includes(word)).toBe(false);
  });
  it('never seals a secret field', () => {
    expect(faultOf(() => seal([[fieldOf('password_hash'), '$2b$10$abc']]))).toBe('bug');
  });
});

describe('sealed bytes in the wrong place', () => {
  const bob = anna();
  const { record, key } = anna();

  it('do not open under another customer’s key', () => {
    expect(faultOf(() => openFields(record, bob.key, [named('email')]))).toBe('vault-closed');
    expect(faultOf(() => openMasks(record, bob.key, catalogue))).toBe('vault-closed');
  });
  it('do not open as another customer’s, even under the right key', () => {
    const moved = { ...record, customerId: bob.record.customerId };
    expect(faultOf(() => openFields(moved, key, [named('email')]))).toBe('vault-closed');
    expect(faultOf(() => openMasks(moved, key, catalogue))).toBe('vault-closed');
  });
  it('do not open as another field of the same customer', () => {
    const email = unpackFields(record.sealed).get(named('email'));
    const swapped = { ...record, sealed: packFields([[named('country'), email ?? Buffer.alloc(0)]]) };
    expect(faultOf(() => openFields(swapped, key, [named('country')]))).toBe('vault-closed');
  });
  it('do not open a field as the masks: a view could otherwise be made to show full values', () => {
    const email = unpackFields(record.sealed).get(named('email'));
    expect(faultOf(() => openMasks({ ...record, masks: email ?? Buffer.alloc(0) }, key, catalogue))).toBe(
      'vault-closed',
    );
  });
  it('do not open when a bit is flipped', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom('masks' as const, 'sealed' as const), (pick, column) => {
        const bytes = Buffer.from(record[column]);
        const bit = pick % (bytes.length * 8);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const flipped = { ...record, [column]: bytes };
        const open =
          column === 'masks'
            ? () => openMasks(flipped, key, catalogue)
            : () => openFields(flipped, key, [named('email')]);
        expect(faultOf(open)).toBe('vault-closed');
      }),
      { numRuns: 300 },
    );
  });
});

describe('a catalogue that has changed since the import', () => {
  it('shows every held field as fully hidden, though its old mask showed more', () => {
    const { record, key } = anna();
    const changed = parseCatalogue(`${text}\n# changed`);
    expect([...openMasks(record, key, changed)]).toEqual([
      ['name', hiddenMask],
      ['email', hiddenMask],
      ['country', hiddenMask],
    ]);
  });
  it('does not let its old masks open by a forged version', () => {
    const { record, key } = anna();
    const changed = parseCatalogue(`${text}\n# changed`);
    const forged = { ...record, catalogueVersion: changed.version };
    expect(faultOf(() => openMasks(forged, key, changed))).toBe('vault-closed');
  });
  it('shows nothing at all of a field that has become secret', () => {
    const { record, key } = anna();
    const stricter = parseCatalogue(text.replace(/class: personal\n {4}mask: email/, 'mask: email'));
    expect([...openMasks(record, key, stricter).keys()]).toEqual(['name', 'country']);
    const sameVersion = { ...stricter, version: catalogue.version };
    expect([...openMasks(record, key, sameVersion).keys()]).toEqual(['name', 'country']);
  });
});
