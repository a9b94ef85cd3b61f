import type { ColumnType, Generated } from 'kysely';
import type { Action } from '../../model/access.ts';
import type { CaseChangeKind, Channel, Initiator } from '../../model/case.ts';
import type { LookupKind } from '../../model/field.ts';
import type {
  AgentId,
  AlertId,
  ApprovalId,
  BreakGlassId,
  CaseId,
  CustomerId,
  QueueId,
  SessionId,
  ShiftId,
  SiteId,
  TeamId,
  VendorId,
  ViewId,
} from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import type { RefusalCode } from '../../model/refusal.ts';
import type { Role } from '../../model/role.ts';
import type { Database } from '../../platform/postgres/database.ts';
import type { ErasureTables } from './erasure-tables.ts';
import type { WatchTables } from './watch-tables.ts';

/**
 * The tables as the SQL files of this folder make them; a test compares the two. Times are read as Instant and
 * written as the RFC 3339 text of formatInstant, or by `timestamp` of platform/postgres inside an expression: a
 * bare number is no time to PostgreSQL.
 */
type Time = ColumnType<Instant, string, string>;
type TimeOrNull = ColumnType<Instant | null, string | null | undefined, string | null>;

type Standing = 'active' | 'suspended';

interface OrganisationTable {
  one: Generated<boolean>;
  name: string;
}

interface VendorTable {
  id: VendorId;
  ref: string;
  name: string;
  state: Generated<Standing>;
}

interface SiteTable {
  id: SiteId;
  ref: string;
  vendor_id: VendorId | null;
  name: string;
  time_zone: string;
  state: Generated<Standing>;
}

interface ShiftTable {
  id: ShiftId;
  ref: string;
  name: string;
  /** `HH:MM:SS`, local to time_zone. */
  starts_at: string;
  ends_at: string;
  time_zone: string;
}

interface TeamTable {
  id: TeamId;
  ref: string;
  site_id: SiteId;
  shift_id: ShiftId | null;
  name: string;
  state: Generated<Standing>;
}

interface QueueTable {
  id: QueueId;
  ref: string;
  name: string;
}

interface TeamQueueTable {
  team_id: TeamId;
  queue_id: QueueId;
}

interface AgentTable {
  id: AgentId;
  ref: string;
  subject: string | null;
  name: string;
  role: Role;
  team_id: TeamId | null;
  state: Generated<Standing | 'left'>;
  standing_no: Generated<number>;
}

interface CaseChangeTable {
  message_id: string;
  case_ref: string;
  kind: CaseChangeKind;
  at: Time;
  claimed_at: TimeOrNull;
  received_at: Time;
  agent_ref: string | null;
  customer_ref_hash: Buffer | null;
  queue_ref: string | null;
  topic: string | null;
  channel: Channel | null;
  initiated_by: Initiator | null;
}

interface SupportCaseTable {
  id: CaseId;
  ref: string;
  open: boolean;
  holder_ref: string | null;
  helper_refs: Generated<string[]>;
  customer_ref_hash: Buffer | null;
  found_customer_id: CustomerId | null;
  queue_ref: string | null;
  topic: string | null;
  channel: Channel | null;
  initiated_by: Initiator | null;
  opened_at: Time;
  closed_at: TimeOrNull;
  held_since: TimeOrNull;
  last_change_at: Time;
}

interface CustomerTable {
  id: CustomerId;
  ref_hash: Buffer;
  protected: string | null;
  catalogue_version: string;
  masks: Buffer;
  sealed: Buffer;
  import_id: string | null;
  updated_at: Time;
}

interface KeyRingTable {
  key_id: string;
  use: 'wrapping' | 'hash';
}

interface CustomerKeyTable {
  customer_id: CustomerId;
  wrapping_key_id: string;
  wrapped: Buffer;
}

interface AgentKeyTable {
  agent_id: AgentId;
  wrapping_key_id: string;
  wrapped: Buffer;
}

interface LookupHashTable {
  kind: LookupKind;
  hash: Buffer;
  customer_id: CustomerId;
}

interface ImportTable {
  id: string;
  file_name: string;
  file_bytes: number;
  file_hash: string;
  catalogue_version: string;
  position_bytes: Generated<number>;
  lines_read: Generated<number>;
  rows_kept: Generated<number>;
  rows_new: Generated<number>;
  rows_bad: Generated<number>;
  rejects_bytes: Generated<number>;
  started_at: Time;
  ended_at: TimeOrNull;
}

interface LedgerHeadTable {
  one: Generated<boolean>;
  size: Generated<number>;
}

interface EntryTable {
  seq: number;
  at: Time;
  kind: string;
  bytes: Buffer;
  leaf_hash: Buffer;
}

