import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { BudgetWindows } from './analysis/budget/budget-windows.ts';
import { type Limits, parseLimits } from './analysis/budget/limits.ts';
import type { FieldCatalogue } from './analysis/catalogue/field-catalogue.ts';
import { parseCatalogue } from './analysis/catalogue/parse-catalogue.ts';
import { createPolicy, type LoadedPolicy } from './analysis/policy/create-policy.ts';
import { parseReasonList, type ReasonList } from './analysis/reason/reason-list.ts';
import { type HttpPorts, usualDoorLimits } from './interfaces/http/http-ports.ts';
import { pinoJournal } from './interfaces/http/journal.ts';
import { buildServer } from './interfaces/http/server.ts';
import type { Action } from './model/access.ts';
import { Fault } from './model/fault.ts';
import { later } from './model/instant.ts';
import { exposePlaintext } from './model/plain.ts';
import { systemChance } from './platform/chance/system-chance.ts';
import { systemClock } from './platform/clock/system-clock.ts';
import { openIdProvider } from './platform/identity/openid-provider.ts';
import type { KeyRing } from './platform/keys/key-ring.ts';
import { openKeyRingFile } from './platform/keys/key-ring-file.ts';
import { sendSignedWebhook } from './platform/outbound/signed-webhook.ts';
import { startEmbedded } from './platform/postgres/embedded-server.ts';
import { openAgentSealers } from './records/agent-keys/agent-sealers.ts';
import { caseReader } from './records/cases/case-reader.ts';
import { caseWriter } from './records/cases/case-writer.ts';
import { directoryReader } from './records/directory/directory-reader.ts';
import { AccessSequence } from './records/ledger/access-sequence.ts';
import { PostgresLedger } from './records/ledger/postgres-ledger.ts';
import { accessesSince, readAccesses, readSize } from './records/ledger/read-accesses.ts';
import { openCaseboundDatabase } from './records/schema/open-casebound-database.ts';
import { ensurePartitions } from './records/schema/partitions.ts';
import type { CaseboundDatabase } from './records/schema/tables.ts';
import { recentSessions } from './records/session/recent-sessions.ts';
import { sessionLimits } from './records/session/session-limits.ts';
import { sessionReader } from './records/session/session-reader.ts';
import { sessionWriter } from './records/session/session-writer.ts';
import { openBoundKeys } from './records/vault/key-ring-binding.ts';
import type { Settings } from './settings.ts';
import { openLooking } from './workflows/reveal/looking.ts';
import type { ContactStarter, LookingPorts } from './workflows/reveal/looking-room.ts';
import { recordThrottled } from './workflows/reveal/record-throttled.ts';
import { takeCaseChange } from './workflows/take-case-change/take-case-change.ts';
import { readWebhookSecret } from './workflows/take-case-change/verify-case-webhook.ts';

/** The rule files, read and checked. */
export interface Rules {
  readonly catalogue: FieldCatalogue;
  readonly limits: Limits;
  readonly reasons: ReasonList;
  readonly policy: LoadedPolicy;
}

/** Reads the policy folder. @throws Fault with one line that names the file, the line and the fix. */
export const readRules = async (policyDir: string): Promise<Rules> => {
  const read = (name: string): Promise<string> => readFile(join(policyDir, name), 'utf8');
  const catalogue = parseCatalogue(await read('fields.yaml'));
  return {
    catalogue,
    limits: parseLimits(await read('limits.yaml')),
    reasons: parseReasonList(await read('reasons.yaml'), catalogue.topics),
    policy: createPolicy({
      schemaText: await read('schema.cedarschema'),
      rulesText: await read('access.cedar'),
    }),
  };
};

/** What every command that works on the records stands on. */
export interface Storage {
  readonly db: CaseboundDatabase;
  readonly keys: KeyRing;
  /** Resolves, if ever, with why the database is given up: whoever serves should then end. */
  readonly failed: Promise<Fault>;
  close(): Promise<void>;
}

type StorageSettings = Pick<Settings, 'dataDir' | 'databaseUrl'>;

