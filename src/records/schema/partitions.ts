import { Fault } from '../../model/fault.ts';
import { type Instant, instantOf } from '../../model/instant.ts';
import { lockClass, lockNumber } from '../../platform/postgres/advisory-locks.ts';
import { asDatabaseFault } from '../../platform/postgres/database-fault.ts';
import type { CaseboundDatabase } from './tables.ts';

/** Entries in one partition of the ledger's tables. */
export const seqSpan = 10_000_000;
const seqSpansAhead = 2;
const monthsBehind = 1;
const monthsAhead = 2;

export interface Partition {
  readonly parent: 'access' | 'entry' | 'disclosure';
  readonly name: string;
  /** From, including; to, excluding: each the literal of a time or a whole number. */
  readonly from: string;
  readonly to: string;
}

const monthStart = (at: Instant, monthsOn: number): string => {
  const day = new Date(at);
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + monthsOn, 1)).toISOString().slice(0, 10);
};

/** The partitions that must be there at `now`, with `size` entries in the ledger. */
export const neededPartitions = (now: Instant, size: number): readonly Partition[] => {
  const months = Array.from({ length: monthsBehind + 1 + monthsAhead }, (_, at) => at - monthsBehind);
  const spans = Array.from({ length: seqSpansAhead + 1 }, (_, at) => Math.floor(size / seqSpan) + at);
  return [
    ...months.map((on): Partition => {
      const from = monthStart(now, on);
      return {
        parent: 'access',
        name: `access_${from.slice(0, 7).replace('-', '_')}`,
        from: `${from} 00:00:00+00`,
        to: `${monthStart(now, on + 1)} 00:00:00+00`,
      };
    }),
    ...spans.flatMap((span) =>
      (['entry', 'disclosure'] as const).map(
        (parent): Partition => ({
          parent,
          name: `${parent}_${String(span).padStart(6, '0')}`,
          from: String(span * seqSpan),
          to: String((span + 1) * seqSpan),
        }),
      ),
    ),
  ];
};

/**
 * The month of an access may have begun under an odd clock: rows that the default partition caught are moved into
 * the month they belong to, in the same transaction that attaches it.
 */
const statements = ({ parent, name, from, to }: Partition): readonly string[] => [
  `create table ${name} (like ${parent} including all)`,
  ...(parent === 'access'
    ? [
        `with moved as (delete from access_default where at >= '${from}' and at < '${to}' returning *)
         insert into ${name} select * from moved`,
      ]
    : []),
  `alter table ${parent} attach partition ${name} for values from ('${from}') to ('${to}')`,
];

const yearMsMax = Date.UTC(9000, 0);

/**
 * Makes the partitions that are missing: of `access` last month, this one and the next two; of `entry` and
 * `disclosure` the range that the ledger is in and the next two. Call it at start and every hour. Safe to call from
 * many processes at once. An access whose month is missing is kept in a default partition meanwhile.
 * @returns the names of the partitions that this call made.
 * @throws Fault
 */
export const ensurePartitions = async (db: CaseboundDatabase, now: Instant): Promise<readonly string[]> => {
  if (now < 0 || now > yearMsMax)
    throw new Fault('bug', 'the clock shows no year that partitions can be made for');
  const client = await db.pool.connect().catch((thrown: unknown) => {
    throw asDatabaseFault(thrown);
  });
  let broken = true;
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1, $2)', [lockClass, lockNumber.partition]);
    const head = await client.query<{ size: number }>('select size from ledger_head');
    const wanted = neededPartitions(instantOf(now), head.rows[0]?.size ?? 0);
    const there = await client.query<{ name: string }>(
      `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where c.relnamespace = 'public'::regnamespace and c.relname = any($1)`,
      [wanted.map((partition) => partition.name)],
    );
    const existing = new Set(there.rows.map((row) => row.name));
    const missing = wanted.filter((partition) => !existing.has(partition.name));
    // Otherwise an access on its way into the default partition would be turned away as its month appears.
    if (missing.some((partition) => partition.parent === 'access'))
      await client.query('lock table access in share row exclusive mode');
    for (const partition of missing)
      for (const statement of statements(partition)) await client.query(statement);
    await client.query('commit');
    broken = false;
    return missing.map((partition) => partition.name);
  } catch (thrown) {
    throw asDatabaseFault(thrown);
  } finally {
    // A connection inside a failed transaction goes away rather than back.
    client.release(broken);
  }
};
