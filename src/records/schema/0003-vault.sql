-- Vault: customers, sealed. Keys live in a schema of their own so that they can be backed up (and forgotten) apart.
create table customer (
  id text primary key,
  ref_hash bytea not null unique,
  -- why this customer is protected: executive, staff, high-balance; null for most
  protected text,
  catalogue_version text not null,
  -- all masked renderings, sealed together
  masks bytea not null,
  -- each field sealed by itself: see records/vault/packed-fields.ts
  sealed bytea not null,
  -- the import that last wrote this row
  import_id text,
  updated_at timestamptz not null
);
-- sealed bytes do not compress: trying would only cost time
alter table customer alter column masks set storage external, alter column sealed set storage external;

create schema keys;

-- ids of the key ring's keys that this database is sealed under: while there is one, no new ring is made for it
create table keys.ring (
  key_id text primary key,
  use text not null check (use in ('wrapping', 'hash'))
);
create unique index ring_hash on keys.ring (use) where use = 'hash';

-- the key of one customer, wrapped by a key-encryption key that the database never holds
create table keys.customer_key (
  customer_id text primary key,
  wrapping_key_id text not null,
  wrapped bytea not null
);

-- the key of one agent, for the disclosures that name the agent
create table keys.agent_key (
  agent_id text primary key,
  wrapping_key_id text not null,
  wrapped bytea not null
);

-- how a customer is found by what they say: keyed hash of the normalised value, first 16 bytes
create table lookup_hash (
  kind text not null,
  hash bytea not null,
  customer_id text not null,
  primary key (kind, hash, customer_id)
);
create index lookup_hash_customer on lookup_hash (customer_id);

create table import (
  id text primary key,
  file_name text not null,
  file_bytes bigint not null,
  file_hash text not null,
  catalogue_version text not null,
  -- how far it came, in bytes of the unpacked file: what stands before is in the tables, what stands behind is not
  position_bytes bigint not null default 0,
  lines_read bigint not null default 0,
  rows_kept bigint not null default 0,
  -- of the rows kept, those of customers who were not there before
  rows_new bigint not null default 0,
  rows_bad bigint not null default 0,
  -- length of the file of rejected rows at that position
  rejects_bytes bigint not null default 0,
  started_at timestamptz not null,
  ended_at timestamptz
);
