import { createHash } from 'node:crypto';
import {
  type CatalogueField,
  type FieldName,
  fieldClasses,
  lookupKinds,
  maskKinds,
  parseFieldName,
  renderings,
} from '../../model/field.ts';
import { type FieldCatalogue, type ProtectRule, protections } from './field-catalogue.ts';
import { readYaml, type YamlPlaces } from './yaml-place.ts';

/** Limits of a catalogue. A stored value must fit the 16-bit length of the vault's packing, in any script. */
export const catalogueLimits = { textCharsMax: 262_144, fieldsMax: 200, topicsMax: 200, charsMaxMax: 10_000 };

const charsMaxDefault = 200;
/** Columns of an import that are about the row itself and can therefore be no field. */
const reservedNames = ['ref', 'protected'];

/**
 * Reads the field catalogue. A field without a class is `secret`, without a mask is fully hidden, without topics
 * is needed by none: what was not thought of stays closed.
 * @param file how the text's file is called in messages
 * @throws Fault `unprocessable` with one line that names the file, the line, the field and the fix
 */
export const parseCatalogue = (text: string, file = 'policy/fields.yaml'): FieldCatalogue => {
  if (text.length > catalogueLimits.textCharsMax)
    readYaml('', file).fail([], 'the file is longer than 256 KiB');
  const yaml = readYaml(text, file);
  const top = mapAt(yaml, [], ['phoneCountry', 'topics', 'protect', 'fields']);
  const phoneCountry = top['phoneCountry'];
  if (typeof phoneCountry !== 'string' || !/^[A-Z]{2}$/.test(phoneCountry))
    return yaml.fail(['phoneCountry'], 'phoneCountry must be two capital letters, such as GB');
  const topics = Object.keys(mapAt(yaml, ['topics']));
  if (topics.length > catalogueLimits.topicsMax) yaml.fail(['topics'], 'there are more than 200 topics');
  const names = Object.keys(mapAt(yaml, ['fields']));
  if (names.length === 0 || names.length > catalogueLimits.fieldsMax)
    yaml.fail(['fields'], 'name 1 to 200 fields');
  const fields = names.map((name) => readField(yaml, name, topics));
  const version = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return { version, fields, phoneCountry, topics, protect: readProtect(yaml, fields) };
};

const readField = (yaml: YamlPlaces, name: string, topics: readonly string[]): CatalogueField => {
  const path = ['fields', name];
  const fail = (key: string, sentence: string): never =>
    yaml.fail([...path, key], `field ${name}: ${sentence}`);
  const fieldName = parseFieldName(name);
  if (!fieldName || reservedNames.includes(name))
    return yaml.fail(path, `field ${name}: use another name, of a-z, 0-9 and _, beginning with a letter`);
  const raw = mapAt(yaml, path, [
    'label',
    'class',
    'mask',
    'topics',
    'lookup',
    'contact',
    'rendering',
    'charsMax',
  ]);
  const { label } = raw;
  if (typeof label !== 'string' || label.trim() === '' || label.length > 80)
    return fail('label', 'label must be text of 1 to 80 characters');
  const fieldClass =
    oneOf(raw['class'] ?? 'secret', fieldClasses) ?? fail('class', among('class', fieldClasses));
  if (raw['class'] === undefined) return secretField(fieldName, label);
  if (fieldClass === 'secret' && Object.keys(raw).some((key) => key !== 'label' && key !== 'class'))
    return fail(
      'class',
      'it is secret, so it can have no mask, topics, lookup, contact, rendering or charsMax',
    );
  const mask = oneOf(raw['mask'] ?? 'hidden', maskKinds) ?? fail('mask', among('mask', maskKinds));
  if (mask === 'none' && fieldClass !== 'public')
    return fail('mask', 'mask none shows everything, so it is for class public only');
  const lookup = optional(raw['lookup'], lookupKinds);
  if (lookup === null) return fail('lookup', among('lookup', lookupKinds));
  const contact = optional(raw['contact'], ['call', 'mail'] as const);
  if (contact === null) return fail('contact', among('contact', ['call', 'mail']));
  if (contact !== undefined && lookup !== undefined && shapeOf(contact) !== lookup)
    return fail('contact', `contact ${contact} does not fit lookup ${lookup}`);
  const rendering =
    oneOf(raw['rendering'] ?? 'text', renderings) ?? fail('rendering', among('rendering', renderings));
  const { charsMax = charsMaxDefault } = raw;
  if (!isCount(charsMax, catalogueLimits.charsMaxMax))
    return fail('charsMax', 'charsMax must be a whole number from 1 to 10000');
  const needing = readTopics(yaml, name, topics);
  return {
    name: fieldName,
    label,
    class: fieldClass,
    mask,
    topics: needing,
    lookup,
    contact,
    rendering,
    charsMax,
  };
};

