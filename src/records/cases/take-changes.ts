import { sql, type Transaction } from 'kysely';
import { type CaseChange, foldCase } from '../../model/case.ts';
import { newId } from '../../model/id.ts';
import { formatInstant, type Instant } from '../../model/instant.ts';
import type { Chance } from '../../model/ports.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import type { CaseboundDatabase, Tables } from '../schema/tables.ts';
import {
  type ChangeRow,
  contentOf,
  type ReceivedChange,
  readChangeRow,
  writeChangeRow,
} from './case-change-row.ts';

/**
 * What became of one message. `repeated`: this very message was here before, nothing changes. `conflict`: its id
 * was here before with another content; the first one stays, and the sender is wrong.
 */
export type ChangeOutcome = 'new' | 'repeated' | 'conflict';

/** Most changes that one transaction takes. */
export const changesPerTakeMax = 1_000;

/** Cases whose changes are in memory at one time: each may have a long past. */
const casesPerFold = 100;

type Tx = Transaction<Tables>;

/**
 * Locks the cases of these references, making those that are new, and answers which it made. The rows
 * themselves are the locks, taken in one order by every process, so that two deliveries of one case wait for
 * each other and never in a circle. `do update ... where false` locks a row without writing it.
 */
const lockCases = async (
  tx: Tx,
  refs: readonly string[],
  chance: Chance,
  now: Instant,
): Promise<string[]> => {
  const wanted = JSON.stringify(refs.map((ref) => ({ ref, id: newId('case', chance) })));
  const made = await sql<{ ref: string }>`
    insert into support_case (id, ref, open, opened_at, last_change_at)
    select id, ref, false, ${formatInstant(now)}::timestamptz, ${formatInstant(now)}::timestamptz
    from json_to_recordset(${wanted}::json) as wanted (id text, ref text)
    order by ref
    on conflict (ref) do update set open = excluded.open where false
    returning ref`.execute(tx);
  return made.rows.map((row) => row.ref);
};

/** Keeps the messages whose ids are new. Ordered by id, so that two transactions never wait in a circle here. */
const keepMessages = async (tx: Tx, changes: readonly ReceivedChange[]): Promise<Set<string>> => {
  const kept = await sql<{ message_id: string }>`
    insert into case_change (message_id, case_ref, kind, at, claimed_at, received_at, agent_ref, customer_ref_hash,
      queue_ref, topic, channel, initiated_by)
    select message_id, case_ref, kind, at, claimed_at, received_at, agent_ref, decode(customer_ref_hash, 'hex'),
      queue_ref, topic, channel, initiated_by
    from json_to_recordset(${JSON.stringify(changes.map(writeChangeRow))}::json) as told (
      message_id text, case_ref text, kind text, at timestamptz, claimed_at timestamptz, received_at timestamptz,
      agent_ref text, customer_ref_hash text, queue_ref text, topic text, channel text, initiated_by text)
    order by message_id
    on conflict (message_id) do nothing
    returning message_id`.execute(tx);
  return new Set(kept.rows.map((row) => row.message_id));
};

const contentsById = async (tx: Tx, messageIds: readonly string[]): Promise<Map<string, string>> => {
  if (messageIds.length === 0) return new Map();
  const { rows } = await sql<ChangeRow>`
    select * from case_change where message_id = any(${messageIds}::text[])`.execute(tx);
  return new Map(
    rows.map((row) => [
      row.message_id,
      contentOf({ ...readChangeRow(row), claimedAt: row.claimed_at ?? undefined }),
    ]),
  );
};

const foldedRow = ([ref, changes]: readonly [string, readonly CaseChange[]]) => {
  const state = foldCase(changes);
  if (!state) throw new Error('a case with a kept message has no change');
  const time = (at: Instant | undefined): string | null => (at === undefined ? null : formatInstant(at));
  return {
    ref,
    open: state.open,
    holder_ref: state.holderRef ?? null,
    helper_refs: state.helperRefs,
    customer_ref_hash: state.customerRefHash ?? null,
    queue_ref: state.queueRef ?? null,
    topic: state.topic ?? null,
    channel: state.channel ?? null,
    initiated_by: state.initiatedBy ?? null,
    opened_at: time(state.openedAt),
    closed_at: time(state.closedAt),
    held_since: time(state.heldSince),
    last_change_at: time(state.lastChangeAt),
  };
};

