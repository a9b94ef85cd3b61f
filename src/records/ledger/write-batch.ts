import { formatInstant } from '../../model/instant.ts';
import type { EntryDraft } from './entry-draft.ts';
import type { SealedEntry } from './seal-entry.ts';

type DraftedAccess = NonNullable<EntryDraft['access']>;

/**
 * One statement, one fsync: takes its places if the ledger still has the size we saw and no idempotency key of ours
 * is known yet, and writes entries, sealed disclosures, keys, customers' chains and accesses. When another sequencer
 * was faster, or a key is known, the first part finds no row, nothing at all is written, and the answer is empty.
 */
export const writeBatchSql = `
with head as (
  update ledger_head set size = size + $2
  where size = $1 and not exists (select from entry_key k where k.idempotency_key = any ($12::uuid[]))
  returning size
), entries as (
  insert into entry (seq, at, kind, bytes, leaf_hash)
  select seq, at, kind, bytes, leaf_hash
  from head, unnest($3::bigint[], $4::timestamptz[], $5::text[], $6::bytea[], $7::bytea[]) as e (seq, at, kind, bytes, leaf_hash)
), disclosures as (
  insert into disclosure (seq, subject_class, subject_id, sealed)
  select seq, subject_class, subject_id, sealed
  from head, unnest($8::bigint[], $9::text[], $10::text[], $11::bytea[]) as d (seq, subject_class, subject_id, sealed)
), keys as (
  insert into entry_key (idempotency_key, seq, fingerprint, at)
  select idempotency_key, seq, fingerprint, at
  from head, unnest($12::uuid[], $13::bigint[], $14::bytea[], $15::timestamptz[]) as k (idempotency_key, seq, fingerprint, at)
), chains as (
  insert into customer_chain (customer_id, last_no, last_seq)
  select customer_id, last_no, last_seq
  from head, unnest($16::text[], $17::bigint[], $18::bigint[]) as c (customer_id, last_no, last_seq)
  on conflict (customer_id) do update set last_no = excluded.last_no, last_seq = excluded.last_seq
), accesses as (
  insert into access (seq, at, action, outcome, refusal, agent_id, session_id, team_id, site_id, vendor_id,
    customer_id, case_id, view_id, fields, queue_ref, topic, channel, initiated_by, reason_mark)
  select seq, at, action, outcome, refusal, agent_id, session_id, team_id, site_id, vendor_id,
    customer_id, case_id, view_id, string_to_array(fields, ' '), queue_ref, topic, channel, initiated_by, reason_mark
  from head, unnest($19::bigint[], $20::timestamptz[], $21::text[], $22::text[], $23::text[], $24::text[], $25::text[],
    $26::text[], $27::text[], $28::text[], $29::text[], $30::text[], $31::text[], $32::text[], $33::text[], $34::text[],
    $35::text[], $36::text[], $37::text[]) as a (seq, at, action, outcome, refusal, agent_id, session_id, team_id,
    site_id, vendor_id, customer_id, case_id, view_id, fields, queue_ref, topic, channel, initiated_by, reason_mark)
  returning *
), views as (
  insert into shown_view (view_id, seq, at, agent_id, session_id, team_id, customer_id, case_id)
  select view_id, seq, at, agent_id, session_id, team_id, customer_id, case_id
  from accesses where action = 'view' and outcome = 'permitted'
)
select size from head`;

export interface KeyToWrite {
  readonly idempotencyKey: string;
  readonly fingerprint: Buffer;
}

/** A sealed entry, and the idempotency key it was asked under. */
export interface EntryToWrite {
  readonly sealed: SealedEntry;
  readonly key: KeyToWrite | undefined;
}

const columnsOf = <Row>(rows: readonly Row[], pick: readonly ((row: Row) => unknown)[]): unknown[][] =>
  pick.map((value) => rows.map((row) => value(row) ?? null));

const at = ({ draft }: SealedEntry): string => formatInstant(draft.at);

const accessColumns: readonly ((row: { sealed: SealedEntry; access: DraftedAccess }) => unknown)[] = [
  ({ sealed }) => sealed.seq,
  ({ sealed }) => at(sealed),
  ({ access }) => access.action,
  ({ access }) => access.outcome,
  ({ access }) => access.refusal,
  ({ access }) => access.agentId,
  ({ access }) => access.sessionId,
  ({ access }) => access.teamId,
  ({ access }) => access.siteId,
  ({ access }) => access.vendorId,
  ({ access }) => access.customerId,
  ({ access }) => access.caseId,
  ({ access }) => access.viewId,
  ({ access }) => access.fields.join(' '),
  ({ access }) => access.queueRef,
  ({ access }) => access.topic,
  ({ access }) => access.channel,
  ({ access }) => access.initiatedBy,
  ({ access }) => access.reasonMark,
];

const disclosuresOf = ({ seq, draft, customerSealed, actorSealed }: SealedEntry) => [
  ...(draft.about && customerSealed
    ? [{ seq, subjectClass: 'customer', subjectId: draft.about.customerId as string, sealed: customerSealed }]
    : []),
  ...(draft.by && actorSealed
    ? [{ seq, subjectClass: 'actor', subjectId: draft.by.agentId as string, sealed: actorSealed }]
    : []),
];

/** The values of `writeBatchSql` for entries that take the places from `sizeBefore` on. */
export const writeBatchValues = (sizeBefore: number, entries: readonly EntryToWrite[]): unknown[] => {
  const sealed = entries.map((entry) => entry.sealed);
  const disclosures = sealed.flatMap(disclosuresOf);
  const keyed = entries.flatMap(({ key, sealed: row }) => (key ? [{ ...key, row }] : []));
  const chains = new Map(sealed.flatMap(({ chain }) => (chain ? [[chain.customerId, chain] as const] : [])));
  const accesses = sealed.flatMap((row) =>
    row.draft.access ? [{ sealed: row, access: row.draft.access }] : [],
  );
  return [
    sizeBefore,
    entries.length,
    ...columnsOf(sealed, [
      (entry) => entry.seq,
      at,
      (entry) => entry.draft.kind,
      (entry) => entry.bytes,
      (entry) => entry.leafHash,
    ]),
    ...columnsOf(disclosures, [(d) => d.seq, (d) => d.subjectClass, (d) => d.subjectId, (d) => d.sealed]),
    ...columnsOf(keyed, [
      (key) => key.idempotencyKey,
      (key) => key.row.seq,
      (key) => key.fingerprint,
      (key) => at(key.row),
    ]),
    ...columnsOf(
      [...chains.values()],
      [(chain) => chain.customerId, (chain) => chain.no, (chain) => chain.seq],
    ),
    ...columnsOf(accesses, accessColumns),
  ];
};
