import type { FieldCatalogue, Protection } from '../../analysis/catalogue/field-catalogue.ts';
import type { LookupKind } from '../../model/field.ts';
import type { CustomerId } from '../../model/id.ts';
import type { BadRow } from './bad-row.ts';
import type { LeftOut } from './import-columns.ts';
import type { RowForm } from './parse-batch.ts';

/** What a BatchSealer needs to know of the file. */
export interface SealSettings {
  readonly catalogue: FieldCatalogue;
  readonly form: RowForm;
}

/**
 * What is asked of a sealing thread. First a batch is parsed, and its values stay in the thread; then, when it is
 * known whose rows they are, those of them that are to be stored are sealed and the values are forgotten.
 */
export type SealRequest =
  | {
      readonly kind: 'parse';
      readonly batchNo: number;
      readonly bytes: Uint8Array;
      readonly places: Uint32Array;
    }
  | { readonly kind: 'seal'; readonly batchNo: number; readonly customers: readonly CustomerToSeal[] };

export interface CustomerToSeal {
  /** Which of the batch's good rows. */
  readonly row: number;
  readonly customerId: CustomerId;
  /** The customer's own key, which seals nobody else; never the key that wraps it. */
  readonly key: Uint8Array;
}

/** A good row as the main thread needs it: what is hashed, none of the values that are sealed. */
export interface RowIdentity {
  readonly ref: string;
  readonly line: number;
  readonly protection: Protection | undefined;
  readonly lookups: readonly (readonly [LookupKind, string])[];
}

export interface ParsedRows {
  readonly good: readonly RowIdentity[];
  readonly bad: readonly BadRow[];
  readonly leftOut: LeftOut;
}

export type SealAnswer =
  | { readonly kind: 'parsed'; readonly batchNo: number; readonly rows: ParsedRows }
  | {
      readonly kind: 'sealed';
      readonly batchNo: number;
      /** For each customer asked for: the sealed fields, then the masks, one behind the other. */
      readonly bytes: Uint8Array;
      /** Two lengths a customer. */
      readonly lengths: Uint32Array;
    }
  | { readonly kind: 'failed'; readonly batchNo: number; readonly fault: string };
