import type { FieldCatalogue } from '../../analysis/catalogue/field-catalogue.ts';
import { normaliseLookup } from '../../analysis/normalise/normalise-lookup.ts';
import { normaliseRef } from '../../analysis/normalise/normalise-ref.ts';
import type { LookupKind } from '../../model/field.ts';
import type { CustomerId } from '../../model/id.ts';
import { exposePlaintext, type Plain } from '../../model/plain.ts';
import type { KeyEncryption } from '../../platform/keys/key-encryption.ts';
import { asDatabaseFault } from '../../platform/postgres/database-fault.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';

export interface FindPorts {
  readonly db: CaseboundDatabase;
  readonly keys: KeyEncryption;
  readonly catalogue: Pick<FieldCatalogue, 'phoneCountry'>;
}

/** Two customers of one value are already too many to choose from: nobody needs the whole list. */
const foundMax = 10;
const mergeHintsMax = 10;

/**
 * The customers who have this value, as the customer says it: any spelling of the same e-mail address, phone or
 * account number finds the same. At most ten, in no order. Nothing that cannot be such a value finds anybody.
 * @throws Fault `storage-down`
 */
export const findByLookup = async (
  { db, keys, catalogue }: FindPorts,
  by: LookupKind,
  value: Plain<string>,
): Promise<readonly CustomerId[]> => {
  const normalised = normaliseLookup(by, exposePlaintext(value), catalogue.phoneCountry);
  if (normalised === undefined) return [];
  const found = await db.pool
    .query<{ customer_id: CustomerId }>({
      name: 'vault-lookup',
      text: 'select customer_id from lookup_hash where kind = $1 and hash = $2 limit $3',
      values: [by, keys.hash(by, normalised), foundMax],
    })
    .catch((thrown: unknown) => Promise.reject(asDatabaseFault(thrown)));
  return found.rows.map((row) => row.customer_id);
};

/** Keyed hash of the help desk's reference, as `customer.ref_hash` holds it; undefined when it can be none. */
export const hashCustomerRef = (keys: KeyEncryption, ref: string): Buffer | undefined => {
  const normalised = normaliseRef(ref);
  return normalised === undefined ? undefined : keys.hash('customer-ref', normalised);
};

/** The customer whom the help desk calls by this reference; undefined when there is none. @throws Fault `storage-down` */
export const findByRef = async (
  { db, keys }: Pick<FindPorts, 'db' | 'keys'>,
  ref: string,
): Promise<CustomerId | undefined> => {
  const hash = hashCustomerRef(keys, ref);
  if (hash === undefined) return undefined;
  const found = await db.pool
    .query<{ id: CustomerId }>('select id from customer where ref_hash = $1', [hash])
    .catch((thrown: unknown) => Promise.reject(asDatabaseFault(thrown)));
  return found.rows[0]?.id;
};

export interface MergeHint {
  readonly by: LookupKind;
  readonly customerId: CustomerId;
}

/**
 * Other customers who share an e-mail address, phone or account number with this one: likely the same person, or
 * the same household. At most ten. Says that they share it, never what.
 * @throws Fault `storage-down`
 */
export const findMergeHints = async (
  db: CaseboundDatabase,
  customerId: CustomerId,
): Promise<readonly MergeHint[]> => {
  const found = await db.pool
    .query<{ kind: LookupKind; customer_id: CustomerId }>({
      name: 'vault-merge-hints',
      text: `select other.kind, other.customer_id
               from lookup_hash own
               join lookup_hash other on other.kind = own.kind and other.hash = own.hash
              where own.customer_id = $1 and other.customer_id <> $1
              limit $2`,
      values: [customerId, mergeHintsMax],
    })
    .catch((thrown: unknown) => Promise.reject(asDatabaseFault(thrown)));
  return found.rows.map((row) => ({ by: row.kind, customerId: row.customer_id }));
};