const secretField = (name: FieldName, label: string): CatalogueField => ({
  name,
  label,
  class: 'secret',
  mask: 'hidden',
  topics: [],
  lookup: undefined,
  contact: undefined,
  rendering: 'text',
  charsMax: charsMaxDefault,
});

const readTopics = (yaml: YamlPlaces, name: string, topics: readonly string[]): readonly string[] => {
  const path = ['fields', name, 'topics'];
  const field = mapAt(yaml, ['fields', name]);
  const given = field['topics'] ?? [];
  if (!Array.isArray(given))
    return yaml.fail(path, `field ${name}: topics must be a list, such as [payment]`);
  return given.map((topic: unknown, index) => {
    if (typeof topic === 'string' && (topic === '*' || topics.includes(topic))) return topic;
    return yaml.fail(
      [...path, index],
      `field ${name}: its topic no. ${index + 1} is not listed under topics`,
    );
  });
};

const readProtect = (yaml: YamlPlaces, fields: readonly CatalogueField[]): readonly ProtectRule[] => {
  const given = mapAt(yaml, [])['protect'] ?? [];
  if (!Array.isArray(given)) return yaml.fail(['protect'], 'protect must be a list');
  return given.map((_, index) => {
    const path = ['protect', index];
    const raw = mapAt(yaml, path, ['field', 'above', 'as']);
    const field = fields.find((one) => one.name === raw['field'] && one.class !== 'secret');
    const { above } = raw;
    if (!field) return yaml.fail(path, 'protect names a field that is not listed, or is secret');
    if (typeof above !== 'number' || !Number.isFinite(above))
      return yaml.fail(path, `protect by ${field.name}: above must be a number`);
    const as = oneOf(raw['as'], protections) ?? yaml.fail(path, among('as', protections));
    return { field: field.name, above, as };
  });
};

const mapAt = (
  yaml: YamlPlaces,
  path: (string | number)[],
  keys?: readonly string[],
): Record<string, unknown> => {
  let at: unknown = yaml.content;
  for (const key of path) at = (at as Record<string | number, unknown> | undefined)?.[key];
  const place = path.length === 0 ? 'the file' : path.join('.');
  if (typeof at !== 'object' || at === null || Array.isArray(at))
    return yaml.fail(path, `${place} must hold "name: value" lines`);
  const unknown = keys && Object.keys(at).find((key) => !keys.includes(key));
  if (unknown !== undefined)
    return yaml.fail(
      [...path, unknown],
      `${place} has the unknown key ${unknown}; known are ${keys?.join(', ')}`,
    );
  return at as Record<string, unknown>;
};

const oneOf = <T extends string>(given: unknown, known: readonly T[]): T | undefined =>
  known.find((one) => one === given);

/** Undefined when not given, null when given but unknown. */
const optional = <T extends string>(given: unknown, known: readonly T[]): T | undefined | null =>
  given === undefined ? undefined : (oneOf(given, known) ?? null);

const among = (key: string, known: readonly string[]): string => `${key} must be one of ${known.join(', ')}`;

const isCount = (given: unknown, max: number): given is number =>
  typeof given === 'number' && Number.isInteger(given) && given >= 1 && given <= max;

const shapeOf = (contact: 'call' | 'mail'): 'phone' | 'email' => (contact === 'call' ? 'phone' : 'email');
