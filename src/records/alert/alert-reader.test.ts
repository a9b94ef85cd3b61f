import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import { newId } from '../../model/id.ts';
import { instantOf } from '../../model/instant.ts';
import { seededChance } from '../../platform/chance/seeded-chance.ts';
import { type AlertPlace, alertReader } from './alert-reader.ts';
import { alertWriter } from './alert-writer.ts';

const chance = seededChance('alerts by page');
let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await freshDatabase();
});
afterAll(() => fresh.drop());

describe('the list of alerts', () => {
  it('shows each alert once, newest first, whatever the pages and however many share one instant', async () => {
    const writer = alertWriter(fresh.db.kysely);
    for (let i = 0; i < 25; i += 1) {
      const at = instantOf(1_000_000 + Math.floor(i / 5) * 1_000);
      await writer.add({
        id: newId('alert', chance),
        at,
        kind: 'k',
        agentId: undefined,
        seq: i,
        reasons: ['r'],
      });
    }
    const seen: AlertPlace[] = [];
    for (;;) {
      const page = await alertReader(fresh.db.kysely).newestFirst(4, seen.at(-1));
      if (page.length === 0) break;
      seen.push(...page);
    }
    expect(new Set(seen.map(({ id }) => id)).size).toBe(25);
    const instants = seen.map(({ at }) => at);
    expect(instants).toEqual(instants.toSorted((one, other) => other - one));
  });
});
