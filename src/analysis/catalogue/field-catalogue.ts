import type { Catalogue, FieldName } from '../../model/field.ts';

/** Why a customer is protected: looks at them need a second person from outside the asker's vendor. */
export const protections = ['executive', 'staff', 'high-balance'] as const;
export type Protection = (typeof protections)[number];

export const isProtection = (text: string): text is Protection =>
  (protections as readonly string[]).includes(text);

/** Customers whose amount in `field` is above `above` are protected, whatever the import says of them. */
export interface ProtectRule {
  readonly field: FieldName;
  readonly above: number;
  readonly as: Protection;
}

/** The whole catalogue file: the fields, and what importing and finding customers needs besides. */
export interface FieldCatalogue extends Catalogue {
  /** ISO 3166 alpha-2: the country of phone numbers that carry no country code. */
  readonly phoneCountry: string;
  /** Every topic that a field may name. */
  readonly topics: readonly string[];
  readonly protect: readonly ProtectRule[];
}
