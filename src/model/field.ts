import type { Brand } from './brand.ts';

/** The name of one value that we hold of a customer, as the field catalogue spells it: `email`, `balance`. */
export type FieldName = Brand<string, 'FieldName'>;

export const parseFieldName = (text: string): FieldName | undefined =>
  /^[a-z][a-z0-9_]{0,39}$/.test(text) ? (text as FieldName) : undefined;

/**
 * How much harm a field does in the wrong hands. `secret` never enters the process that serves agents; a field
 * with no class is `secret`.
 */
export const fieldClasses = ['public', 'personal', 'sensitive', 'secret'] as const;
export type FieldClass = (typeof fieldClasses)[number];
/** The classes that the vault holds. A `secret` value is never stored, so nothing can show it. */
export type StoredFieldClass = Exclude<FieldClass, 'secret'>;

/** How a value looks while it is masked. Each is a pure function in analysis/mask. */
export const maskKinds = [
  'none',
  'hidden',
  'initials',
  'email',
  'phone',
  'last4',
  'year',
  'country',
  'band',
] as const;
export type MaskKind = (typeof maskKinds)[number];

/** What a customer may say to be found by. */
export const lookupKinds = ['email', 'phone', 'account'] as const;
export type LookupKind = (typeof lookupKinds)[number];

/** How a field is shown once it is revealed: as text, or as a picture that carries the mark in its own pixels. */
export const renderings = ['text', 'pixels'] as const;
export type Rendering = (typeof renderings)[number];

export interface CatalogueField {
  readonly name: FieldName;
  readonly label: string;
  readonly class: FieldClass;
  readonly mask: MaskKind;
  /** Topics whose cases may need this field; `*` stands for every topic. */
  readonly topics: readonly string[];
  /** Set when customers may be found by this field. */
  readonly lookup: LookupKind | undefined;
  /** Set when an agent may start a call or a mail to this value without seeing it. */
  readonly contact: 'call' | 'mail' | undefined;
  readonly rendering: Rendering;
  /** The longest value the importer accepts, in characters. */
  readonly charsMax: number;
}

/** The field catalogue: every field that Casebound knows, read from one file. What it does not name is secret. */
export interface Catalogue {
  /** SHA-256 of the file, first 12 hex digits: which catalogue a stored mask was made under. */
  readonly version: string;
  readonly fields: readonly CatalogueField[];
}

export const findField = (catalogue: Catalogue, name: string): CatalogueField | undefined =>
  catalogue.fields.find((field) => field.name === name);

export const classOf = (catalogue: Catalogue, name: string): FieldClass =>
  findField(catalogue, name)?.class ?? 'secret';
