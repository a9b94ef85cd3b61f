import type { CustomerReport } from '../../analysis/attribution/attribution-result.ts';
import type { Exposure } from '../../analysis/exposure/exposed-customer.ts';
import type { ReasonList } from '../../analysis/reason/reason-list.ts';
import type { Access } from '../../model/access.ts';
import type { AgentId, AlertId, ApprovalId, SessionId, TraceId } from '../../model/id.ts';
import type { Chance, Clock } from '../../model/ports.ts';
import type { Refusal } from '../../model/refusal.ts';
import type { IdentityProvider } from '../../platform/identity/identity-provider.ts';
import type { Sealer } from '../../platform/keys/subject-key.ts';
import type { Alert } from '../../records/alert/alert.ts';
import type { AlertPlace } from '../../records/alert/alert-reader.ts';
import type { ApprovalRequest } from '../../records/approval/approval-request.ts';
import type { CaseReader } from '../../records/cases/case-reader.ts';
import type { DirectoryReader } from '../../records/directory/directory-reader.ts';
import type { Lead, Verdict } from '../../records/lead/lead.ts';
import type { EntryStanding, LedgerHeads } from '../../records/ledger/publish/ledger-standing.ts';
import type { SessionReader } from '../../records/session/session-reader.ts';
import type { SessionWriter } from '../../records/session/session-writer.ts';
import type { TraceRun } from '../../records/trace/trace-records.ts';
import type { ApprovalAsk } from '../../workflows/approve/approve-ports.ts';
import type { ApprovalAsked } from '../../workflows/approve/ask-approval.ts';
import type { ApprovalDecided } from '../../workflows/approve/decide-approval.ts';
import type { ApprovalWaiting } from '../../workflows/approve/list-approvals.ts';
import type { BreakGlassAsk, GlassBroken } from '../../workflows/break-glass/break-glass.ts';
import type {
  StandingAsk,
  StandingAsker,
  StandingChanged,
  StandingRefusal,
} from '../../workflows/change-standing/standing-ask.ts';
import type { FieldToDraw } from '../../workflows/mark-view/draw-field.ts';
import type { PixelsOnly } from '../../workflows/mark-view/pixels-only.ts';
import type { AbsenceTold } from '../../workflows/mark-view/report-absence.ts';
import type { TileAsk } from '../../workflows/mark-view/view-tile.ts';
import type { PersonReading } from '../../workflows/read-watermark/read-for-person.ts';
import type { ReadAsk } from '../../workflows/read-watermark/read-watermark.ts';
import type { Asker, Looking } from '../../workflows/reveal/ask.ts';
import type { CaseDelivery, CaseDeliveryTaken } from '../../workflows/take-case-change/take-case-change.ts';
import type { ExposureAsk } from '../../workflows/trace/ask-trace.ts';
import type { OnThrottled } from './door/throttled-tries.ts';
import type { BucketLimit } from './door/token-buckets.ts';
import type { ErasingDoor } from './erasing-door.ts';
import type { Journal } from './journal.ts';

/** How often one session or one address may knock. */
export interface DoorLimits {
  /** All requests of one session together. */
  readonly session: BucketLimit;
  /** Look-ups of one session. */
  readonly lookups: BucketLimit;
  /** Sign-ins begun or finished from one address. */
  readonly signIns: BucketLimit;
  /** Requests from one address with no session or an unknown one. */
  readonly strangers: BucketLimit;
}

export interface HttpSettings {
  /** Where browsers find us, such as `https://casebound.example` or `http://127.0.0.1:8080`. */
  readonly publicOrigin: string;
  /** Proxies whose `X-Forwarded-For` is believed: addresses or CIDR ranges. Empty: the peer is the client. */
  readonly trustedProxies: readonly string[];
  readonly limits: DoorLimits;
}

export interface Health {
  /** The parts without which nothing can be shown, by name, and whether each answers now. */
  parts(): Promise<Readonly<Record<string, boolean>>>;
}

export interface ApprovalDoor {
  ask(person: Asker, ask: ApprovalAsk): Promise<ApprovalAsked | Refusal>;
  decide(
    person: Asker,
    decision: { readonly approvalId: ApprovalId; readonly granted: boolean },
  ): Promise<ApprovalDecided | Refusal>;
  /** What this person may decide now. */
  waiting(person: Pick<Asker, 'sessionId'>): Promise<readonly ApprovalWaiting[] | Refusal>;
  /** What this agent asked for lately, newest first. */
  mine(agentId: AgentId): Promise<readonly ApprovalRequest[]>;
}

