-- What must not be destroyed, what was, and the work that repeats by itself.

-- A legal hold: while it stands, nothing it covers is erased or purged. Lifting takes two people.
create table hold (
  id text primary key,
  -- the entry that put it on: a retry finds this row by it
  seq bigint not null unique,
  scope text not null check (scope in ('customer', 'agent', 'case', 'range')),
  -- the customer, agent or case; null for a range
  target_id text,
  -- a range of time, from including, to excluding
  from_at timestamptz,
  to_at timestamptz,
  -- when it ends by itself; null: when it is lifted
  until_at timestamptz,
  -- why, in the words of whoever put it on, sealed under that person's key
  reason bytea not null,
  put_by text not null references agent (id),
  put_at timestamptz not null,
  lift_asked_by text references agent (id),
  lift_asked_at timestamptz,
  lifted_by text references agent (id),
  lifted_at timestamptz,
  check ((scope = 'range') = (target_id is null)),
  check ((scope = 'range') = (from_at is not null)),
  check ((scope = 'range') = (to_at is not null)),
  check (from_at < to_at),
  check (lifted_by is null or lifted_by <> lift_asked_by)
);
create index hold_put on hold (put_at desc, id desc);

-- The one place that says what a hold covers. `about_at` is when it happened; ids that are not known are null.
create function is_held(about_at timestamptz, customer text, agent text, matter text, now_at timestamptz)
returns boolean language sql stable as $$
  select exists (
    select from hold h
    where h.lifted_at is null and (h.until_at is null or h.until_at > now_at)
      and case h.scope
        when 'customer' then h.target_id = customer
        when 'agent' then h.target_id = agent
        when 'case' then h.target_id = matter
        else about_at >= h.from_at and about_at < h.to_at
      end)
$$;

-- an erased customer's cases are found by what a look-up bound, too
create index support_case_found on support_case (found_customer_id) where found_customer_id is not null;

-- One person's erasure, step by step, so that a crash leaves only steps to repeat.
create table erasure (
  id text primary key,
  -- the organisation's own number of the request
  request text not null,
  -- as in disclosure: customer or actor
  subject_class text not null check (subject_class in ('customer', 'actor')),
  -- forgotten once nothing can be left under it
  subject_id text,
  -- SHA-256 of the id, by which a second request is answered
  subject_hash bytea not null,
  basis text not null,
  decided_by text not null references agent (id),
  decided_role text not null,
  decided_at timestamptz not null,
  state text not null default 'asked' check (state in ('asked', 'ordered', 'destroyed', 'done', 'blocked')),
  -- the ledger's idempotency keys of the two entries
  ordered_key uuid not null,
  done_key uuid not null,
  -- what stands in place of the customer's id from the destruction on
  stand_in text not null,
  ordered_seq bigint,
  destroyed_at timestamptz,
  -- of which kind how many were destroyed
  keys bigint not null default 0,
  vault_rows bigint not null default 0,
  look_ups bigint not null default 0,
  disclosures bigint not null default 0,
  approvals bigint not null default 0,
  sessions bigint not null default 0,
  links bigint not null default 0,
  done_seq bigint,
  done_at timestamptz,
  -- the disclosures of the two entries, for the certificate; they name nobody who was erased
  ordered_told text,
  done_told text,
  forgotten_at timestamptz
);
create unique index erasure_subject on erasure (subject_hash) where state <> 'blocked';
create unique index erasure_request on erasure (request) where state <> 'blocked';
create index erasure_unfinished on erasure (decided_at) where forgotten_at is null;

-- The change of the key-encryption key: which one is on its way out, and how far the rewrapping has come.
create table keys.rewrap (
  to_key_id text primary key,
  started_at timestamptz not null,
  rewrapped bigint not null default 0,
  entry_key uuid not null,
  ended_at timestamptz
);
create unique index rewrap_open on keys.rewrap ((ended_at is null)) where ended_at is null;

-- Key-encryption keys that were destroyed, or are about to be.
create table keys.retired (
  key_id text primary key,
  at timestamptz not null
);

-- A process that has not heard of a change may still wrap under a key on its way out, and what it stored would be
-- lost with it: the database takes nothing more that is wrapped under a retired key.
create function keys.refuse_retired_wrapping_key() returns trigger language plpgsql as $$
begin
  if exists (select from wrapped w join keys.retired r on r.key_id = w.wrapping_key_id) then
    raise exception 'wrapped under a retired key-encryption key' using errcode = 'CB001';
  end if;
  return null;
end $$;
create trigger customer_key_added after insert on keys.customer_key
  referencing new table as wrapped for each statement execute function keys.refuse_retired_wrapping_key();
create trigger customer_key_changed after update on keys.customer_key
  referencing new table as wrapped for each statement execute function keys.refuse_retired_wrapping_key();
create trigger agent_key_added after insert on keys.agent_key
  referencing new table as wrapped for each statement execute function keys.refuse_retired_wrapping_key();
create trigger agent_key_changed after update on keys.agent_key
  referencing new table as wrapped for each statement execute function keys.refuse_retired_wrapping_key();

-- Work that repeats: one row a job, whichever gateway did it last.
create table job_run (
  job text primary key,
  -- when this database first knew of the job
  known_since timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz,
  outcome text check (outcome in ('done', 'failed')),
  -- what came of it, in one line without personal data
  told text
);
