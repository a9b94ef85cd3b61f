-- Traces: whose account, from reports. Each keeps the ledger's size that it was drawn from; none is ever changed.
create table trace (
  id text primary key,
  asked_at timestamptz not null,
  asked_by text not null,
  asked_seq bigint not null,
  -- accesses below this place were read, and no others
  ledger_size bigint not null,
  reports bigint not null,
  state text not null default 'running',
  -- JSON: suspects, warnings, limits
  result text
);
create index trace_asked on trace (asked_at desc, id desc);
