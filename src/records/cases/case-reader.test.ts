import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import type { CaseId, CustomerId } from '../../model/id.ts';
import { type Instant, instantOf, later } from '../../model/instant.ts';
import { seededChance } from '../../platform/chance/seeded-chance.ts';
import { openMigratedDatabase } from '../schema/open-casebound-database.ts';
import { type CasePlace, caseReader, heldCasesSql } from './case-reader.ts';
import { type CaseWriter, caseWriter } from './case-writer.ts';

const start = instantOf(Date.UTC(2026, 10, 22, 9));
const customer = (digit: number) => `cus_${String(digit).repeat(22)}` as CustomerId;

let fresh: FreshDatabase;
let writer: CaseWriter;
beforeAll(async () => {
  fresh = await freshDatabase();
  writer = caseWriter(fresh.db, seededChance(1));
});
afterAll(() => fresh.drop());

let messages = 0;
const tell = async (
  caseRef: string,
  kind: 'opened' | 'closed' | 'helper-joined',
  over: object = {},
): Promise<void> => {
  messages += 1;
  await writer.takeChanges([
    {
      messageId: `m${messages}`,
      caseRef,
      kind,
      at: start,
      claimedAt: undefined,
      receivedAt: start,
      agentRef: undefined,
      customerRefHash: undefined,
      queueRef: undefined,
      topic: undefined,
      channel: undefined,
      initiatedBy: undefined,
      ...over,
    },
  ]);
};
const idOf = async (ref: string): Promise<CaseId> => {
  const found = await caseReader(fresh.db).caseByKey(ref);
  if (!found) throw new Error(`no case ${ref}`);
  return found.id;
};

describe('a case by its key', () => {
  it('is found by our id and by the help desk’s reference', async () => {
    await tell('K-1', 'opened', { agentRef: 'ann' });
    const reader = caseReader(fresh.db);
    const byRef = await reader.caseByKey('K-1');
    expect(byRef).toMatchObject({ ref: 'K-1', open: true, holderRef: 'ann' });
    expect(await reader.caseByKey(byRef?.id ?? '')).toEqual(byRef);
  });

  it('is the one with that id even if another case took the id as its reference', async () => {
    await tell('K-2', 'opened', { agentRef: 'ann' });
    const id = await idOf('K-2');
    await tell(id, 'opened', { agentRef: 'eve' });
    expect(await caseReader(fresh.db).caseByKey(id)).toMatchObject({ ref: 'K-2' });
  });

  it.each(['', 'nothing', 'a\0b', `' or true --`, 'cas_0000000000000000000000'])(
    'is nobody’s for %j',
    async (key) => {
      expect(await caseReader(fresh.db).caseByKey(key)).toBeUndefined();
    },
  );
});

describe('the customer that a look-up found', () => {
  it('is named when the case names nobody, and named again without harm', async () => {
    await tell('B-1', 'opened');
    const id = await idOf('B-1');
    expect(await writer.bindFoundCustomer(id, customer(1))).toEqual({ bound: true });
    expect(await writer.bindFoundCustomer(id, customer(1))).toEqual({ bound: true });
    expect(await caseReader(fresh.db).caseByKey(id)).toMatchObject({ foundCustomerId: customer(1) });
  });

  it('is refused when an earlier look-up found somebody else, and says whom', async () => {
    await tell('B-2', 'opened');
    const id = await idOf('B-2');
    await writer.bindFoundCustomer(id, customer(1));
    expect(await writer.bindFoundCustomer(id, customer(2))).toEqual({
      bound: false,
      because: 'another-found',
      customerId: customer(1),
    });
  });

  it('is refused when the help desk names someone, and when there is no such case', async () => {
    await tell('B-3', 'opened', { customerRefHash: 'aa' });
    expect(await writer.bindFoundCustomer(await idOf('B-3'), customer(1))).toEqual({
      bound: false,
      because: 'desk-names-someone',
    });
    expect(await writer.bindFoundCustomer('cas_0000000000000000000000' as CaseId, customer(1))).toEqual({
      bound: false,
      because: 'no-such-case',
    });
  });

  it('gives way as soon as the help desk names someone itself', async () => {
    await tell('B-4', 'opened');
    const id = await idOf('B-4');
    await writer.bindFoundCustomer(id, customer(1));
    await tell('B-4', 'opened', { customerRefHash: 'bb', at: later(start, 1) });
    expect(await caseReader(fresh.db).caseByKey(id)).toMatchObject({
      foundCustomerId: undefined,
      customerRefHash: 'bb',
    });
  });

  it('stays when the case changes and the desk still names nobody', async () => {
    await tell('B-5', 'opened');
    const id = await idOf('B-5');
    await writer.bindFoundCustomer(id, customer(1));
    await tell('B-5', 'helper-joined', { agentRef: 'bob', at: later(start, 1) });
    expect(await caseReader(fresh.db).caseByKey(id)).toMatchObject({ foundCustomerId: customer(1) });
  });

  it('is one only, when two look-ups on two nodes find two customers at the same time', async () => {
    const other = openMigratedDatabase(fresh.connection);
    try {
      const second = caseWriter(other, seededChance(2));
      for (let round = 0; round < 20; round += 1) {
        await tell(`B-race-${round}`, 'opened');
        const id = await idOf(`B-race-${round}`);
        const both = await Promise.all([
          writer.bindFoundCustomer(id, customer(1)),
          second.bindFoundCustomer(id, customer(2)),
        ]);
        expect(both.filter((outcome) => outcome.bound)).toHaveLength(1);
      }
    } finally {
      await other.close();
    }
  });
});

