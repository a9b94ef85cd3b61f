import type { FieldCatalogue, Protection } from '../../analysis/catalogue/field-catalogue.ts';
import { isProtection } from '../../analysis/catalogue/field-catalogue.ts';
import { readAmounts } from '../../analysis/mask/read-amount.ts';
import { normaliseLookup } from '../../analysis/normalise/normalise-lookup.ts';
import { normaliseRef } from '../../analysis/normalise/normalise-ref.ts';
import type { CatalogueField, LookupKind } from '../../model/field.ts';
import type { RowFlaw } from './bad-row.ts';
import type { Column } from './import-columns.ts';

/** A row that can be kept. */
export interface GoodRow {
  readonly ref: string;
  readonly protection: Protection | undefined;
  readonly values: readonly (readonly [CatalogueField, string])[];
  /** What the customer can be found by, normalised. */
  readonly lookups: readonly (readonly [LookupKind, string])[];
}

/** One value with the column it stands in. */
export type Cell = readonly [Column, string];

/** Judges one row: what is to be stored of it, or why it cannot be kept. Values that are empty are not there. */
export const readRow = (catalogue: FieldCatalogue, cells: readonly Cell[]): GoodRow | RowFlaw => {
  const reading = new RowReading(catalogue);
  for (const [column, written] of cells) {
    if (column.kind === 'left-out') continue;
    const flaw = reading.take(column, written.trim());
    if (flaw) return flaw;
  }
  return reading.finish();
};

const brokenText = /(?![\t\n\r])\p{Cc}/u;

class RowReading {
  readonly #catalogue: FieldCatalogue;
  readonly #values: [CatalogueField, string][] = [];
  readonly #lookups: [LookupKind, string][] = [];
  #ref = '';
  #protection: Protection | undefined;

  constructor(catalogue: FieldCatalogue) {
    this.#catalogue = catalogue;
  }

  take(column: Exclude<Column, { kind: 'left-out' }>, value: string): RowFlaw | undefined {
    if (value === '') return undefined;
    if (brokenText.test(value) || !value.isWellFormed())
      return { reason: 'control-sign', field: column.kind === 'field' ? column.field.name : column.kind };
    if (column.kind === 'field') return this.#takeField(column.field, value);
    if (column.kind === 'ref') {
      this.#ref = value;
      return undefined;
    }
    const protection = value.toLowerCase();
    if (!isProtection(protection)) return { reason: 'protected-unknown', field: 'protected' };
    this.#protection = protection;
    return undefined;
  }

  #takeField(field: CatalogueField, value: string): RowFlaw | undefined {
    if (value.length > field.charsMax) return { reason: 'value-too-long', field: field.name };
    const shape = shapeOf(field);
    if (shape !== undefined) {
      const normalised = normaliseLookup(shape, value, this.#catalogue.phoneCountry);
      if (normalised === undefined) return { reason: shapeFlaws[shape], field: field.name };
      const known = this.#lookups.some(([kind, one]) => kind === shape && one === normalised);
      if (field.lookup !== undefined && !known) this.#lookups.push([shape, normalised]);
    }
    this.#values.push([field, value]);
    return undefined;
  }

  finish(): GoodRow | RowFlaw {
    if (this.#ref === '') return { reason: 'ref-missing', field: 'ref' };
    const ref = normaliseRef(this.#ref);
    if (ref === undefined) return { reason: 'ref-too-long', field: 'ref' };
    const byRule = this.#judgeRules();
    if (typeof byRule === 'object') return byRule;
    return { ref, protection: this.#protection ?? byRule, values: this.#values, lookups: this.#lookups };
  }

  /** An amount that could be two numbers protects by the higher one: too much protection harms nobody. */
  #judgeRules(): Protection | undefined | RowFlaw {
    for (const rule of this.#catalogue.protect) {
      const value = this.#values.find(([field]) => field.name === rule.field)?.[1];
      if (value === undefined) continue;
      const amounts = readAmounts(value);
      if (amounts.length === 0) return { reason: 'not-an-amount', field: rule.field };
      if (amounts.some((amount) => amount > rule.above)) return rule.as;
    }
    return undefined;
  }
}

const shapeFlaws = { email: 'not-an-email', phone: 'not-a-phone', account: 'not-an-account' } as const;

/** What a field that customers are found or reached by must look like. */
const shapeOf = (field: CatalogueField): LookupKind | undefined =>
  field.lookup ?? (field.contact === 'call' ? 'phone' : field.contact === 'mail' ? 'email' : undefined);
