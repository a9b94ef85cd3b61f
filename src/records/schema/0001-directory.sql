-- Directory: who works where. Refs are the organisation's own names for things (help desk, HR, identity provider).
create table organisation (
  one boolean primary key default true check (one),
  name text not null
);

create table vendor (
  id text primary key,
  ref text not null unique,
  name text not null,
  state text not null default 'active' check (state in ('active', 'suspended'))
);

create table site (
  id text primary key,
  ref text not null unique,
  -- null: a site of the organisation itself
  vendor_id text references vendor (id),
  name text not null,
  time_zone text not null,
  state text not null default 'active' check (state in ('active', 'suspended'))
);

create table shift (
  id text primary key,
  ref text not null unique,
  name text not null,
  -- local wall-clock times in the time zone; an end before the start runs over midnight
  starts_at time not null,
  ends_at time not null,
  time_zone text not null
);

create table team (
  id text primary key,
  ref text not null unique,
  site_id text not null references site (id),
  shift_id text references shift (id),
  name text not null,
  state text not null default 'active' check (state in ('active', 'suspended'))
);

create table queue (
  id text primary key,
  ref text not null unique,
  name text not null
);

create table team_queue (
  team_id text not null references team (id),
  queue_id text not null references queue (id),
  primary key (team_id, queue_id)
);

create table agent (
  id text primary key,
  ref text not null unique,
  -- the `sub` that the identity provider asserts; deferrable, since two people may swap theirs in one import
  subject text unique deferrable initially immediate,
  name text not null,
  role text not null,
  team_id text references team (id),
  state text not null default 'active' check (state in ('active', 'suspended', 'left')),
  -- grows by one whenever team, role or state change: what was granted under another number is over
  standing_no bigint not null default 0
);
create index agent_team on agent (team_id);
