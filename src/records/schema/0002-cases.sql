-- Cases: every change as it came, and the state that all of them together make.
create table case_change (
  message_id text primary key,
  case_ref text not null,
  kind text not null,
  at timestamptz not null,
  -- what the sender's clock said, when it ran ahead of ours and `at` was held back to the time of receipt
  claimed_at timestamptz,
  received_at timestamptz not null,
  agent_ref text,
  customer_ref_hash bytea,
  queue_ref text,
  topic text,
  channel text,
  initiated_by text
);
create index case_change_case on case_change (case_ref);

create table support_case (
  id text primary key,
  ref text not null unique,
  open boolean not null,
  holder_ref text,
  helper_refs text[] not null default '{}',
  -- keyed hash of the help desk's reference of the customer; null until the desk or a look-up names one
  customer_ref_hash bytea,
  -- set when an agent found the customer by look-up under this case before the desk named one
  found_customer_id text,
  queue_ref text,
  topic text,
  channel text,
  initiated_by text,
  opened_at timestamptz not null,
  closed_at timestamptz,
  held_since timestamptz,
  last_change_at timestamptz not null,
  -- one word on whom the case is about: the desk's as soon as it has spoken
  check (customer_ref_hash is null or found_customer_id is null)
);
-- who holds which case now, in the order that screens page through
create index support_case_held on support_case (holder_ref, last_change_at desc, id desc) where open;
create index support_case_held_closed on support_case (holder_ref, last_change_at desc, id desc) where not open;
-- few cases have helpers; without a pending list, since that is scanned whole by every question
create index support_case_helped on support_case using gin (helper_refs) with (fastupdate = off)
  where open and helper_refs <> '{}';
create index support_case_customer on support_case (customer_ref_hash);
