import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { World } from '../../analysis/worlds/build-world.ts';
import { bankTrade, shopTrade, type Trade } from '../../analysis/worlds/trade.ts';
import { readRules } from '../../foundations.ts';
import { findField } from '../../model/field.ts';
import { deskCatalogue } from './desk-catalogue.ts';

const worldOf = ({ queues, fields }: Trade): World =>
  ({
    needs: new Map(queues.flatMap(({ topics }) => topics).map(({ name, needs }) => [name, needs])),
    log: { names: { fieldSets: ['', fields.join(' ')] } },
  }) as unknown as World;

describe('the field catalogue of a drill', () => {
  it('is the installation’s own where that knows the desk’s fields', async () => {
    const { catalogue } = await readRules(join(import.meta.dirname, '..', '..', '..', 'policy'));
    expect(deskCatalogue(worldOf(bankTrade), catalogue)).toBe(catalogue);
  });

  it('lets another desk’s topics have what their work needs, and nothing else', async () => {
    const { catalogue } = await readRules(join(import.meta.dirname, '..', '..', '..', 'policy'));
    const made = deskCatalogue(worldOf(shopTrade), catalogue);
    for (const { name, needs } of shopTrade.queues.flatMap(({ topics }) => topics))
      for (const field of shopTrade.fields)
        expect(findField(made, field)?.topics.includes(name), `${name} ${field}`).toBe(needs.includes(field));
    expect(findField(made, 'secret_thing')).toBeUndefined();
  });
});
