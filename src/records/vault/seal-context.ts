import type { FieldName } from '../../model/field.ts';
import type { CustomerId } from '../../model/id.ts';

/**
 * What is bound into each seal as associated data: sealed bytes that were moved to another customer, another field
 * or another catalogue version do not open. Field names hold no space, so no field can pass for the masks.
 */
export const fieldContext = (customerId: CustomerId, name: FieldName): string => `${customerId} ${name}`;

export const masksContext = (customerId: CustomerId, catalogueVersion: string): string =>
  `${customerId} masks of ${catalogueVersion}`;
