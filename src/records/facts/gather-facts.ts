import type { Channel, Initiator } from '../../model/case.ts';
import { Fault } from '../../model/fault.ts';
import type { FieldName } from '../../model/field.ts';
import type {
  AgentId,
  CaseId,
  CustomerId,
  SessionId,
  SiteId,
  TeamId,
  VendorId,
  ViewId,
} from '../../model/id.ts';
import { formatInstant, type Instant, later } from '../../model/instant.ts';
import type { Role } from '../../model/role.ts';
import { asDatabaseFault } from '../../platform/postgres/database-fault.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import { factsSql } from './facts-sql.ts';

export interface FactsQuestion {
  readonly sessionId: SessionId;
  readonly now: Instant;
  readonly caseKey: string | undefined;
  readonly viewId: ViewId | undefined;
  readonly customerId: CustomerId | undefined;
  readonly reasonMark: string | undefined;
  readonly viewMaxMs: number;
  readonly reasonMemoryMs: number;
}

/** Everything known about one ask at one instant. Undefined means that there is no such thing. */
export interface Facts {
  readonly asker: AskerFacts;
  readonly view: ViewFacts | undefined;
  readonly matter: MatterFacts | undefined;
  /** The customer whom the case names; the one asked for may be another. */
  readonly caseCustomerId: CustomerId | undefined;
  readonly record: CustomerRecord | undefined;
  readonly approvedFields: readonly FieldName[];
  readonly approved: boolean;
  readonly breakGlass: boolean;
  readonly reasonRepeated: boolean;
}

export interface AskerFacts {
  readonly sessionId: SessionId;
  readonly sessionLive: boolean;
  readonly seenAt: Instant;
  readonly agentId: AgentId;
  readonly agentRef: string;
  readonly role: Role;
  readonly active: boolean;
  readonly teamId: TeamId | undefined;
  readonly siteId: SiteId | undefined;
  readonly vendorId: VendorId | undefined;
  readonly shift:
    | { readonly startsAt: string; readonly endsAt: string; readonly timeZone: string }
    | undefined;
}

export interface ViewFacts {
  readonly seq: number;
  readonly at: Instant;
  /** Opened in this very session, in the team the agent is still in, while the case was in the same hands. */
  readonly current: boolean;
}

export interface MatterFacts {
  readonly id: CaseId;
  readonly ref: string;
  readonly open: boolean;
  readonly hands: 'holder' | 'helper' | 'former' | 'none';
  readonly namesSomeone: boolean;
  readonly queueRef: string | undefined;
  readonly topic: string | undefined;
  readonly channel: Channel | undefined;
  readonly initiatedBy: Initiator | undefined;
  readonly lastChangeAt: Instant;
  readonly heldSince: Instant | undefined;
}

/** A customer as the vault keeps them: sealed, with the wrapped key. */
export interface CustomerRecord {
  readonly customerId: CustomerId;
  readonly protected: boolean;
  readonly catalogueVersion: string;
  readonly masks: Buffer;
  readonly sealed: Buffer;
  readonly key: { readonly wrappingKeyId: string; readonly wrapped: Buffer };
}

/**
 * Gathers the facts of one ask.
 * @throws Fault `not-signed-in` when there is no such session, `storage-down` when the database does not answer.
 */
export const gatherFacts = async (
  db: CaseboundDatabase,
  question: FactsQuestion,
  sessionIdleMs: number,
): Promise<Facts> => {
  const { now, viewMaxMs, reasonMemoryMs } = question;
  const values = [
    question.sessionId,
    formatInstant(now),
    question.caseKey ?? null,
    question.viewId ?? null,
    question.customerId ?? null,
    formatInstant(later(now, -viewMaxMs)),
    formatInstant(later(now, -reasonMemoryMs)),
    question.reasonMark ?? null,
  ];
  const { rows } = await db.pool
    .query<FactsRow>({ name: 'facts', text: factsSql, values })
    .catch((cause: unknown) => Promise.reject(asDatabaseFault(cause)));
  const row = rows[0];
  if (!row) throw new Fault('not-signed-in', 'no such session');
  return {
    asker: askerOf(row, now, sessionIdleMs),
    view: viewOf(row),
    matter: matterOf(row),
    caseCustomerId: row.case_customer_id ?? undefined,
    record: recordOf(row),
    approvedFields: row.approved_fields,
    approved: row.approved,
    breakGlass: row.break_glass,
    reasonRepeated: row.reason_repeated,
  };
};

