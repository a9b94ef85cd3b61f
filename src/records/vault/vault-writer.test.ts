import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ErasureGround, groundStart } from '../../../test/support/erasure-ground.ts';
import { freshDatabase } from '../../../test/support/fresh-database.ts';
import type { ImportProgress } from './import-progress.ts';
import { VaultWriter } from './vault-writer.ts';

describe('an import under way', () => {
  it('does not bring back a customer who was erased since their row was read', async () => {
    const { db, drop } = await freshDatabase();
    onTestFinished(drop);
    const ground = new ErasureGround(db);
    const [rosa, omar] = [await ground.customer(), await ground.customer()];
    const importId = randomUUID();
    await db.pool.query(
      `insert into import (id, file_name, file_bytes, file_hash, catalogue_version, started_at)
       values ($1, 'customers.csv', 1, 'x', '1', now())`,
      [importId],
    );
    const progress = {
      importId,
      positionBytes: 0,
      linesRead: 0,
      rowsKept: 0,
      rowsNew: 0,
      rowsBad: 0,
      rejectsBytes: 0,
    };
    const after: ImportProgress = { ...progress, positionBytes: 1, linesRead: 1, rowsKept: 1 };
    const store = async (
      { id, ref }: typeof rosa,
      before: ImportProgress,
      to: ImportProgress,
    ): Promise<void> => {
      const writer = await VaultWriter.open(db);
      const refHash = ground.keys.hash('customer-ref', ref);
      expect((await writer.findKept([refHash])).size).toBe(1);
      if (id === rosa.id) {
        await db.pool.query('delete from keys.customer_key where customer_id = $1', [id]);
        await db.pool.query('delete from customer where id = $1', [id]);
      }
      const [masks, sealed] = [Buffer.of(1), Buffer.of(2)];
      const customer = {
        customerId: id,
        refHash,
        protection: undefined,
        lookups: [],
        newKey: undefined,
        masks,
        sealed,
      };
      await writer
        .store({ customers: [customer], catalogueVersion: '1', at: groundStart, before, after: to })
        .finally(() => writer.close());
    };
    await expect(store(rosa, progress, after)).rejects.toMatchObject({ code: 'conflict' });
    expect(await ground.count('customer where id = $1', rosa.id)).toBe(0);
    await store(omar, progress, after);
    expect(await ground.count('customer where id = $1 and masks = $2', omar.id, Buffer.of(1))).toBe(1);
  });
});
