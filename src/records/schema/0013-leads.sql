-- Leads: alerts that the watching of accesses raised, with everything that they say.
create table lead (
  alert_id text primary key references alert (id) on delete cascade,
  -- the detector's own name for it: a lead is raised once, however often the past is read again
  source text not null unique,
  agent_id text not null,
  kind text not null,
  -- decimal logarithm of the evidence
  score text not null,
  -- JSON: the accesses, the innocent explanations tried, what would clear the person, members, the month
  told text not null
);

-- What people found out about a lead. The newest word counts.
create table lead_feedback (
  seq bigint primary key,
  at timestamptz not null,
  alert_id text not null references lead (alert_id) on delete cascade,
  verdict text not null,
  said_by text not null
);
create index lead_feedback_lead on lead_feedback (alert_id, seq);

-- the watching follows case changes in the order in which they arrived
create index case_change_received on case_change (received_at, message_id);
