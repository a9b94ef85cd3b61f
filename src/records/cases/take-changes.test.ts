import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import { caseChangeKinds, foldCase } from '../../model/case.ts';
import { type Instant, instantOf, later } from '../../model/instant.ts';
import { seededChance } from '../../platform/chance/seeded-chance.ts';
import { openMigratedDatabase } from '../schema/open-casebound-database.ts';
import type { ReceivedChange } from './case-change-row.ts';
import { type CaseReader, caseReader } from './case-reader.ts';
import { type CaseWriter, caseWriter } from './case-writer.ts';
import { changesPerTakeMax } from './take-changes.ts';

const start = instantOf(Date.UTC(2026, 10, 22, 9));
const change = (
  over: Partial<ReceivedChange> & Pick<ReceivedChange, 'messageId' | 'caseRef' | 'kind'>,
): ReceivedChange => ({
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
});

let fresh: FreshDatabase;
let writer: CaseWriter;
let reader: CaseReader;
beforeAll(async () => {
  fresh = await freshDatabase();
  writer = caseWriter(fresh.db, seededChance(1));
  reader = caseReader(fresh.db);
});
afterAll(() => fresh.drop());

const stateOf = async (ref: string) => {
  const found = await reader.caseByKey(ref);
  if (!found) return undefined;
  const { id, ref: _, foundCustomerId, ...state } = found;
  return state;
};

/** A made-up past of many cases in which every kind of change happens, several at the same instant. */
const madeUpChanges = (name: string, cases: number, perCase: number): ReceivedChange[] => {
  const dice = seededChance(name.length * 1000 + cases);
  const pick = <T>(list: readonly T[]): T => list[(dice.bytes(1)[0] ?? 0) % list.length] as T;
  return Array.from({ length: cases * perCase }, (_, index) =>
    change({
      messageId: `${name}-${index}`,
      caseRef: `${name}-case-${index % cases}`,
      kind: pick(caseChangeKinds),
      at: later(start, (dice.bytes(1)[0] ?? 0) % 12),
      agentRef: pick(['ann', 'bob', 'cem', undefined]),
      customerRefHash: pick(['aa', 'bb', undefined, undefined]),
      queueRef: pick(['q1', undefined]),
      topic: pick(['refund', undefined]),
      channel: pick(['phone', undefined]),
      initiatedBy: pick(['customer', 'agent', undefined]),
    }),
  );
};

const shuffled = <T>(list: readonly T[], seed: number): T[] => {
  const dice = seededChance(seed);
  return list
    .map((item) => ({ item, key: Buffer.from(dice.bytes(6)).toString('hex') }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ item }) => item);
};

const inBatches = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, n) => list.slice(n * size, (n + 1) * size));

const expectFolded = async (changes: readonly ReceivedChange[]): Promise<void> => {
  for (const [ref, ofCase] of Map.groupBy(changes, (one) => one.caseRef))
    expect(await stateOf(ref)).toEqual(foldCase(ofCase));
};

describe('taking changes of cases', () => {
  it('leaves every case as all its changes make it, whatever the order and the batches', async () => {
    for (const [round, size] of [1, 3, 7, 50].entries()) {
      const changes = madeUpChanges(`order${round}`, 6, 9);
      for (const batch of inBatches(shuffled(changes, round), size)) await writer.takeChanges(batch);
      await expectFolded(changes);
    }
  });

  it('changes nothing when the same messages come again', async () => {
    const changes = madeUpChanges('again', 4, 6);
    expect(new Set(await writer.takeChanges(changes))).toEqual(new Set(['new']));
    expect(new Set(await writer.takeChanges(shuffled(changes, 4)))).toEqual(new Set(['repeated']));
    await expectFolded(changes);
  });

  it('tells a message that comes twice in one batch as repeated the second time', async () => {
    const one = change({ messageId: 'twice', caseRef: 'twice', kind: 'opened', agentRef: 'ann' });
    const other = { ...one, agentRef: 'bob' };
    expect(await writer.takeChanges([one, { ...one }, other])).toEqual(['new', 'repeated', 'conflict']);
    expect(await stateOf('twice')).toMatchObject({ holderRef: 'ann' });
  });

  it('keeps the first content of an id and reports another one as a conflict', async () => {
    const first = change({ messageId: 'm-conflict', caseRef: 'conflict', kind: 'opened', agentRef: 'ann' });
    await writer.takeChanges([first]);
    for (const over of [
      { agentRef: 'eve' },
      { kind: 'closed' as const },
      { at: later(start, 1) },
      { customerRefHash: 'cc' },
      { topic: 'other' },
      { initiatedBy: 'system' as const },
    ])
      expect(await writer.takeChanges([{ ...first, ...over }])).toEqual(['conflict']);
    expect(await stateOf('conflict')).toEqual(foldCase([first]));
  });

  it('makes no case out of messages that were all conflicts', async () => {
    await writer.takeChanges([change({ messageId: 'm-real', caseRef: 'real', kind: 'opened' })]);
    const stolen = change({ messageId: 'm-real', caseRef: 'hollow', kind: 'opened', agentRef: 'eve' });
    expect(await writer.takeChanges([stolen])).toEqual(['conflict']);
    expect(await reader.caseByKey('hollow')).toBeUndefined();
  });

  it('knows a held-back message again by what its sender claimed', async () => {
    const claimedAt = later(start, 3_600_000);
    const first = change({ messageId: 'm-ahead', caseRef: 'ahead', kind: 'opened', claimedAt });
    await writer.takeChanges([first]);
    const retriedLater = { ...first, at: later(start, 5_000), receivedAt: later(start, 5_000) };
    expect(await writer.takeChanges([retriedLater])).toEqual(['repeated']);
    const whenItsTimeHasCome = { ...first, at: claimedAt, claimedAt: undefined, receivedAt: claimedAt };
    expect(await writer.takeChanges([whenItsTimeHasCome])).toEqual(['repeated']);
    expect(await stateOf('ahead')).toMatchObject({ openedAt: start });
  });

  it('takes nothing when one message of a batch cannot be stored', async () => {
    const batch = [
      change({ messageId: 'm-good', caseRef: 'all-or-none', kind: 'opened' }),
      change({ messageId: 'm-bad', caseRef: 'all-or-none', kind: 'closed', at: Number.NaN as Instant }),
    ];
    await expect(writer.takeChanges(batch)).rejects.toThrow();
    const unstorable = { ...batch[0], messageId: 'm\0' } as ReceivedChange;
    await expect(writer.takeChanges([...batch.slice(0, 1), unstorable])).rejects.toMatchObject({
      code: 'bug',
    });
    expect(await reader.caseByKey('all-or-none')).toBeUndefined();
  });

  it('refuses more changes at once than it has room for', async () => {
    const many = Array.from({ length: changesPerTakeMax + 1 }, (_, n) =>
      change({ messageId: `many-${n}`, caseRef: 'many', kind: 'replied' }),
    );
    await expect(writer.takeChanges(many)).rejects.toThrow(RangeError);
    expect(await writer.takeChanges([])).toEqual([]);
  });

  it('keeps references with SQL in them as they are', async () => {
    const hostile = `x'); drop table support_case; --`;
    await writer.takeChanges([
      change({ messageId: hostile, caseRef: hostile, kind: 'opened', agentRef: hostile }),
    ]);
    expect(await stateOf(hostile)).toMatchObject({ open: true, holderRef: hostile });
  });
});

