-- One log a year: each covers a stretch of the one sequence of entries, and its index 0 is that stretch's first place.
alter table ledger_publisher add column first_seq bigint not null default 0;

-- The logs of this ledger, once there is more than one. The one in use has no end.
create table ledger_log (
  origin text primary key,
  -- the place of its first entry
  first_seq bigint not null unique,
  -- the log's verifier key when it began, or when it ended
  vkey text not null,
  began_at timestamptz not null,
  -- how many entries it ended with; null while it goes on
  ended_size bigint,
  ended_at timestamptz
);