/**
 * Opens database and keys. `share` is for commands that work beside a running server: they use its database and
 * leave it running.
 * @throws Fault `storage-unusable`, `storage-down`, `storage-full` or `vault-closed`, with one line for the operator
 */
export const openStorage = async (
  settings: StorageSettings,
  { share }: { share: boolean },
): Promise<Storage> => {
  const embedded = settings.databaseUrl
    ? undefined
    : await startEmbedded({ dataDir: join(settings.dataDir, 'postgres'), share });
  try {
    const connection = settings.databaseUrl
      ? ({ kind: 'url', url: settings.databaseUrl } as const)
      : embedded?.connection;
    if (!connection) throw new Fault('bug', 'neither an external nor an embedded database');
    const db = await openCaseboundDatabase(connection, systemClock.now(), {
      steadyPlans: !share,
      ...(embedded ? { whyDown: () => embedded.whyDown() } : {}),
    });
    const file = join(settings.dataDir, 'keys', 'key-ring');
    const keys = await openBoundKeys(db, (neededKeyIds) =>
      openKeyRingFile({ file, chance: systemChance, neededKeyIds }),
    );
    return {
      db,
      keys,
      failed: embedded?.failed ?? new Promise(() => {}),
      async close() {
        await db.close();
        await embedded?.stop();
      },
    };
  } catch (thrown) {
    await embedded?.stop();
    throw thrown;
  }
};

/** The ledger with all that follows it in this process. */
export interface OpenLedger {
  readonly ledger: PostgresLedger;
  readonly sequence: AccessSequence;
  readonly budgets: BudgetWindows;
}

/** No budget looks further back than the longest shift. */
const budgetMemoryMs = 28 * 3_600_000;
const pageMax = 5_000;

/** Opens the ledger and rebuilds what follows it from the sequence itself. */
export const openLedger = async (db: CaseboundDatabase, limits: Limits): Promise<OpenLedger> => {
  const budgets = new BudgetWindows(limits);
  const next = await readSize(db);
  for await (const page of accessesSince(db, later(systemClock.now(), -budgetMemoryMs), pageMax)) {
    for (const access of page) if (access.seq < next) budgets.apply(access);
  }
  const sequence = new AccessSequence(db, next);
  sequence.subscribe((accesses) => {
    for (const access of accesses) budgets.apply(access);
  });
  const ledger = new PostgresLedger({
    db,
    chance: systemChance,
    onCommitted: (committed) => sequence.offer(committed),
  });
  return { ledger, sequence, budgets };
};

const contactAnswerMsMax = 5_000;

const contactStarterOf = ({ contactWebhook }: Settings): ContactStarter => ({
  async start({ by, to, agentRef, caseRef }) {
    if (!contactWebhook) {
      const detail = 'No telephone system or mail gateway is connected to Casebound. Call the operator.';
      throw new Fault('contact-failed', 'CASEBOUND_CONTACT_WEBHOOK_URL is not set', { detail });
    }
    // The one other way out for a value besides the reveal: to the organisation's own dialler, not to the agent.
    const payload = {
      type: 'contact.start',
      by,
      to: exposePlaintext(to),
      agent: agentRef,
      case: caseRef ?? null,
    };
    const ports = { clock: systemClock, chance: systemChance, answerMsMax: contactAnswerMsMax };
    await sendSignedWebhook(contactWebhook, ports, payload);
  },
});

/** What repeats while the server runs: partitions ahead of time, and what other processes committed. */
const keepUp = (db: CaseboundDatabase, sequence: AccessSequence, log: Logger): (() => void) => {
  const partitions = setInterval(() => {
    ensurePartitions(db, systemClock.now()).catch(() =>
      log.error('partitions could not be made; trying again'),
    );
  }, 600_000);
  const sequencePoll = setInterval(() => void sequence.catchUp().catch(() => {}), 500);
  return () => {
    clearInterval(partitions);
    clearInterval(sequencePoll);
  };
};

interface Parts {
  readonly rules: Rules;
  readonly storage: Storage;
  readonly open: OpenLedger;
  readonly log: Logger;
}

