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
  asked_by text not null references agent (id),
  case_id text not null,
  customer_id text not null,
  fields text[] not null,
  asked_at timestamptz not null,
  ends_at timestamptz not null,
  decided_by text references agent (id),
  decided_at timestamptz,
  granted boolean
);
create index approval_asker on approval (asked_by, case_id);

create table break_glass (
  id text primary key,
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
  seq bigint,
  reasons text[] not null,
  delivered_at timestamptz
);
create index alert_at on alert (at desc);
