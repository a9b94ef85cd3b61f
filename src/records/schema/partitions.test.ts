import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import { formatInstant, type Instant, instantOf } from '../../model/instant.ts';
import { ensurePartitions, neededPartitions, seqSpan } from './partitions.ts';

const fresh = async (): Promise<FreshDatabase> => {
  const made = await freshDatabase();
  onTestFinished(() => made.drop());
  return made;
};

const at = (text: string): Instant => instantOf(Date.parse(text));

const addAccess = (made: FreshDatabase, seq: number, when: string): Promise<unknown> =>
  made.db.pool.query(
    `insert into access (seq, at, action, outcome, agent_id, session_id, fields)
      values ($1, $2, 'view', 'permitted', 'a', 's', '{}')`,
    [seq, when],
  );

const homes = async (made: FreshDatabase): Promise<Record<string, number[]>> => {
  const { rows } = await made.db.pool.query<{ home: string; seqs: number[] }>(
    'select tableoid::regclass::text as home, array_agg(seq::int order by seq) as seqs from access group by 1',
  );
  return Object.fromEntries(rows.map((row) => [row.home, row.seqs]));
};

describe('the partitions that must be there', () => {
  it('leave no gap and do not overlap, whatever the time and the size of the ledger', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: Date.UTC(9000, 0) }),
        fc.integer({ min: 0, max: 10 ** 12 }),
        (now, size) => {
          const all = neededPartitions(instantOf(now), size);
          for (const parent of ['access', 'entry', 'disclosure'] as const) {
            const own = all.filter((partition) => partition.parent === parent);
            for (const [no, { from }] of own.entries()) if (no > 0) expect(from).toBe(own[no - 1]?.to);
          }
          const months = all.filter((partition) => partition.parent === 'access');
          expect(Date.parse(months[1]?.from ?? '')).toBeLessThanOrEqual(now);
          expect(Date.parse(months[1]?.to ?? '')).toBeGreaterThan(now);
          const range = all.find((partition) => partition.parent === 'entry');
          expect(Number(range?.from)).toBeLessThanOrEqual(size);
          expect(Number(range?.to)).toBeGreaterThan(size);
        },
      ),
    );
  });
});

describe('making partitions', () => {
  it('makes each once, however often and however many at a time ask for it', async () => {
    const made = await fresh();
    const now = at('2031-01-31T23:59:59Z');
    const runs = await Promise.all([1, 2, 3, 4].map(() => ensurePartitions(made.db, now)));
    expect(runs.flat().toSorted()).toEqual([
      'access_2030_12',
      'access_2031_01',
      'access_2031_02',
      'access_2031_03',
    ]);
    expect(await ensurePartitions(made.db, now)).toEqual([]);
  });

  it('puts an access into its month, and one of an unforeseen month into the default', async () => {
    const made = await fresh();
    await ensurePartitions(made.db, at('2031-05-10T00:00:00Z'));
    await addAccess(made, 0, '2031-05-31T23:59:59.999Z');
    await addAccess(made, 1, '2031-06-01T00:00:00Z');
    await addAccess(made, 2, '1970-01-01T00:00:01Z');
    expect(await homes(made)).toEqual({ access_2031_05: [0], access_2031_06: [1], access_default: [2] });
  });

  it('moves accesses that came before their month was made, and loses none', async () => {
    const made = await fresh();
    await addAccess(made, 0, '2033-03-01T00:00:00Z');
    await addAccess(made, 1, '2033-03-31T23:59:59.999Z');
    await addAccess(made, 2, '2033-09-01T00:00:00Z');
    await ensurePartitions(made.db, at('2033-03-15T12:00:00Z'));
    expect(await homes(made)).toEqual({ access_2033_03: [0, 1], access_default: [2] });
  });

  it('keeps the months readable by time alone: a query for one month looks at no other', async () => {
    const made = await fresh();
    await ensurePartitions(made.db, at('2031-05-10T00:00:00Z'));
    const { rows } = await made.db.pool.query<{ 'QUERY PLAN': string }>(
      `explain select * from access where at >= '2031-05-02' and at < '2031-05-03'`,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('access_2031_05');
    expect(plan).not.toContain('access_2031_06');
  });

  it('makes room for entries ahead of the ledger', async () => {
    const made = await fresh();
    await made.db.pool.query('update ledger_head set size = $1', [3 * seqSpan - 1]);
    const names = await ensurePartitions(made.db, instantOf(Date.now()));
    expect(names).toEqual(['entry_000003', 'disclosure_000003', 'entry_000004', 'disclosure_000004']);
    for (const seq of [3 * seqSpan - 1, 3 * seqSpan, 5 * seqSpan - 1])
      await made.db.pool.query(
        "insert into entry (seq, at, kind, bytes, leaf_hash) values ($1, $2, 'access/v1', '', '')",
        [seq, formatInstant(instantOf(0))],
      );
  });

  it('goes on while others write', async () => {
    const made = await fresh();
    let writing = true;
    let written = 0;
    const write = async (): Promise<void> => {
      while (writing) {
        written += 1;
        await addAccess(made, written, '2035-07-02T00:00:00Z');
      }
    };
    const writers = [1, 2, 3, 4].map(write);
    await ensurePartitions(made.db, at('2035-07-01T00:00:00Z'));
    writing = false;
    await Promise.all(writers);
    const found = await homes(made);
    const there = Object.values(found).flat();
    expect(there.toSorted((a, b) => a - b)).toEqual(Array.from({ length: written }, (_, no) => no + 1));
    expect(found).not.toHaveProperty('access_default');
  });
});
