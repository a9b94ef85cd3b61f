/** Kinds of records that are destroyed by their age. */
export type PurgedKind =
  | 'disclosure'
  | 'access'
  | 'case'
  | 'approval'
  | 'break-glass'
  | 'alert'
  | 'session'
  | 'entry-key'
  | 'shown-view';

interface Kind {
  /** Tables, and which of their rows are past their time: $1 is the time. */
  readonly from: string;
  readonly old: string;
  /** Which of those a hold keeps: $2 is now. */
  readonly held: string;
  /** What identifies a row, for the statement that removes it. */
  readonly key: string;
  /** Removes the rows of `due`. */
  readonly remove: string;
  /** A place in the ledger that grows: batches go on behind the last, so that held rows are passed once. */
  readonly place?: string;
}

const standing = 'h.lifted_at is null and (h.until_at is null or h.until_at > $2::timestamptz)';

const kinds: Readonly<Record<PurgedKind, Kind>> = {
  disclosure: {
    from: `disclosure d join entry e on e.seq = d.seq left join access a on a.seq = e.seq and a.at = e.at
      left join disclosure dc on dc.seq = d.seq and dc.subject_class = 'customer'
      left join disclosure da on da.seq = d.seq and da.subject_class = 'actor'`,
    old: 'e.at < $1::timestamptz and d.seq < $PLACE',
    // Who was looked at is evidence about who looked, and the other way round.
    held: `is_held(e.at, coalesce(a.customer_id, dc.subject_id), coalesce(a.agent_id, da.subject_id), a.case_id, $2::timestamptz)`,
    key: 'd.seq, d.subject_class',
    remove:
      'delete from disclosure x using due where x.seq = due.seq and x.subject_class = due.subject_class',
    place: 'd.seq',
  },
  access: {
    from: 'access a',
    old: 'a.at < $1::timestamptz',
    held: 'is_held(a.at, a.customer_id, a.agent_id, a.case_id, $2::timestamptz)',
    key: 'a.seq, a.at',
    remove: 'delete from access x using due where x.seq = due.seq and x.at = due.at',
    place: 'a.seq',
  },
  case: {
    from: 'support_case c',
    old: 'not c.open and coalesce(c.closed_at, c.last_change_at) < $1::timestamptz and c.last_change_at < $1::timestamptz',
    held: `exists (select from hold h where ${standing} and case h.scope
      when 'case' then h.target_id = c.id
      when 'customer' then h.target_id = c.found_customer_id
        or exists (select from customer cu where cu.id = h.target_id and cu.ref_hash = c.customer_ref_hash)
      when 'agent' then exists (select from agent ag where ag.id = h.target_id and (ag.ref = c.holder_ref
        or ag.ref = any (c.helper_refs)
        or exists (select from case_change cc where cc.case_ref = c.ref and cc.agent_ref = ag.ref)))
      else h.from_at <= c.last_change_at and h.to_at > c.opened_at end)`,
    key: 'c.id, c.ref',
    // A change that comes in locks its case: whoever is faster, the other sees it.
    remove: `delete from support_case x using due where x.id = due.id`,
  },
  approval: {
    from: 'approval p',
    old: 'coalesce(p.decided_at, p.ends_at) < $1::timestamptz and p.ends_at < $1::timestamptz',
    held: 'is_held(p.asked_at, p.customer_id, p.asked_by, p.case_id, $2::timestamptz)',
    key: 'p.id',
    remove: 'delete from approval x using due where x.id = due.id',
  },
  'break-glass': {
    from: 'break_glass b',
    old: 'least(b.ended_at, b.ends_at) < $1::timestamptz',
    held: 'is_held(b.started_at, b.customer_id, b.agent_id, null, $2::timestamptz)',
    key: 'b.id',
    remove: 'delete from break_glass x using due where x.id = due.id',
  },
  alert: {
    from: 'alert l',
    old: 'l.delivered_at is not null and l.at < $1::timestamptz',
    held: 'is_held(l.at, null, l.agent_id, null, $2::timestamptz)',
    key: 'l.id',
    remove: 'delete from alert x using due where x.id = due.id',
  },
  session: {
    from: 'session s',
    old: 'least(s.ended_at, s.ends_at) < $1::timestamptz',
    held: 'is_held(s.started_at, null, s.agent_id, null, $2::timestamptz)',
    key: 's.id',
    remove: 'delete from session x using due where x.id = due.id',
  },
  'entry-key': {
    from: 'entry_key k',
    old: 'k.at < $1::timestamptz',
    held: 'false and $2::timestamptz is null',
    key: 'k.idempotency_key',
    remove: 'delete from entry_key x using due where x.idempotency_key = due.idempotency_key',
  },
  'shown-view': {
    from: 'shown_view v',
    old: 'v.at < $1::timestamptz',
    held: 'false and $2::timestamptz is null',
    key: 'v.view_id',
    remove: 'delete from shown_view x using due where x.view_id = due.view_id',
  },
};

/** The changes of a case go with it, in the same statement. */
const besides: Partial<Record<PurgedKind, string>> = {
  case: ', changes as (delete from case_change cc using due where cc.case_ref = due.ref)',
};

const statementsOf = (name: PurgedKind, { from, held, key, old, place, remove }: Kind) => ({
  count: `select count(*) filter (where not held) as due, count(*) filter (where held) as held
    from (select ${held} as held from ${from} where ${old.replace('$PLACE', '$3')}) counted`,
  purge: `with due as (
      select ${key} from ${from}
      where ${old.replace('$PLACE', '$5')} and not (${held})
        and ${place ? `${place} > $4::bigint order by ${place}` : '$4::bigint is not null'}
      limit $3 ${name === 'case' ? 'for update of c skip locked' : ''}
    )${besides[name] ?? ''}, gone as (${remove})
    select count(*) as count, ${place ? 'max(seq)' : 'null::bigint'} as last from due`,
});

/**
 * For each kind a statement that counts ($1 older than, $2 now, and for disclosures $3 a place they are below) and one
 * that removes a batch ($1, $2, $3 rows, $4 behind which place, and for disclosures $5).
 */
export const purgeStatements = Object.fromEntries(
  Object.entries(kinds).map(([name, kind]) => [name, statementsOf(name as PurgedKind, kind)]),
) as Readonly<Record<PurgedKind, ReturnType<typeof statementsOf>>>;
