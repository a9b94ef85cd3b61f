import type { Limits } from '../../analysis/budget/limits.ts';
import { judgeReason } from '../../analysis/reason/judge-reason.ts';
import { Fault } from '../../model/fault.ts';
import {
  type AgentId,
  type AlertId,
  type BreakGlassId,
  type CustomerId,
  newId,
  type SessionId,
} from '../../model/id.ts';
import { formatInstant, type Instant, later } from '../../model/instant.ts';
import type { Chance, Clock } from '../../model/ports.ts';
import { type Refusal, type RefusalCode, refuse } from '../../model/refusal.ts';
import type { Role } from '../../model/role.ts';
import type { Sealer } from '../../platform/keys/subject-key.ts';
import type { AlertOutbox } from '../../records/alert/alert-outbox.ts';
import type { AlertWriter } from '../../records/alert/alert-writer.ts';
import type { BreakGlassReader } from '../../records/break-glass/break-glass-reader.ts';
import type { BreakGlassWriter } from '../../records/break-glass/break-glass-writer.ts';
import type { AskerFacts } from '../../records/facts/gather-facts.ts';
import type { Appended, EntryDraft, Ledger } from '../../records/ledger/entry-draft.ts';

/** What breaking the glass stands on. */
export interface BreakGlassPorts {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly ledger: Ledger;
  readonly limits: Pick<Limits, 'breakGlassMaxMs' | 'replayMs'>;
  readonly brokenGlass: BreakGlassReader & Pick<BreakGlassWriter, 'add'>;
  readonly alerts: Pick<AlertWriter, 'add' | 'tie' | 'withdraw'>;
  readonly outbox: Pick<AlertOutbox, 'send'>;
  /** @throws Fault `not-signed-in` when there is no such session. */
  readonly whoAsks: (sessionId: SessionId) => Promise<AskerFacts>;
  /** The sealer of a customer for the ledger; undefined when there is no such customer. */
  readonly sealerOf: (customerId: CustomerId) => Promise<Sealer | undefined>;
  readonly agentSealer: (agentId: AgentId) => Promise<Sealer>;
}

export interface BreakGlassAsk {
  readonly customerId: CustomerId;
  readonly reason: string;
  /** Left out: as long as the limits allow. */
  readonly minutes: number | undefined;
}

export interface GlassBroken {
  readonly breakGlassId: BreakGlassId;
  readonly seq: number;
  readonly endsAt: Instant;
}

interface Asking {
  readonly person: { readonly sessionId: SessionId; readonly idempotencyKey: string | undefined };
  readonly ask: BreakGlassAsk;
}

/** Must agree with the permit break-glass-looks in policy/access.cedar, which judges every look under it again. */
const breakerRoles: readonly Role[] = ['analyst', 'responder'];
const minuteMs = 60_000;

/**
 * Opens one customer to one analyst or responder without a case, for a while. First an alert row that no crash can
 * lose, then the durable entry, then the leave itself, then the alert goes out. A crash in between leaves at most
 * an alert about something that never took effect; never a leave without its entry and alert.
 * @throws Fault `not-found` when there is no such customer, `unprocessable` when it is asked for too long
 */
export const breakGlass = async (
  ports: BreakGlassPorts,
  { person, ask }: Asking,
): Promise<GlassBroken | Refusal> => {
  const now = ports.clock.now();
  const asker = await ports.whoAsks(person.sessionId);
  const sealer = await ports.sealerOf(ask.customerId);
  const refusal = refusalOf(asker, ask.reason);
  if (refusal) {
    await ports.ledger.append(await refusedTry(ports, asker, { ask, refusal, now, sealer }));
    return refuse(refusal);
  }
  const durationMs = durationOf(ask.minutes, ports.limits.breakGlassMaxMs);
  if (!sealer) throw new Fault('not-found', 'no such customer to break the glass for');
  const alertId = await raiseAlert(ports, asker.agentId, now);
  const draft = await draftEntry(ports, asker, { ask, now, sealer, durationMs });
  const appended = await append(ports, { draft, asker, asking: { person, ask }, alertId });
  return takeEffect(ports, { appended, asker, ask, durationMs, alertId });
};

const refusalOf = (asker: AskerFacts, reason: string): RefusalCode | undefined => {
  if (!asker.sessionLive) return 'session-ended';
  if (!asker.active) return 'account-suspended';
  if (!breakerRoles.includes(asker.role)) return 'role-cannot';
  const verdict = judgeReason(
    { code: undefined, text: reason },
    // One incident may honestly be the reason for many customers, so equal words are not held against anyone here.
    { codes: [], highestClass: 'sensitive', usedElsewhere: false, knownWords: [] },
  );
  return verdict === 'given' ? undefined : `reason-${verdict}`;
};

const durationOf = (minutes: number | undefined, maxMs: number): number => {
  if (minutes === undefined) return maxMs;
  const ms = minutes * minuteMs;
  if (Number.isSafeInteger(minutes) && minutes >= 1 && ms <= maxMs) return ms;
  const detail = `Break-glass lasts a whole number of minutes, from 1 to ${Math.floor(maxMs / minuteMs)}.`;
  throw new Fault('unprocessable', 'break-glass was asked for too long or for no time', { detail });
};

