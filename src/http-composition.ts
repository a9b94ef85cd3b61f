import type { Logger } from 'pino';
import { erasingDoor } from './erasing.ts';
import type { OpenLedger, Rules, Storage } from './foundations.ts';
import {
  type HttpPorts,
  type LeadDoor,
  type MarkDoor,
  type TracingDoor,
  usualDoorLimits,
} from './interfaces/http/http-ports.ts';
import { pinoJournal } from './interfaces/http/journal.ts';
import { ledgerDoor } from './ledger-door.ts';
import type { Action } from './model/access.ts';
import { Fault } from './model/fault.ts';
import type { SessionId } from './model/id.ts';
import { formatInstant, later } from './model/instant.ts';
import { exposePlaintext } from './model/plain.ts';
import { systemChance } from './platform/chance/system-chance.ts';
import { systemClock } from './platform/clock/system-clock.ts';
import { openIdProvider } from './platform/identity/openid-provider.ts';
import { recentKeys } from './platform/keys/recent-keys.ts';
import { sendSignedWebhook } from './platform/outbound/signed-webhook.ts';
import { openAgentSealers } from './records/agent-keys/agent-sealers.ts';
import { AlertOutbox, type DeliverAlert } from './records/alert/alert-outbox.ts';
import { alertReader } from './records/alert/alert-reader.ts';
import { alertWriter } from './records/alert/alert-writer.ts';
import { approvalReader } from './records/approval/approval-reader.ts';
import { approvalWriter } from './records/approval/approval-writer.ts';
import { breakGlassReader } from './records/break-glass/break-glass-reader.ts';
import { breakGlassWriter } from './records/break-glass/break-glass-writer.ts';
import { caseReader } from './records/cases/case-reader.ts';
import { caseWriter } from './records/cases/case-writer.ts';
import { customerSealer } from './records/customer-keys/customer-sealer.ts';
import { directoryReader } from './records/directory/directory-reader.ts';
import { actorOf } from './records/facts/actor-of.ts';
import { factGatherer } from './records/facts/gather-facts.ts';
import { issuedViewReader } from './records/issued-views/issued-view-reader.ts';
import { leadRecords } from './records/lead/lead-records.ts';
import { actedBy } from './records/ledger/acted-by.ts';
import { readAccesses, readSize } from './records/ledger/read-accesses.ts';
import { recentSessions } from './records/session/recent-sessions.ts';
import { sessionLimits } from './records/session/session-limits.ts';
import { sessionReader } from './records/session/session-reader.ts';
import { sessionWriter } from './records/session/session-writer.ts';
import { traceRecords } from './records/trace/trace-records.ts';
import type { Settings } from './settings.ts';
import { threadedTracing } from './tracing.ts';
import type { ApprovePorts } from './workflows/approve/approve-ports.ts';
import { askApproval } from './workflows/approve/ask-approval.ts';
import { decideApproval } from './workflows/approve/decide-approval.ts';
import { listApprovals } from './workflows/approve/list-approvals.ts';
import { type BreakGlassPorts, breakGlass } from './workflows/break-glass/break-glass.ts';
import { changeStanding } from './workflows/change-standing/change-standing.ts';
import { drawField } from './workflows/mark-view/draw-field.ts';
import type { MarkingPorts } from './workflows/mark-view/marking-ports.ts';
import { reportAbsence } from './workflows/mark-view/report-absence.ts';
import { viewTile } from './workflows/mark-view/view-tile.ts';
import { photoReader } from './workflows/read-watermark/read-for-person.ts';
import { openLooking } from './workflows/reveal/looking.ts';
import type { ContactStarter, LookingPorts } from './workflows/reveal/looking-room.ts';
import { recordThrottled } from './workflows/reveal/record-throttled.ts';
import { weighLook } from './workflows/reveal/weigh-look.ts';
import { whoAsks } from './workflows/reveal/who-asks.ts';
import { takeCaseChange } from './workflows/take-case-change/take-case-change.ts';
import { readWebhookSecret } from './workflows/take-case-change/verify-case-webhook.ts';
import { openTracing } from './workflows/trace/ask-trace.ts';
import { takeFeedback } from './workflows/watch/take-feedback.ts';

/** The parts of a running gateway that its doors stand on. */
export interface Parts {
  readonly settings: Settings;
  readonly publicOrigin: string;
  readonly rules: Rules;
  readonly storage: Storage;
  readonly open: OpenLedger;
  readonly log: Logger;
}

/** How far back an agent sees what they asked approval for. */
const dayMs = 24 * 3_600_000;
/** Long enough for the looks of one conversation, a few megabytes of keys. */
const recentKeysLimits = { keptMax: 10_000, keptMs: 60_000 };
const webhookPorts = { clock: systemClock, chance: systemChance, answerMsMax: 5_000 };

