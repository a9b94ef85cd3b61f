import { formatInstant } from '../../model/instant.ts';
import type { EntryDraft } from './entry-draft.ts';
import type { SealedEntry } from './seal-entry.ts';

type DraftedAccess = NonNullable<EntryDraft['access']>;

/**
 * One statement, one fsync: takes its places if the ledger still has the size we saw and no idempotency key of ours
 * is known yet, and writes entries, sealed disclosures, keys, customers' chains and accesses. When another sequencer
 * was faster, or a key is known, the first part finds no row, nothing at all is written, and the answer is empty.
 *
 * All bytes travel in one piece, $3, and are cut apart by lengths: as an array of byte strings they would go over as
 * hexadecimal text, twice as long, to be written and read again character by character.
 */
export const writeBatchSql = `
with head as (
  update ledger_head set size = size + $2
  where size = $1 and not exists (select from entry_key k where k.idempotency_key = any ($12::uuid[]))
  returning size
), entries as (
  insert into entry (seq, at, kind, bytes, leaf_hash)
  select seq, at, kind, substring($3::bytea from start for length), substring($3::bytea from start + length for 32)
  from head, unnest($4::bigint[], $5::timestamptz[], $6::text[], $7::int[], $8::int[]) as e (seq, at, kind, start, length)
), disclosures as (
  insert into disclosure (seq, subject_class, subject_id, sealed)
  select seq, subject_class, subject_id, substring($3::bytea from start for length)
  from head, unnest($9::bigint[], $10::text[], $11::text[], $16::int[], $17::int[]) as d (seq, subject_class, subject_id, start, length)
), keys as (
  insert into entry_key (idempotency_key, seq, fingerprint, at)
  select idempotency_key, seq, fingerprint, at
  from head, unnest($12::uuid[], $13::bigint[], $14::bytea[], $15::timestamptz[]) as k (idempotency_key, seq, fingerprint, at)
), chains as (
  insert into customer_chain (customer_id, last_no, last_seq)
  select customer_id, last_no, last_seq
  from head, unnest($18::text[], $19::bigint[], $20::bigint[]) as c (customer_id, last_no, last_seq)
  on conflict (customer_id) do update set last_no = excluded.last_no, last_seq = excluded.last_seq
), accesses as (
  insert into access (seq, at, action, outcome, refusal, agent_id, session_id, team_id, site_id, vendor_id,
    customer_id, case_id, view_id, fields, queue_ref, topic, channel, initiated_by, reason_mark)
  select seq, at, action, outcome, refusal, agent_id, session_id, team_id, site_id, vendor_id,
    customer_id, case_id, view_id, string_to_array(fields, ' '), queue_ref, topic, channel, initiated_by, reason_mark
  from head, unnest($21::bigint[], $22::timestamptz[], $23::text[], $24::text[], $25::text[], $26::text[], $27::text[],
    $28::text[], $29::text[], $30::text[], $31::text[], $32::text[], $33::text[], $34::text[], $35::text[], $36::text[],
    $37::text[], $38::text[], $39::text[]) as a (seq, at, action, outcome, refusal, agent_id, session_id, team_id,
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

interface Piece {
  readonly bytes: Buffer;
  /** Where it begins in the whole, counted from 1 as SQL does. */
  readonly start: number;
}

/** Byte strings laid end to end, each with its place. */
class Pieces {
  readonly #parts: Buffer[] = [];
  #length = 0;

  add(bytes: Buffer): Piece {
    const start = this.#length + 1;
    this.#parts.push(bytes);
    this.#length += bytes.length;
    return { bytes, start };
  }

  get whole(): Buffer {
    return Buffer.concat(this.#parts, this.#length);
  }
}

const disclosuresOf = ({ seq, draft, customerSealed, actorSealed }: SealedEntry, pieces: Pieces) => [
  ...(draft.about && customerSealed
    ? [
        {
          seq,
          subjectClass: 'customer',
          subjectId: draft.about.customerId,
          piece: pieces.add(customerSealed),
        },
      ]
    : []),
  ...(draft.by && actorSealed
    ? [{ seq, subjectClass: 'actor', subjectId: draft.by.agentId, piece: pieces.add(actorSealed) }]
    : []),
];

/** The values of `writeBatchSql` for entries that take the places from `sizeBefore` on. */
export const writeBatchValues = (sizeBefore: number, entries: readonly EntryToWrite[]): unknown[] => {
  const pieces = new Pieces();
  const sealed = entries.map((entry) => entry.sealed);
  const leaves = sealed.map((entry) => {
    const piece = pieces.add(entry.bytes);
    pieces.add(entry.leafHash);
    return { entry, piece };
  });
  const disclosures = sealed.flatMap((entry) => disclosuresOf(entry, pieces));
  const keyed = entries.flatMap(({ key, sealed: row }) => (key ? [{ ...key, row }] : []));
  const chains = new Map(sealed.flatMap(({ chain }) => (chain ? [[chain.customerId, chain] as const] : [])));
  const accesses = sealed.flatMap((row) =>
    row.draft.access ? [{ sealed: row, access: row.draft.access }] : [],
  );
  return [
    sizeBefore,
    entries.length,
    pieces.whole,
    ...columnsOf(leaves, [
      ({ entry }) => entry.seq,
      ({ entry }) => at(entry),
      ({ entry }) => entry.draft.kind,
      ({ piece }) => piece.start,
      ({ piece }) => piece.bytes.length,
    ]),
    ...columnsOf(disclosures, [(d) => d.seq, (d) => d.subjectClass, (d) => d.subjectId]),
    ...columnsOf(keyed, [
      (key) => key.idempotencyKey,
      (key) => key.row.seq,
      (key) => key.fingerprint,
      (key) => at(key.row),
    ]),
    ...columnsOf(disclosures, [(d) => d.piece.start, (d) => d.piece.bytes.length]),
    ...columnsOf(
      [...chains.values()],
      [(chain) => chain.customerId, (chain) => chain.no, (chain) => chain.seq],
    ),
    ...columnsOf(accesses, accessColumns),
  ];
};