/** Reads all changes of these cases and writes the state that they make. The caller holds the cases' locks. */
const refold = async (tx: Tx, refs: readonly string[]): Promise<void> => {
  const { rows } = await sql<ChangeRow>`
    select * from case_change where case_ref = any(${refs}::text[])`.execute(tx);
  const changesByRef = Map.groupBy(rows.map(readChangeRow), (change) => change.caseRef);
  const folded = JSON.stringify([...changesByRef].map(foldedRow));
  // Once the desk names a customer, what a look-up found no longer counts.
  await sql`
    update support_case c set open = f.open, holder_ref = f.holder_ref, helper_refs = f.helper_refs,
      customer_ref_hash = decode(f.customer_ref_hash, 'hex'),
      found_customer_id = case when f.customer_ref_hash is null then c.found_customer_id end,
      queue_ref = f.queue_ref, topic = f.topic, channel = f.channel, initiated_by = f.initiated_by,
      opened_at = f.opened_at, closed_at = f.closed_at, held_since = f.held_since, last_change_at = f.last_change_at
    from json_to_recordset(${folded}::json) as f (ref text, open boolean, holder_ref text, helper_refs text[],
      customer_ref_hash text, queue_ref text, topic text, channel text, initiated_by text, opened_at timestamptz,
      closed_at timestamptz, held_since timestamptz, last_change_at timestamptz)
    where c.ref = f.ref`.execute(tx);
};

interface Taken {
  readonly kept: ReadonlySet<string>;
  /** The content of the messages that were here before, by id. */
  readonly stored: ReadonlyMap<string, string>;
}

const takeIn = async (tx: Tx, first: ReadonlyMap<string, ReceivedChange>, chance: Chance): Promise<Taken> => {
  const changes = [...first.values()];
  const now = changes[0]?.receivedAt;
  if (now === undefined) return { kept: new Set(), stored: new Map() };
  const refs = [...new Set(changes.map((change) => change.caseRef))];
  const made = await lockCases(tx, refs, chance, now);
  const kept = await keepMessages(tx, changes);
  const stored = await contentsById(
    tx,
    [...first.keys()].filter((id) => !kept.has(id)),
  );
  const changed = new Set(changes.filter((c) => kept.has(c.messageId)).map((c) => c.caseRef));
  const touched = [...changed];
  for (let from = 0; from < touched.length; from += casesPerFold)
    await refold(tx, touched.slice(from, from + casesPerFold));
  const hollow = made.filter((ref) => !changed.has(ref));
  if (hollow.length > 0) await sql`delete from support_case where ref = any(${hollow}::text[])`.execute(tx);
  return { kept, stored };
};

/** See CaseWriter.takeChanges. */
export const takeChanges = async (
  db: CaseboundDatabase,
  chance: Chance,
  changes: readonly ReceivedChange[],
): Promise<readonly ChangeOutcome[]> => {
  if (changes.length > changesPerTakeMax)
    throw new RangeError(`at most ${changesPerTakeMax} changes are taken at once`);
  const first = new Map<string, ReceivedChange>();
  for (const change of changes) if (!first.has(change.messageId)) first.set(change.messageId, change);
  const taken = await faulting(
    db.kysely
      .transaction()
      .setIsolationLevel('read committed')
      .execute((tx) => takeIn(tx, first, chance)),
  );
  return changes.map((change) => {
    const one = first.get(change.messageId);
    if (one === change && taken.kept.has(change.messageId)) return 'new';
    const before = taken.stored.get(change.messageId) ?? (one && contentOf(one));
    return before === contentOf(change) ? 'repeated' : 'conflict';
  });
};
