-- Ledger: the durable sequence. `entry.bytes` is what the tree will hold and never changes; everything that
-- names a person stands outside it, sealed under that person's key.
create table ledger_head (
  one boolean primary key default true check (one),
  size bigint not null default 0
);
insert into ledger_head default values;

create table entry (
  seq bigint not null primary key,
  at timestamptz not null,
  kind text not null,
  bytes bytea not null,
  leaf_hash bytea not null
) partition by range (seq);

create table disclosure (
  seq bigint not null,
  -- customer or actor: whose key seals it
  subject_class text not null,
  subject_id text not null,
  sealed bytea not null,
  primary key (seq, subject_class)
) partition by range (seq);
create index disclosure_subject on disclosure (subject_id);

-- one row a request: a retry finds the entry of the first try
create table entry_key (
  idempotency_key uuid not null primary key,
  seq bigint not null,
  fingerprint bytea not null,
  at timestamptz not null
);
create index entry_key_at on entry_key (at);

-- per customer: how many entries name them and which was the last, so that a gap shows
create table customer_chain (
  customer_id text primary key,
  last_no bigint not null,
  last_seq bigint not null
);

-- the access as readers follow it: same order, same transaction as its entry
create table access (
  seq bigint not null,
  at timestamptz not null,
  action text not null,
  outcome text not null,
  refusal text,
  agent_id text not null,
  session_id text not null,
  team_id text,
  site_id text,
  vendor_id text,
  customer_id text,
  case_id text,
  view_id text,
  fields text[] not null,
  queue_ref text,
  topic text,
  channel text,
  initiated_by text,
  reason_mark text,
  primary key (seq, at)
) partition by range (at);
-- an access whose month has no partition yet is kept all the same
create table access_default partition of access default;
create index access_customer on access (customer_id, at);
create index access_agent on access (agent_id, at);
create index access_view on access (view_id) where action = 'view' and outcome = 'permitted';

-- how far each reader of the sequence has come
create table reader_position (
  reader text primary key,
  next_seq bigint not null
);