describe('two processes that take changes of the same cases', () => {
  it('lose none and never wait for each other in a circle', async () => {
    const other = openMigratedDatabase(fresh.connection);
    try {
      const writers = [writer, caseWriter(other, seededChance(2))];
      const changes = madeUpChanges('both', 12, 40);
      // Every change goes to both, in another order and in other batches, four deliveries under way at any time.
      const queues = [0, 1, 2, 3].map((n) => inBatches(shuffled(changes, n), 5 + n * 6));
      const outcomes = await Promise.all(
        queues.map(async (batches, n) => {
          const all = [];
          for (const batch of batches) all.push(...((await writers[n % 2]?.takeChanges(batch)) ?? []));
          return all;
        }),
      );
      expect(outcomes.flat().filter((outcome) => outcome === 'new')).toHaveLength(changes.length);
      expect(outcomes.flat()).not.toContain('conflict');
      await expectFolded(changes);
    } finally {
      await other.close();
    }
  });

  it('fold a case one after the other, so that neither overlooks the change of the other', async () => {
    const other = openMigratedDatabase(fresh.connection);
    try {
      const writers = [writer, caseWriter(other, seededChance(3))];
      for (let round = 0; round < 80; round += 1) {
        const ref = `race-${round}`;
        const known = change({ messageId: `${ref}-0`, caseRef: ref, kind: 'opened', agentRef: 'ann' });
        const moved = change({
          messageId: `${ref}-1`,
          caseRef: ref,
          kind: 'assigned',
          agentRef: 'bob',
          at: later(start, 1),
        });
        const closed = change({ messageId: `${ref}-2`, caseRef: ref, kind: 'closed', at: later(start, 2) });
        // Every other case is known before: then only the lock on its row keeps the two apart.
        if (round % 2 === 0) await writer.takeChanges([known]);
        await Promise.all([writers[0]?.takeChanges([moved, known]), writers[1]?.takeChanges([closed])]);
        expect(await stateOf(ref)).toEqual(foldCase([known, moved, closed]));
      }
    } finally {
      await other.close();
    }
  });

  it('keep one content when both bring the same id with different ones, crosswise', async () => {
    const other = openMigratedDatabase(fresh.connection);
    try {
      const second = caseWriter(other, seededChance(4));
      for (let round = 0; round < 20; round += 1) {
        const brought = (name: string, ids: string[]) =>
          ids.map((id) =>
            change({ messageId: `x${round}-${id}`, caseRef: `x${round}-${name}-${id}`, kind: 'opened' }),
          );
        const [a, b] = await Promise.all([
          writer.takeChanges(brought('one', ['p', 'q', 'r'])),
          second.takeChanges(brought('two', ['r', 'q', 'p'])),
        ]);
        expect(a.concat(b).filter((outcome) => outcome === 'new')).toHaveLength(3);
        const kept = await sql<{ n: number }>`
          select count(*)::int as n from support_case where ref like ${`x${round}-%`}`.execute(
          fresh.db.kysely,
        );
        expect(kept.rows[0]?.n).toBe(3);
      }
    } finally {
      await other.close();
    }
  });
});
