import type { CustomerId } from '../../model/id.ts';
import type { KeyEncryption } from '../../platform/keys/key-encryption.ts';
import type { Sealer } from '../../platform/keys/subject-key.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';

export interface CustomerSealerPorts {
  readonly db: CaseboundDatabase;
  readonly keys: Pick<KeyEncryption, 'unwrap'>;
}

/**
 * Seals what stands in the ledger about one customer, and in requests about them, under that customer's key.
 * Undefined when there is no such customer or their key was destroyed. Nothing is kept between calls: a destroyed
 * key must be gone at once.
 */
export const customerSealer =
  ({ db, keys }: CustomerSealerPorts) =>
  async (customerId: CustomerId): Promise<Sealer | undefined> => {
    const row = await faulting(
      db.kysely
        .selectFrom('customer')
        .innerJoin('keys.customer_key', 'keys.customer_key.customer_id', 'customer.id')
        .select(['wrapping_key_id', 'wrapped'])
        .where('customer.id', '=', customerId)
        .executeTakeFirst(),
    );
    if (!row) return undefined;
    const key = await keys.unwrap({ wrappingKeyId: row.wrapping_key_id, wrapped: row.wrapped }, customerId);
    return key.sealer('ledger');
  };
