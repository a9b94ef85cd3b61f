import type { Catalogue, CatalogueField } from '../../model/field.ts';
import { classOf, findField } from '../../model/field.ts';

/** What a column of the file (or a name in an NDJSON row) is for. */
export type Column =
  | { readonly kind: 'ref' }
  | { readonly kind: 'protected' }
  | { readonly kind: 'field'; readonly field: CatalogueField }
  | { readonly kind: 'left-out'; readonly why: 'secret' | 'not-in-catalogue' };

/** Names of columns whose values were not taken: those that are secret, and those that the catalogue does not name. */
export interface LeftOut {
  readonly secret: readonly string[];
  readonly notInCatalogue: readonly string[];
}

/** A column's meaning by its name, blanks around it and case aside. Secret and unknown columns are left out here. */
export const columnOf = (catalogue: Catalogue, written: string): Column => {
  const name = written.trim().toLowerCase();
  if (name === 'ref' || name === 'protected') return { kind: name };
  const field = findField(catalogue, name);
  if (!field) return { kind: 'left-out', why: 'not-in-catalogue' };
  return classOf(catalogue, name) === 'secret'
    ? { kind: 'left-out', why: 'secret' }
    : { kind: 'field', field };
};

const columnsMax = 500;

/**
 * The columns that a header names, or one sentence that says what is wrong with it. The sentence repeats no name
 * that the catalogue does not hold: in a file without a header they would be a customer's values.
 */
export const readHeader = (catalogue: Catalogue, names: readonly string[]): readonly Column[] | string => {
  if (names.length > columnsMax)
    return `there are more than ${columnsMax} columns: remove those that nobody needs`;
  const columns = names.map((name) => columnOf(catalogue, name));
  if (!columns.some((column) => column.kind === 'ref'))
    return 'the header names no column "ref": give the column with the help desk’s references that name';
  const taken = columns.map((column) => (column.kind === 'field' ? column.field.name : column.kind));
  const twice = taken.find((name, index) => name !== 'left-out' && taken.indexOf(name) !== index);
  if (twice !== undefined) return `the header names the column "${twice}" twice: remove one`;
  if (!columns.some((column) => column.kind === 'field'))
    return 'the header names no field of the catalogue: name the columns as policy/fields.yaml does';
  return columns;
};
