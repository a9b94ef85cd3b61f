import { Fault } from '../../../model/fault.ts';
import type { AgentId, CaseId, CustomerId, ViewId } from '../../../model/id.ts';
import { formatInstant, type Instant } from '../../../model/instant.ts';
import { faulting } from '../../../platform/postgres/faulting.ts';
import type { CaseboundDatabase } from '../../schema/tables.ts';

/** From this time on, and before that one. */
interface Times {
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
}

/** Which entries a bundle is about. */
export type BundleQuery =
  | ({ readonly by: 'customer'; readonly customerId: CustomerId } & Times)
  | ({ readonly by: 'agent'; readonly agentId: AgentId } & Times)
  | ({ readonly by: 'case'; readonly caseId: CaseId } & Times)
  | ({ readonly by: 'view'; readonly viewId: ViewId } & Times)
  /** Every entry of the ledger between two places, both included. */
  | { readonly by: 'entries'; readonly first: number; readonly last: number }
  /** Every entry of the ledger between the first and the last of a time. */
  | ({ readonly by: 'times' } & Times);

/** Entries in one bundle. Three files each: a zip numbers 65,535. */
export const bundleEntriesMax = 20_000;

/** The log that a bundle is taken from: entry `index` of it is the one at `firstSeq + index` of the whole ledger. */
export interface LogSpan {
  readonly firstSeq: number;
  /** How many entries the checkpoint covers. */
  readonly size: number;
}

export interface Selected {
  /** In the log. */
  readonly index: number;
  /** True: it stands there only to show where the selection ends, so nothing of it is shown but its number. */
  readonly isEdge: boolean;
}

interface Place {
  readonly index: number;
  readonly at: Instant;
}

const isWithin = ({ from, to }: Times, at: Instant): boolean =>
  (from === undefined || at >= from) && (to === undefined || at < to);

const checkCount = (count: number): void => {
  if (count > bundleEntriesMax)
    throw new Fault(
      'unprocessable',
      `a bundle holds at most ${bundleEntriesMax} entries; ask for a shorter time (--from, --to) or range (--entries)`,
    );
};

const sources = {
  customer: `select d.seq, e.at from disclosure d join entry e on e.seq = d.seq
    where d.subject_class = 'customer' and d.subject_id = $1`,
  agent: `select d.seq, e.at from disclosure d join entry e on e.seq = d.seq
    where d.subject_class = 'actor' and d.subject_id = $1`,
  case: 'select seq, at from access where case_id = $1',
  view: 'select seq, at from access where view_id = $1',
} as const;

const subjectOf = (query: Exclude<BundleQuery, { by: 'entries' | 'times' }>): string => {
  switch (query.by) {
    case 'customer':
      return query.customerId;
    case 'agent':
      return query.agentId;
    case 'case':
      return query.caseId;
    case 'view':
      return query.viewId;
  }
};

const placesOf = async (
  db: CaseboundDatabase,
  by: keyof typeof sources,
  subject: string,
): Promise<{ seq: number; at: Instant }[]> => {
  const sql = `select seq, at from (${sources[by]}) s order by seq limit 1000000`;
  return (await faulting(db.pool.query<{ seq: number; at: Instant }>(sql, [subject]))).rows;
};

const rangeOfTimes = async (
  db: CaseboundDatabase,
  { from, to }: Times,
): Promise<{ first: number; last: number } | undefined> => {
  const { rows } = await faulting(
    db.pool.query<{ first: number | null; last: number | null }>(
      `select min(seq) as first, max(seq) as last from entry
       where at >= coalesce($1::timestamptz, '-infinity') and at < coalesce($2::timestamptz, 'infinity')`,
      [from === undefined ? null : formatInstant(from), to === undefined ? null : formatInstant(to)],
    ),
  );
  const [row] = rows;
  return row?.first == null || row.last == null ? undefined : { first: row.first, last: row.last };
};

const everyEntry = ({ first, last }: { first: number; last: number }, size: number): Selected[] => {
  if (first > last || last >= size)
    throw new Fault('unprocessable', `there are no published entries ${first} to ${last}: there are ${size}`);
  checkCount(last - first + 1);
  return Array.from({ length: last - first + 1 }, (_, at) => ({ index: first + at, isEdge: false }));
};

/** All of one customer's within the time, and the one before and the one after: they show that nothing is left out. */
const withEdges = (places: readonly Place[], times: Times): Selected[] => {
  const inside = places.flatMap(({ at }, place) => (isWithin(times, at) ? [place] : []));
  const after = places.findIndex(({ at }) => times.to !== undefined && at >= times.to);
  const end = inside.at(-1) ?? (after === -1 ? places.length : after) - 1;
  const start = inside[0] ?? end + 1;
  return places
    .slice(Math.max(0, start - 1), end + 2)
    .map(({ index, at }) => ({ index, isEdge: !isWithin(times, at) }));
};

/**
 * The entries that a query asks for, in order.
 * @throws Fault `unprocessable` when there are none, or too many
 */
export const selectEntries = async (
  db: CaseboundDatabase,
  query: BundleQuery,
  { firstSeq, size }: LogSpan,
): Promise<Selected[]> => {
  if (query.by === 'entries') return everyEntry(query, size);
  if (query.by === 'times') {
    const range = await rangeOfTimes(db, query);
    if (!range) throw new Fault('unprocessable', 'there is no entry in that time');
    const [first, last] = [Math.max(range.first - firstSeq, 0), Math.min(range.last - firstSeq, size - 1)];
    if (first > last) throw new Fault('unprocessable', 'the log in use has no entry in that time');
    return everyEntry({ first, last }, size);
  }
  const all = await placesOf(db, query.by, subjectOf(query));
  const places = all
    .map(({ seq, at }) => ({ index: seq - firstSeq, at }))
    .filter(({ index }) => index >= 0 && index < size);
  const selected =
    query.by === 'customer'
      ? withEdges(places, query)
      : places.filter(({ at }) => isWithin(query, at)).map(({ index }) => ({ index, isEdge: false }));
  if (selected.length === 0) throw new Fault('unprocessable', `no entry names this ${query.by} in that time`);
  checkCount(selected.length);
  return selected;
};
