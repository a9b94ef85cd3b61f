-- What the log has signed. One row says who may sign next and from where; the checkpoints themselves are kept, so
-- that the log can show for ever what it once said.
create table ledger_publisher (
  one boolean primary key default true check (one),
  -- the log's one name; set by the first publisher and never changed by it
  origin text,
  -- counts publishers: whoever holds an older number can sign nothing more
  epoch bigint not null default 0,
  size bigint not null default 0,
  root bytea
);
insert into ledger_publisher default values;

create table ledger_checkpoint (
  origin text not null,
  size bigint not null,
  root bytea not null,
  -- the signed note, word for word
  note text not null,
  epoch bigint not null,
  at timestamptz not null,
  primary key (origin, size)
);
