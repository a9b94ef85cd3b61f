-- The views that may still be worked in: what the permitted views of the last days were, found by their id in one
-- step. The ledger's own rows say the same for ever; old rows here are deleted.
create table shown_view (
  view_id text primary key,
  seq bigint not null,
  at timestamptz not null,
  agent_id text not null,
  session_id text not null,
  team_id text,
  customer_id text,
  case_id text
);
create index shown_view_at on shown_view (at);