const contactStarterOf = ({ contactWebhook }: Settings): ContactStarter => ({
  async start({ by, to, agentRef, caseRef }) {
    if (!contactWebhook) {
      const detail = 'No telephone system or mail gateway is connected to Casebound. Call the operator.';
      throw new Fault('contact-failed', 'CASEBOUND_CONTACT_WEBHOOK_URL is not set', { detail });
    }
    // The one other way out for a value besides the reveal: to the organisation's own dialler, not to the agent.
    const number = exposePlaintext(to);
    const payload = { type: 'contact.start', by, to: number, agent: agentRef, case: caseRef ?? null };
    await sendSignedWebhook(contactWebhook, webhookPorts, payload);
  },
});

/** Without a webhook an alert is delivered when it stands in the list that everyone on duty reads. */
const deliverAlertBy =
  ({ alertWebhook }: Settings): DeliverAlert =>
  async (alert) => {
    if (!alertWebhook) return;
    const payload = {
      type: 'alert.raised',
      id: alert.id,
      at: formatInstant(alert.at),
      kind: alert.kind,
      agent: alert.agentId ?? null,
      entry: alert.seq ?? null,
      reasons: alert.reasons,
    };
    await sendSignedWebhook(alertWebhook, webhookPorts, payload);
  };

const lookingPortsOf = ({ settings, rules, storage, open }: Parts): LookingPorts => ({
  ...rules,
  db: storage.db,
  facts: factGatherer(storage.db),
  keys: recentKeys(storage.keys, systemClock, recentKeysLimits),
  clock: systemClock,
  chance: systemChance,
  ledger: open.ledger,
  budgets: open.budgets,
  contactStarter: contactStarterOf(settings),
  agentSealer: openAgentSealers({ db: storage.db, keys: storage.keys, chance: systemChance }),
});

/** Leads of the watching, and what people say about them. */
const leadDoor = ({ storage }: Parts, looking: LookingPorts): LeadDoor => {
  const leads = leadRecords(storage.db.kysely, systemChance);
  const ports = { clock: systemClock, ledger: looking.ledger, leads, agentSealer: looking.agentSealer };
  return {
    async read(alertId) {
      const lead = await leads.find(alertId);
      if (!lead) throw new Fault('not-found', 'no such lead');
      return lead;
    },
    tell: async (sessionId, word) => takeFeedback(ports, actorOf(await whoAsks(looking, sessionId)), word),
  };
};

/** Whose account, and who is exposed. */
const tracingDoor = ({ settings, storage }: Parts, looking: LookingPorts): TracingDoor => {
  const tracing = openTracing({
    clock: systemClock,
    chance: systemChance,
    ledger: looking.ledger,
    traces: traceRecords(storage.db.kysely),
    agentSealer: looking.agentSealer,
    readSize: () => readSize(storage.db),
    ...threadedTracing(settings),
  });
  const actor = async (sessionId: SessionId) => actorOf(await whoAsks(looking, sessionId));
  return {
    ...tracing,
    ask: async (sessionId, reports) => tracing.ask(await actor(sessionId), reports),
    expose: async (sessionId, ask) => tracing.expose(await actor(sessionId), ask),
  };
};

/** The marks on views, and the reading of pictures. */
const markDoor = ({ storage, rules }: Parts, looking: LookingPorts, outbox: AlertOutbox): MarkDoor => {
  const views = issuedViewReader(storage.db.kysely);
  const shared = {
    clock: systemClock,
    ledger: looking.ledger,
    whoAsks: (sessionId: Parameters<ApprovePorts['whoAsks']>[0]) => whoAsks(looking, sessionId),
    agentSealer: looking.agentSealer,
  };
  const marking: MarkingPorts = {
    ...shared,
    chance: systemChance,
    catalogue: rules.catalogue,
    viewMaxMs: rules.limits.viewMaxMs,
    views,
    alerts: alertWriter(storage.db.kysely),
    outbox,
  };
  return {
    tile: (sessionId, ask) => viewTile(marking, sessionId, ask),
    draw: (field) => drawField(marking, field),
    reportAbsence: (sessionId, told) => reportAbsence(marking, sessionId, told),
    read: photoReader({
      ...shared,
      issued: views,
      actedBy: async (sessionId, detail) => {
        if (!sessionId) throw new Fault('not-signed-in', 'a reading through the door without a session');
        return actedBy(looking.agentSealer, actorOf(await shared.whoAsks(sessionId)), detail);
      },
    }),
  };
};

