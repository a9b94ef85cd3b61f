import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import { isFault } from '../../model/fault.ts';
import { systemChance } from '../../platform/chance/system-chance.ts';
import { generateRing, KeyRing } from '../../platform/keys/key-ring.ts';
import { openBoundKeys, ringKeysInUse } from './key-ring-binding.ts';

let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await freshDatabase();
});
afterAll(() => fresh.drop());

describe('the keys a database is sealed under', () => {
  const material = generateRing(systemChance);
  const ring = new KeyRing(material, systemChance);

  it('are none at first, and are written down before anything can be sealed', async () => {
    const asked: (readonly string[])[] = [];
    const open = async (needed: readonly string[]): Promise<KeyRing> => {
      asked.push(needed);
      return ring;
    };
    await openBoundKeys(fresh.db, open);
    await openBoundKeys(fresh.db, open);
    const ids = [ring.hashKeyId, ring.wrappingKeyId].sort();
    expect(asked).toEqual([[], ids]);
    expect(await ringKeysInUse(fresh.db)).toEqual(ids);
  });
  it('grow by a newer wrapping key of the same ring', async () => {
    const newer = generateRing(systemChance);
    const wrappingKeys = new Map([...material.wrappingKeys, ...newer.wrappingKeys]);
    const rotated = new KeyRing({ ...material, currentId: newer.currentId, wrappingKeys }, systemChance);
    await openBoundKeys(fresh.db, async () => rotated);
    expect(await ringKeysInUse(fresh.db)).toContain(newer.currentId);
  });
  it('are not another machine’s: of two first starts with two rings the second is refused and changes nothing', async () => {
    const before = await ringKeysInUse(fresh.db);
    const other = new KeyRing(generateRing(systemChance), systemChance);
    const refused = await openBoundKeys(fresh.db, async () => other).catch((thrown: unknown) => thrown);
    expect(isFault(refused) && refused.code).toBe('vault-closed');
    expect(await ringKeysInUse(fresh.db)).toEqual(before);
  });
});
