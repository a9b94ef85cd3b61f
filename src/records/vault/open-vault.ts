import { hiddenMask } from '../../analysis/mask/hidden-mask.ts';
import type { Catalogue, FieldName } from '../../model/field.ts';
import type { CustomerId } from '../../model/id.ts';
import { type Plain, plain } from '../../model/plain.ts';
import type { SubjectKey } from '../../platform/keys/subject-key.ts';
import { unpackFields } from './packed-fields.ts';
import { fieldContext, masksContext } from './seal-context.ts';

/** A customer as the vault keeps them. */
export interface SealedRecord {
  readonly customerId: CustomerId;
  readonly catalogueVersion: string;
  readonly masks: Buffer;
  readonly sealed: Buffer;
}

export interface OpenedField {
  readonly name: FieldName;
  readonly value: Plain<string>;
}

/**
 * The masked rendering of every field that the vault holds of a customer; no full value is opened for it. Masks
 * that were made under another catalogue than the one in force show as fully hidden until the customer is imported
 * again, and so does a field that has become secret since: neither is in the map under its own mask.
 * @throws Fault `vault-closed` when the bytes are damaged or belong to another customer, key or catalogue
 */
export const openMasks = (
  record: SealedRecord,
  key: SubjectKey,
  catalogue: Catalogue,
): ReadonlyMap<FieldName, string> => {
  const shown = catalogue.fields.filter((field) => field.class !== 'secret').map((field) => field.name);
  if (record.catalogueVersion !== catalogue.version) {
    const held = unpackFields(record.sealed);
    return new Map(shown.filter((name) => held.has(name)).map((name) => [name, hiddenMask]));
  }
  const opened = key.sealer('vault').open(record.masks, masksContext(record.customerId, catalogue.version));
  const masks = unpackFields(opened);
  return new Map(shown.flatMap((name) => entryOf(name, masks.get(name)?.toString())));
};

const entryOf = (name: FieldName, mask: string | undefined): [FieldName, string][] =>
  mask === undefined ? [] : [[name, mask]];

/**
 * Opens the named fields and no others. A field that the vault does not hold of this customer is left out of the
 * answer. Only `workflows/reveal` may call this.
 * @throws Fault `vault-closed` when the bytes are damaged or belong to another customer, field or key
 */
export const openFields = (
  record: SealedRecord,
  key: SubjectKey,
  names: readonly FieldName[],
): readonly OpenedField[] => {
  const held = unpackFields(record.sealed);
  const sealer = key.sealer('vault');
  return names.flatMap((name) => {
    const content = held.get(name);
    if (!content) return [];
    return [{ name, value: plain(sealer.open(content, fieldContext(record.customerId, name)).toString()) }];
  });
};
