-- Who outside has vouched for what the log signed.

-- when a checkpoint first had the quorum of cosignatures; empty: it does not have it
alter table ledger_checkpoint add column witnessed_at timestamptz;

-- cosignatures of the newest witnessed checkpoint and of those after it; older ones say nothing more
create table ledger_cosignature (
  origin text not null,
  size bigint not null,
  -- the witness's verifier key
  witness text not null,
  -- the signature line, word for word
  line text not null,
  -- what the witness's clock said
  at timestamptz not null,
  primary key (origin, size, witness)
);

-- how far each witness has come with us, and what is wrong with it now
create table ledger_witness (
  origin text not null,
  witness text not null,
  size bigint not null default 0,
  answered_at timestamptz,
  problem text,
  problem_at timestamptz,
  primary key (origin, witness)
);

-- tokens of a timestamp service (RFC 3161), each over the exact bytes in `stamped`
create table ledger_timestamp (
  origin text not null,
  size bigint not null,
  -- a checkpoint with the signatures it had then
  stamped bytea not null,
  -- the service's whole answer
  answer bytea not null,
  -- the time in the token
  at timestamptz not null,
  primary key (origin, size)
);
create index ledger_checkpoint_witnessed on ledger_checkpoint (origin, size) where witnessed_at is not null;
