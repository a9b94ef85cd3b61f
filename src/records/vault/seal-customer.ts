import { Buffer } from 'node:buffer';
import { maskValue } from '../../analysis/mask/mask-value.ts';
import { Fault } from '../../model/fault.ts';
import type { CatalogueField, FieldName } from '../../model/field.ts';
import type { CustomerId } from '../../model/id.ts';
import type { SubjectKey } from '../../platform/keys/subject-key.ts';
import { packFields } from './packed-fields.ts';
import { fieldContext, masksContext } from './seal-context.ts';

export interface SealableCustomer {
  readonly customerId: CustomerId;
  readonly key: SubjectKey;
  /** Which catalogue the masks are made under. */
  readonly catalogueVersion: string;
  /** What is held of the customer: an absent value is left out, never sealed as nothing. */
  readonly values: readonly (readonly [CatalogueField, string])[];
}

/** The two columns of `customer` that hold a person: each field sealed by itself, and all masks sealed together. */
export interface SealedColumns {
  readonly sealed: Buffer;
  readonly masks: Buffer;
}

/**
 * Seals what is known of one customer. Masks are made here, once, so that a view never opens a full value.
 * @throws Fault `bug` when asked to seal a `secret` field: those are never stored
 */
export const sealCustomer = (customer: SealableCustomer): SealedColumns => {
  const { customerId, key, catalogueVersion, values } = customer;
  const sealer = key.sealer('vault');
  const sealed: [FieldName, Buffer][] = [];
  const masks: [FieldName, Buffer][] = [];
  for (const [field, value] of values) {
    if (field.class === 'secret')
      throw new Fault('bug', `the secret field ${field.name} was about to be stored`);
    sealed.push([field.name, sealer.seal(Buffer.from(value), fieldContext(customerId, field.name))]);
    masks.push([field.name, Buffer.from(maskValue(field.mask, value))]);
  }
  return {
    sealed: packFields(sealed),
    masks: sealer.seal(packFields(masks), masksContext(customerId, catalogueVersion)),
  };
};