const lookingPortsOf = (settings: Settings, { rules, storage, open }: Parts): LookingPorts => ({
  ...rules,
  db: storage.db,
  keys: storage.keys,
  clock: systemClock,
  chance: systemChance,
  ledger: open.ledger,
  budgets: open.budgets,
  contactStarter: contactStarterOf(settings),
  agentSealer: openAgentSealers({ db: storage.db, keys: storage.keys, chance: systemChance }),
});

/** The routes whose tries are looks, and which look each is. Other throttled routes are no looks. */
const actionOfRoute: Readonly<Record<string, Action>> = {
  '/v1/lookups': 'lookup',
  '/v1/views': 'view',
  '/v1/views/:view/reveals': 'reveal',
  '/v1/views/:view/contacts': 'contact',
  '/v1/exports': 'export',
};

const httpPorts = (settings: Settings, publicOrigin: string, parts: Parts): HttpPorts => {
  const { rules, storage, log } = parts;
  const { db, keys } = storage;
  const lookingPorts = lookingPortsOf(settings, parts);
  const limits = {
    ...sessionLimits,
    idleMs: rules.limits.sessionIdleMs,
    lifetimeMs: rules.limits.sessionMaxMs,
  };
  const sessions = sessionReader(db, limits);
  const takePorts = {
    cases: caseWriter(db, systemChance),
    clock: systemClock,
    keys,
    secrets: settings.caseWebhookSecrets.map((secret) => readWebhookSecret(exposePlaintext(secret))),
  };
  return {
    settings: { publicOrigin, trustedProxies: settings.trustedProxies, limits: usualDoorLimits },
    clock: systemClock,
    chance: systemChance,
    journal: pinoJournal(log),
    health: { parts: async () => ({ database: await answers(db) }) },
    sessions: { ...sessions, ...sessionWriter(db.kysely, systemChance, limits) },
    findRecentSession: recentSessions(sessions),
    directory: directoryReader(db.kysely),
    identity: openIdProvider(
      { ...settings.identity, callbackUrl: `${publicOrigin}/v1/sign-in/callback` },
      {
        chance: systemChance,
        onUnreachable: (ms) => log.warn(`the sign-in service cannot be reached; next try in ${ms} ms`),
      },
    ),
    signInSealer: keys.sealerFor('sign-in'),
    looking: openLooking(lookingPorts),
    cases: caseReader(db),
    reasons: rules.reasons,
    takeCaseChange: (delivery) => takeCaseChange(takePorts, delivery),
    readAccesses: (fromSeq, countMax) => readAccesses(db, fromSeq, countMax),
    onThrottled: async (sessionId, route, count) => {
      const action = actionOfRoute[route];
      if (action) await recordThrottled(lookingPorts, { sessionId, action, count });
    },
  };
};

const answers = (db: CaseboundDatabase): Promise<boolean> =>
  readSize(db).then(
    () => true,
    () => false,
  );

/** A port that is free now: the sign-in's callback address has to be known before anything listens. */
const freePort = (host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, host, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

export interface Running {
  readonly url: string;
  readonly failed: Promise<Fault>;
  stop(): Promise<void>;
}

/**
 * Starts the gateway and resolves when it answers.
 * @throws Fault with one line for the operator
 */
export const startCasebound = async (settings: Settings, log: Logger = pino()): Promise<Running> => {
  const rules = await readRules(settings.policyDir);
  const storage = await openStorage(settings, { share: false });
  try {
    const open = await openLedger(storage.db, rules.limits);
    const port = settings.port || (await freePort(settings.host));
    const origin = settings.publicOrigin ?? `http://${settings.host}:${port}`;
    const server = buildServer(httpPorts(settings, origin, { rules, storage, open, log }));
    const stopKeepingUp = keepUp(storage.db, open.sequence, log);
    await server.listen({ host: settings.host, port });
    return {
      url: origin,
      failed: storage.failed,
      async stop() {
        stopKeepingUp();
        await server.close();
        await open.ledger.drained();
        await storage.close();
      },
    };
  } catch (thrown) {
    await storage.close();
    throw thrown;
  }
};