/** How well the ledger and its entries are held. */
export interface LedgerDoor {
  heads(): Promise<LedgerHeads>;
  /** Undefined when there is no entry at this place. */
  entry(seq: number): Promise<EntryStanding | undefined>;
}

/** The marks that views carry, and the reading of pictures that carry one. */
export interface MarkDoor {
  /** @throws Fault `not-found` when this session has no such view. */
  tile(sessionId: SessionId, ask: TileAsk): Promise<Uint8Array>;
  /** Undefined when the field is shown as text. */
  draw(field: FieldToDraw): Promise<PixelsOnly | undefined>;
  reportAbsence(sessionId: SessionId, told: AbsenceTold): Promise<number>;
  read(sessionId: SessionId, ask: ReadAsk): Promise<PersonReading>;
}

/** Leads of the watching, and what people say about them. */
export interface LeadDoor {
  /** @throws Fault `not-found` when there is no such lead. */
  read(alertId: AlertId): Promise<Lead>;
  /** @throws Fault `not-found` when there is no such lead. */
  tell(
    sessionId: SessionId,
    word: { readonly alertId: AlertId; readonly verdict: Verdict },
  ): Promise<number | Refusal>;
}

/** Whose account, and who is exposed, over the live sequence. */
export interface TracingDoor {
  ask(
    sessionId: SessionId,
    reports: readonly CustomerReport[],
  ): Promise<{ readonly traceId: TraceId; readonly seq: number } | Refusal>;
  expose(
    sessionId: SessionId,
    ask: ExposureAsk,
  ): Promise<{ readonly seq: number; readonly ledgerSize: number; readonly exposure: Exposure } | Refusal>;
  /** @throws Fault `not-found` when there is no such trace. */
  read(id: TraceId): Promise<TraceRun>;
  list(countMax: number): Promise<readonly Omit<TraceRun, 'result'>[]>;
}

/** Everything that routes call. They turn bytes into these calls and the answers into bytes, and decide nothing. */
export interface HttpPorts {
  readonly settings: HttpSettings;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly journal: Journal;
  readonly health: Health;
  readonly sessions: SessionReader & Pick<SessionWriter, 'startSession' | 'endSession'>;
  /** Like `sessions.findSession`, but may answer as things stood a few seconds ago. For the looks alone. */
  readonly findRecentSession: SessionReader['findSession'];
  readonly directory: DirectoryReader;
  readonly identity: IdentityProvider;
  /** Seals what a browser keeps while it signs in. Gateways that share a public origin share this key. */
  readonly signInSealer: Sealer;
  readonly looking: Looking;
  readonly cases: Pick<CaseReader, 'casesHeldBy'>;
  readonly reasons: ReasonList;
  readonly takeCaseChange: (delivery: CaseDelivery) => Promise<CaseDeliveryTaken>;
  /** Accesses from place `fromSeq` on, in ledger order. */
  readonly readAccesses: (fromSeq: number, countMax: number) => Promise<readonly Access[]>;
  readonly ledger: LedgerDoor;
  readonly marks: MarkDoor;
  readonly leads: LeadDoor;
  readonly tracing: TracingDoor;
  readonly approvals: ApprovalDoor;
  readonly erasing: ErasingDoor;
  readonly breakGlass: (person: Asker, ask: BreakGlassAsk) => Promise<GlassBroken | Refusal>;
  readonly changeStanding: (
    by: StandingAsker,
    ask: StandingAsk,
  ) => Promise<StandingChanged | StandingRefusal>;
  /** Alerts, newest first, from before `before` on. */
  readonly readAlerts: (countMax: number, before: AlertPlace | undefined) => Promise<readonly Alert[]>;
  readonly onThrottled: OnThrottled;
}

/** Generous for people, tight for programs that try values. */
export const usualDoorLimits: DoorLimits = {
  session: { burstCount: 600, perMinute: 3_000 },
  lookups: { burstCount: 60, perMinute: 60 },
  signIns: { burstCount: 300, perMinute: 120 },
  strangers: { burstCount: 300, perMinute: 300 },
};