describe('the cases an agent holds', () => {
  const held = (agentRef: string, open = true, countMax = 100, after?: CasePlace) =>
    caseReader(fresh.db).casesHeldBy(agentRef, { open, countMax, after });

  it('are those they hold and those they help on, the latest change first', async () => {
    await tell('H-1', 'opened', { agentRef: 'dora', at: later(start, 10) });
    await tell('H-2', 'opened', { agentRef: 'eli', at: later(start, 20) });
    await tell('H-2', 'helper-joined', { agentRef: 'dora', at: later(start, 21) });
    await tell('H-3', 'opened', { agentRef: 'eli', at: later(start, 30) });
    await tell('H-4', 'opened', { agentRef: 'dora', at: later(start, 5) });
    await tell('H-4', 'closed', { at: later(start, 40) });
    expect((await held('dora')).cases.map((one) => [one.ref, one.hands])).toEqual([
      ['H-2', 'helper'],
      ['H-1', 'holder'],
    ]);
    expect((await held('dora', false)).cases.map((one) => one.ref)).toEqual(['H-4']);
  });

  it('come in pages that neither repeat nor skip a case, several of the same instant', async () => {
    for (let n = 0; n < 23; n += 1)
      await tell(`P-${n}`, 'opened', { agentRef: 'pia', at: later(start, Math.floor(n / 4)) });
    const seen: string[] = [];
    let after: CasePlace | undefined;
    do {
      const page = await held('pia', true, 5, after);
      expect(page.cases.length).toBeLessThanOrEqual(5);
      seen.push(...page.cases.map((one) => one.ref));
      after = page.next;
    } while (after);
    expect(seen).toHaveLength(23);
    expect(new Set(seen).size).toBe(23);
  });
});

describe('a hundred thousand cases', () => {
  beforeAll(async () => {
    await sql`
      insert into support_case (id, ref, open, holder_ref, helper_refs, opened_at, last_change_at)
      select 'cas_' || lpad(n::text, 22, '0'), 'big-' || n, n % 3 > 0, 'agent-' || n % 300,
        case when n % 40 = 0 and n % 3 > 0 then array['agent-' || n % 7] else '{}' end, now(), now() - n * interval '1 second'
      from generate_series(1, 100000) n`.execute(fresh.db.kysely);
    await sql`vacuum analyze support_case`.execute(fresh.db.kysely);
  });

  const planOf = async (open: boolean, after?: { lastChangeAt: Instant; id: CaseId }): Promise<string> => {
    const question = { open, countMax: 50, after };
    const { rows } = await sql<{
      'QUERY PLAN': string;
    }>`explain ${heldCasesSql('agent-5', question)}`.execute(fresh.db.kysely);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };

  it.each([true, false])('are never scanned to find an agent’s own (open: %s)', async (open) => {
    const place = { lastChangeAt: start, id: 'cas_0000000000000000000000' as CaseId };
    for (const plan of [await planOf(open), await planOf(open, place)]) {
      expect(plan).not.toContain('Seq Scan');
      expect(plan).toMatch(/support_case_held/);
    }
  });
});