interface DisclosureTable {
  seq: number;
  subject_class: 'customer' | 'actor';
  subject_id: string;
  sealed: Buffer;
}

interface EntryKeyTable {
  idempotency_key: string;
  seq: number;
  fingerprint: Buffer;
  at: Time;
}

interface CustomerChainTable {
  customer_id: CustomerId;
  last_no: number;
  last_seq: number;
}

interface AccessTable {
  seq: number;
  at: Time;
  action: Action;
  outcome: 'permitted' | 'refused';
  refusal: RefusalCode | null;
  agent_id: AgentId;
  session_id: SessionId;
  team_id: TeamId | null;
  site_id: SiteId | null;
  vendor_id: VendorId | null;
  customer_id: CustomerId | null;
  case_id: CaseId | null;
  view_id: ViewId | null;
  fields: string[];
  queue_ref: string | null;
  topic: string | null;
  channel: Channel | null;
  initiated_by: Initiator | null;
  reason_mark: string | null;
}

interface ShownViewTable {
  view_id: ViewId;
  seq: number;
  at: Time;
  agent_id: AgentId;
  session_id: SessionId;
  team_id: TeamId | null;
  customer_id: CustomerId | null;
  case_id: CaseId | null;
}

interface ReaderPositionTable {
  reader: string;
  next_seq: number;
}

interface LedgerPublisherTable {
  one: Generated<boolean>;
  origin: string | null;
  epoch: Generated<number>;
  size: Generated<number>;
  root: Buffer | null;
  first_seq: Generated<number>;
}

interface LedgerCheckpointTable {
  origin: string;
  size: number;
  root: Buffer;
  note: string;
  epoch: number;
  at: Time;
  witnessed_at: TimeOrNull;
}

interface LedgerCosignatureTable {
  origin: string;
  size: number;
  witness: string;
  line: string;
  at: Time;
}

interface LedgerWitnessTable {
  origin: string;
  witness: string;
  size: Generated<number>;
  answered_at: TimeOrNull;
  problem: string | null;
  problem_at: TimeOrNull;
}

interface LedgerTimestampTable {
  origin: string;
  size: number;
  stamped: Buffer;
  answer: Buffer;
  at: Time;
}

interface SessionTable {
  id: SessionId;
  token_hash: Buffer;
  agent_id: AgentId;
  standing_no: number;
  started_at: Time;
  seen_at: Time;
  ends_at: Time;
  ended_at: TimeOrNull;
}

interface ApprovalTable {
  id: ApprovalId;
  seq: number;
  asked_by: AgentId;
  case_id: CaseId;
  customer_id: CustomerId;
  fields: string[];
  reason: Buffer;
  asked_at: Time;
  ends_at: Time;
  claimed_by: AgentId | null;
  claimed_until: TimeOrNull;
  decided_by: AgentId | null;
  decided_at: TimeOrNull;
  granted: boolean | null;
}

interface BreakGlassTable {
  id: BreakGlassId;
  seq: number;
  agent_id: AgentId;
  customer_id: CustomerId;
  started_at: Time;
  ends_at: Time;
  ended_at: TimeOrNull;
}

interface AlertTable {
  id: AlertId;
  at: Time;
  kind: string;
  agent_id: AgentId | null;
  seq: number | null;
  reasons: string[];
  delivered_at: TimeOrNull;
}

export interface Tables extends ErasureTables, WatchTables {
  organisation: OrganisationTable;
  vendor: VendorTable;
  site: SiteTable;
  shift: ShiftTable;
  team: TeamTable;
  queue: QueueTable;
  team_queue: TeamQueueTable;
  agent: AgentTable;
  case_change: CaseChangeTable;
  support_case: SupportCaseTable;
  customer: CustomerTable;
  'keys.ring': KeyRingTable;
  'keys.customer_key': CustomerKeyTable;
  'keys.agent_key': AgentKeyTable;
  lookup_hash: LookupHashTable;
  import: ImportTable;
  ledger_head: LedgerHeadTable;
  entry: EntryTable;
  disclosure: DisclosureTable;
  entry_key: EntryKeyTable;
  customer_chain: CustomerChainTable;
  access: AccessTable;
  shown_view: ShownViewTable;
  reader_position: ReaderPositionTable;
  ledger_publisher: LedgerPublisherTable;
  ledger_checkpoint: LedgerCheckpointTable;
  ledger_cosignature: LedgerCosignatureTable;
  ledger_witness: LedgerWitnessTable;
  ledger_timestamp: LedgerTimestampTable;
  session: SessionTable;
  approval: ApprovalTable;
  break_glass: BreakGlassTable;
  alert: AlertTable;
}

/** The database of Casebound. */
export type CaseboundDatabase = Database<Tables>;
