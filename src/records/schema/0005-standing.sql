-- Sessions, approvals, break-glass, alerts: what lets or stops a look besides the case itself.
create table session (
  id text primary key,
  -- SHA-256 of the token in the cookie: the token itself is nowhere
  token_hash bytea not null unique,
  agent_id text not null references agent (id),
  -- the agent's standing when the session began; another number now ends it
  standing_no bigint not null,
  started_at timestamptz not null,
  seen_at timestamptz not null,
  ends_at timestamptz not null,
  ended_at timestamptz
);
create index session_agent on session (agent_id) where ended_at is null;

create table approval (
  id text primary key,
  -- the entry that asked: a retry finds this row by it
  seq bigint not null unique,
  asked_by text not null references agent (id),
  case_id text not null,
  customer_id text not null,
  -- empty: the masked view
  fields text[] not null,
  -- why, in the asker's words, sealed under the customer's key
  reason bytea not null,
  asked_at timestamptz not null,
  -- undecided: until when it waits; granted: until when it holds
  ends_at timestamptz not null,
  -- who is deciding right now, so that two do not both put a decision on the record
  claimed_by text references agent (id),
  claimed_until timestamptz,
  decided_by text references agent (id),
  decided_at timestamptz,
  granted boolean
);
create index approval_asker on approval (asked_by, case_id);
create index approval_waiting on approval (asked_at) where decided_at is null;

create table break_glass (
  id text primary key,
  -- the entry that broke it: a retry finds this row by it
  seq bigint not null unique,
  agent_id text not null references agent (id),
  customer_id text not null,
  started_at timestamptz not null,
  ends_at timestamptz not null,
  ended_at timestamptz
);
create index break_glass_agent on break_glass (agent_id, customer_id);

create table alert (
  id text primary key,
  at timestamptz not null,
  kind text not null,
  agent_id text,
  -- the entry it is about; null while that entry is being written, and for ever when it never was
  seq bigint,
  reasons text[] not null,
  delivered_at timestamptz
);
create index alert_at on alert (at desc);
create index alert_waiting on alert (at) where delivered_at is null;
