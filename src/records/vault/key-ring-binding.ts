import { Fault } from '../../model/fault.ts';
import type { KeyEncryption } from '../../platform/keys/key-encryption.ts';
import { asDatabaseFault } from '../../platform/postgres/database-fault.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';

/** Key encryption that can say which keys it uses without telling them. */
export interface IdentifiedKeys extends KeyEncryption {
  readonly wrappingKeyId: string;
  readonly hashKeyId: string;
}

/**
 * Opens the key encryption that this database is sealed under, and writes down which it is before anything is
 * sealed under it: a later start with another ring, or with none, then fails instead of sealing some customers
 * under keys that the others do not have.
 * @param open opens (or, when no id is needed, may make) the ring that holds the keys of the given ids
 * @throws Fault `vault-closed` when the ring does not fit the database; what `open` throws; `storage-down`
 */
export const openBoundKeys = async <Keys extends IdentifiedKeys>(
  db: CaseboundDatabase,
  open: (neededKeyIds: readonly string[]) => Promise<Keys>,
): Promise<Keys> => {
  const keys = await open(await ringKeysInUse(db));
  await noteKey(db, keys.hashKeyId, 'hash');
  // Two machines at their very first start may each have made a ring: only one hash key finds room.
  if (!(await ringKeysInUse(db)).includes(keys.hashKeyId))
    throw new Fault(
      'vault-closed',
      'the database is bound to another key ring: give this process that key ring',
    );
  await noteKey(db, keys.wrappingKeyId, 'wrapping');
  return keys;
};

const noteKey = async (db: CaseboundDatabase, keyId: string, use: 'wrapping' | 'hash'): Promise<void> => {
  await db.pool
    .query('insert into keys.ring (key_id, use) values ($1, $2) on conflict do nothing', [keyId, use])
    .catch((thrown: unknown) => Promise.reject(asDatabaseFault(thrown)));
};

/** Ids of the keys that this database is sealed under; empty while nothing is. */
export const ringKeysInUse = async (db: CaseboundDatabase): Promise<readonly string[]> => {
  const found = await db.pool
    .query<{ key_id: string }>('select key_id from keys.ring order by key_id')
    .catch((thrown: unknown) => Promise.reject(asDatabaseFault(thrown)));
  return found.rows.map((row) => row.key_id);
};
