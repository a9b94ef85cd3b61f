import type { ColumnType, Generated } from 'kysely';
import type { AgentId, AlertId, TraceId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';

type Time = ColumnType<Instant, string, string>;

interface LeadTable {
  alert_id: AlertId;
  source: string;
  agent_id: AgentId;
  kind: string;
  score: string;
  told: string;
}

interface LeadFeedbackTable {
  seq: number;
  at: Time;
  alert_id: AlertId;
  verdict: 'confirmed' | 'explained' | 'wrong';
  said_by: AgentId;
}

interface TraceTable {
  id: TraceId;
  asked_at: Time;
  asked_by: AgentId;
  asked_seq: number;
  ledger_size: number;
  reports: number;
  state: Generated<'running' | 'done' | 'failed'>;
  result: string | null;
}

/** What watching and tracing leave behind. */
export interface WatchTables {
  lead: LeadTable;
  lead_feedback: LeadFeedbackTable;
  trace: TraceTable;
}