/** Approvals and break-glass: what lets a look besides the case. */
const exceptionDoors = (parts: Parts, looking: LookingPorts, outbox: AlertOutbox) => {
  const { kysely } = parts.storage.db;
  const shared = {
    clock: systemClock,
    chance: systemChance,
    ledger: looking.ledger,
    limits: looking.limits,
    whoAsks: (sessionId: Parameters<ApprovePorts['whoAsks']>[0]) => whoAsks(looking, sessionId),
    sealerOf: customerSealer(parts.storage),
    agentSealer: looking.agentSealer,
  };
  const approvals = { ...approvalReader(kysely), ...approvalWriter(kysely) };
  const approvePorts: ApprovePorts = {
    ...shared,
    approvals,
    weigh: (person, ask) => weighLook(looking, person, ask),
    whereabouts: (agentId) => directoryReader(kysely).agentById(agentId),
  };
  const glassPorts: BreakGlassPorts = {
    ...shared,
    brokenGlass: { ...breakGlassReader(kysely), ...breakGlassWriter(kysely) },
    alerts: alertWriter(kysely),
    outbox,
  };
  return {
    approvals: {
      ask: (person, ask) => askApproval(approvePorts, person, ask),
      decide: (person, decision) => decideApproval(approvePorts, person, decision),
      waiting: (person) => listApprovals(approvePorts, person),
      mine: (agentId) => approvals.askedBy(agentId, later(systemClock.now(), -dayMs)),
    },
    breakGlass: (person, ask) => breakGlass(glassPorts, { person, ask }),
  } satisfies Pick<HttpPorts, 'approvals' | 'breakGlass'>;
};

/** The routes whose tries are looks, and which look each is. Other throttled routes are no looks. */
const actionOfRoute: Readonly<Record<string, Action>> = {
  '/v1/lookups': 'lookup',
  '/v1/views': 'view',
  '/v1/views/:view/reveals': 'reveal',
  '/v1/views/:view/contacts': 'contact',
  '/v1/exports': 'export',
};

const signInDoor = ({
  settings,
  publicOrigin,
  storage,
  log,
}: Parts): Pick<HttpPorts, 'identity' | 'signInSealer'> => ({
  identity: openIdProvider(
    { ...settings.identity, callbackUrl: `${publicOrigin}/v1/sign-in/callback` },
    {
      chance: systemChance,
      onUnreachable: (ms) => log.warn(`the sign-in service cannot be reached; next try in ${ms} ms`),
    },
  ),
  signInSealer: storage.keys.sealerFor('sign-in'),
});

const sessionDoor = ({ rules, storage }: Parts): Pick<HttpPorts, 'sessions' | 'findRecentSession'> => {
  const limits = {
    ...sessionLimits,
    idleMs: rules.limits.sessionIdleMs,
    lifetimeMs: rules.limits.sessionMaxMs,
  };
  const sessions = sessionReader(storage.db, limits);
  return {
    sessions: { ...sessions, ...sessionWriter(storage.db.kysely, systemChance, limits) },
    findRecentSession: recentSessions(sessions),
  };
};

/** The outbox of alerts: what a crash left behind goes out at start. */
export const alertOutbox = ({ settings, storage, log }: Parts): AlertOutbox =>
  new AlertOutbox({
    alerts: { ...alertReader(storage.db.kysely), ...alertWriter(storage.db.kysely) },
    clock: systemClock,
    deliver: deliverAlertBy(settings),
    onFailed: (alertId) => log.warn({ alertId }, 'an alert could not be delivered; it will be tried again'),
  });

/** Puts everything together that the routes call. */
export const httpPorts = (parts: Parts, outbox: AlertOutbox): HttpPorts => {
  const { settings, publicOrigin, rules, storage, log } = parts;
  const { db, keys } = storage;
  const looking = lookingPortsOf(parts);
  const secrets = settings.caseWebhookSecrets.map((secret) => readWebhookSecret(exposePlaintext(secret)));
  const takePorts = { cases: caseWriter(db, systemChance), clock: systemClock, keys, secrets };
  const { ledger, agentSealer } = looking;
  const answers = () =>
    readSize(db).then(
      () => true,
      () => false,
    );
  return {
    settings: { publicOrigin, trustedProxies: settings.trustedProxies, limits: usualDoorLimits },
    clock: systemClock,
    chance: systemChance,
    journal: pinoJournal(log),
    health: { parts: async () => ({ database: await answers() }) },
    directory: directoryReader(db.kysely),
    looking: openLooking(looking),
    cases: caseReader(db),
    reasons: rules.reasons,
    takeCaseChange: (delivery) => takeCaseChange(takePorts, delivery),
    ledger: ledgerDoor(db, settings),
    erasing: erasingDoor({
      db,
      settings,
      ledger,
      agentSealer,
      whoAsks: (sessionId) => whoAsks(looking, sessionId),
      sealerOf: customerSealer(storage),
    }),
    marks: markDoor(parts, looking, outbox),
    leads: leadDoor(parts, looking),
    tracing: tracingDoor(parts, looking),
    readAccesses: (fromSeq, countMax) => readAccesses(db, fromSeq, countMax),
    changeStanding: (by, ask) =>
      changeStanding({ db, clock: systemClock, chance: systemChance, ledger, agentSealer }, by, ask),
    readAlerts: (countMax, before) => alertReader(db.kysely).newestFirst(countMax, before),
    onThrottled: async (sessionId, route, count) => {
      const action = actionOfRoute[route];
      if (action) await recordThrottled(looking, { sessionId, action, count });
    },
    ...sessionDoor(parts),
    ...signInDoor(parts),
    ...exceptionDoors(parts, looking, outbox),
  };
};