interface FactsRow {
  session_id: SessionId;
  session_standing_no: number;
  seen_at: Instant;
  ends_at: Instant;
  ended_at: Instant | null;
  agent_id: AgentId;
  agent_ref: string;
  role: Role;
  standing_no: number;
  team_id: TeamId | null;
  site_id: SiteId | null;
  vendor_id: VendorId | null;
  standing_active: boolean;
  shift_starts_at: string | null;
  shift_ends_at: string | null;
  shift_time_zone: string | null;
  view_seq: number | null;
  view_at: Instant | null;
  view_agent_id: string | null;
  view_session_id: string | null;
  view_team_id: string | null;
  case_id: CaseId | null;
  case_ref: string | null;
  case_open: boolean | null;
  queue_ref: string | null;
  topic: string | null;
  channel: Channel | null;
  initiated_by: Initiator | null;
  last_change_at: Instant | null;
  held_since: Instant | null;
  case_names_someone: boolean | null;
  hands: MatterFacts['hands'];
  case_customer_id: CustomerId | null;
  customer_id: CustomerId | null;
  protected: string | null;
  catalogue_version: string | null;
  masks: Buffer | null;
  sealed: Buffer | null;
  customer_wrapping_key_id: string | null;
  customer_wrapped: Buffer | null;
  approved: boolean;
  approved_fields: FieldName[];
  break_glass: boolean;
  reason_repeated: boolean;
}

const askerOf = (row: FactsRow, now: Instant, sessionIdleMs: number): AskerFacts => ({
  sessionId: row.session_id,
  sessionLive:
    row.ended_at === null &&
    now < row.ends_at &&
    now - row.seen_at < sessionIdleMs &&
    row.session_standing_no === row.standing_no,
  seenAt: row.seen_at,
  agentId: row.agent_id,
  agentRef: row.agent_ref,
  role: row.role,
  active: row.standing_active,
  teamId: row.team_id ?? undefined,
  siteId: row.site_id ?? undefined,
  vendorId: row.vendor_id ?? undefined,
  shift:
    row.shift_starts_at && row.shift_ends_at && row.shift_time_zone
      ? { startsAt: row.shift_starts_at, endsAt: row.shift_ends_at, timeZone: row.shift_time_zone }
      : undefined,
});

/** Another agent's view is no view for this one: whoever guesses or steals an id learns nothing from the answer. */
const viewOf = (row: FactsRow): ViewFacts | undefined =>
  row.view_seq === null || row.view_at === null || row.view_agent_id !== row.agent_id
    ? undefined
    : {
        seq: row.view_seq,
        at: row.view_at,
        current:
          row.view_session_id === row.session_id &&
          row.view_team_id === row.team_id &&
          // A case that now names someone else, or that changed hands and came back, ends the view.
          (row.break_glass || row.case_customer_id === row.customer_id) &&
          (row.held_since === null || row.hands !== 'holder' || row.held_since <= row.view_at),
      };

const matterOf = (row: FactsRow): MatterFacts | undefined =>
  row.case_id === null || row.case_ref === null || row.last_change_at === null
    ? undefined
    : {
        id: row.case_id,
        ref: row.case_ref,
        open: row.case_open === true,
        hands: row.hands,
        namesSomeone: row.case_names_someone === true,
        queueRef: row.queue_ref ?? undefined,
        topic: row.topic ?? undefined,
        channel: row.channel ?? undefined,
        initiatedBy: row.initiated_by ?? undefined,
        lastChangeAt: row.last_change_at,
        heldSince: row.held_since ?? undefined,
      };

const recordOf = (row: FactsRow): CustomerRecord | undefined => {
  if (!row.customer_id || !row.masks || !row.sealed || !row.catalogue_version) return undefined;
  if (!row.customer_wrapping_key_id || !row.customer_wrapped) return undefined;
  return {
    customerId: row.customer_id,
    protected: row.protected !== null,
    catalogueVersion: row.catalogue_version,
    masks: row.masks,
    sealed: row.sealed,
    key: { wrappingKeyId: row.customer_wrapping_key_id, wrapped: row.customer_wrapped },
  };
};