const raiseAlert = async (ports: BreakGlassPorts, agentId: AgentId, now: Instant): Promise<AlertId> => {
  const id = newId('alert', ports.chance);
  const reasons = [
    'Someone was about to open a customer without a case (break-glass) when Casebound stopped.',
  ];
  await ports.alerts.add({ id, at: now, kind: 'break-glass', agentId, seq: undefined, reasons });
  return id;
};

const actedBy = async (
  ports: BreakGlassPorts,
  asker: AskerFacts,
  detail: NonNullable<NonNullable<EntryDraft['by']>['disclosures']['detail']>,
): Promise<NonNullable<EntryDraft['by']>> => ({
  agentId: asker.agentId,
  sealer: await ports.agentSealer(asker.agentId),
  disclosures: {
    agent: asker.agentId,
    role: asker.role,
    session: asker.sessionId,
    place: { team: asker.teamId ?? null, site: asker.siteId ?? null, vendor: asker.vendorId ?? null },
    detail,
  },
});

const draftEntry = async (
  ports: BreakGlassPorts,
  asker: AskerFacts,
  told: { ask: BreakGlassAsk; now: Instant; sealer: Sealer; durationMs: number },
): Promise<EntryDraft> => ({
  kind: 'break-glass/v1',
  at: told.now,
  about: {
    customerId: told.ask.customerId,
    sealer: told.sealer,
    disclosures: { action: 'break-glass', fields: [], reason: told.ask.reason },
  },
  by: await actedBy(ports, asker, { until: formatInstant(later(told.now, told.durationMs)) }),
});

const append = async (
  ports: BreakGlassPorts,
  {
    draft,
    asker,
    asking,
    alertId,
  }: { draft: EntryDraft; asker: AskerFacts; asking: Asking; alertId: AlertId },
): Promise<Appended> => {
  const { idempotencyKey } = asking.person;
  const { customerId, minutes } = asking.ask;
  const fingerprint = JSON.stringify(['break-glass', asker.sessionId, customerId, minutes ?? null]);
  try {
    const appended = await ports.ledger.append(
      draft,
      idempotencyKey === undefined ? {} : { idempotencyKey, fingerprint },
    );
    if (!appended.sameAsk || draft.at - appended.at > ports.limits.replayMs)
      throw new Fault('key-reused', 'the idempotency key stands for another ask, or for one long ago');
    return appended;
  } catch (thrown) {
    // Nothing was broken, so there is nothing to ring for. If the row cannot be taken back, it rings once too often.
    await ports.alerts.withdraw(alertId).catch(() => {});
    throw thrown;
  }
};

const takeEffect = async (
  ports: BreakGlassPorts,
  told: { appended: Appended; asker: AskerFacts; ask: BreakGlassAsk; durationMs: number; alertId: AlertId },
): Promise<GlassBroken> => {
  const { appended, asker, ask, durationMs, alertId } = told;
  const known = appended.repeated ? await ports.brokenGlass.findBySeq(appended.seq) : undefined;
  if (known) {
    await ports.alerts.withdraw(alertId);
    return { breakGlassId: known.id, seq: known.seq, endsAt: known.endsAt };
  }
  const endsAt = later(appended.at, durationMs);
  await ports.alerts.tie(alertId, appended.seq, [
    `The ${asker.role} ${asker.agentId} opened one customer without a case (break-glass), until ${formatInstant(endsAt)}.`,
    `Whom and why stands in entry ${appended.seq}.`,
  ]);
  const id = newId('breakGlass', ports.chance);
  await ports.brokenGlass.add({
    id,
    seq: appended.seq,
    agentId: asker.agentId,
    customerId: ask.customerId,
    startedAt: appended.at,
    endsAt,
  });
  // Waits for the alert, so that it has rung before anything is seen; a mail server that is down stops no rescue:
  // the row stays and is sent later.
  await ports.outbox.send(alertId);
  return { breakGlassId: id, seq: appended.seq, endsAt };
};

/** A refused try to see a customer, among all other refused tries. */
const refusedTry = async (
  ports: BreakGlassPorts,
  asker: AskerFacts,
  told: { ask: BreakGlassAsk; refusal: RefusalCode; now: Instant; sealer: Sealer | undefined },
): Promise<EntryDraft> => ({
  kind: 'denied/v1',
  at: told.now,
  ...(told.sealer
    ? {
        about: {
          customerId: told.ask.customerId,
          sealer: told.sealer,
          disclosures: { action: 'break-glass', fields: [] },
        },
      }
    : {}),
  by: await actedBy(ports, asker, { action: 'break-glass', refusal: told.refusal }),
  access: {
    action: 'view',
    outcome: 'refused',
    refusal: told.refusal,
    agentId: asker.agentId,
    sessionId: asker.sessionId,
    teamId: asker.teamId,
    siteId: asker.siteId,
    vendorId: asker.vendorId,
    customerId: told.sealer ? told.ask.customerId : undefined,
    caseId: undefined,
    viewId: undefined,
    fields: [],
    queueRef: undefined,
    topic: undefined,
    channel: undefined,
    initiatedBy: undefined,
    reasonMark: undefined,
  },
});
