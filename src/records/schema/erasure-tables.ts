import type { ColumnType, Generated } from 'kysely';
import type { AgentId, ErasureId, HoldId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';

type Time = ColumnType<Instant, string, string>;
type TimeOrNull = ColumnType<Instant | null, string | null | undefined, string | null>;

interface HoldTable {
  id: HoldId;
  seq: number;
  scope: 'customer' | 'agent' | 'case' | 'range';
  target_id: string | null;
  from_at: TimeOrNull;
  to_at: TimeOrNull;
  until_at: TimeOrNull;
  reason: Buffer;
  put_by: AgentId;
  put_at: Time;
  lift_asked_by: AgentId | null;
  lift_asked_at: TimeOrNull;
  lifted_by: AgentId | null;
  lifted_at: TimeOrNull;
}

interface ErasureTable {
  id: ErasureId;
  request: string;
  subject_class: 'customer' | 'actor';
  subject_id: string | null;
  subject_hash: Buffer;
  basis: string;
  decided_by: AgentId;
  decided_role: string;
  decided_at: Time;
  state: Generated<'asked' | 'ordered' | 'destroyed' | 'done' | 'blocked'>;
  ordered_key: string;
  done_key: string;
  stand_in: string;
  ordered_seq: number | null;
  destroyed_at: TimeOrNull;
  keys: Generated<number>;
  vault_rows: Generated<number>;
  look_ups: Generated<number>;
  disclosures: Generated<number>;
  approvals: Generated<number>;
  sessions: Generated<number>;
  links: Generated<number>;
  done_seq: number | null;
  done_at: TimeOrNull;
  ordered_told: string | null;
  done_told: string | null;
  forgotten_at: TimeOrNull;
}

interface RewrapTable {
  to_key_id: string;
  started_at: Time;
  rewrapped: Generated<number>;
  entry_key: string;
  ended_at: TimeOrNull;
}

interface RetiredKeyTable {
  key_id: string;
  at: Time;
}

interface JobRunTable {
  job: string;
  known_since: Time;
  started_at: TimeOrNull;
  ended_at: TimeOrNull;
  outcome: 'done' | 'failed' | null;
  told: string | null;
}

interface LedgerLogTable {
  origin: string;
  first_seq: number;
  vkey: string;
  began_at: Time;
  ended_size: number | null;
  ended_at: TimeOrNull;
}

/** The tables of holds, erasures, retired keys, repeating work, and the logs of past years. */
export interface ErasureTables {
  hold: HoldTable;
  erasure: ErasureTable;
  'keys.rewrap': RewrapTable;
  'keys.retired': RetiredKeyTable;
  job_run: JobRunTable;
  ledger_log: LedgerLogTable;
}
