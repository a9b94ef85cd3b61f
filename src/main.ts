import { createServer } from 'node:net';
import { type Logger, pino } from 'pino';
import { openLedger, openStorage, readRules } from './foundations.ts';
import { alertOutbox, httpPorts, type Parts } from './http-composition.ts';
import { buildServer } from './interfaces/http/server.ts';
import { keepJobs } from './jobs.ts';
import type { Fault } from './model/fault.ts';
import { systemChance } from './platform/chance/system-chance.ts';
import { systemClock } from './platform/clock/system-clock.ts';
import { keepPublishing } from './published-log.ts';
import { openAgentSealers } from './records/agent-keys/agent-sealers.ts';
import type { AlertOutbox } from './records/alert/alert-outbox.ts';
import { ensurePartitions } from './records/schema/partitions.ts';
import type { Settings } from './settings.ts';
import { keepWatching } from './watching.ts';

/** What repeats while the server runs: partitions ahead of time, what other processes committed, alerts that wait. */
const keepUp = ({ storage: { db }, open: { sequence }, log }: Parts, outbox: AlertOutbox): (() => void) => {
  const partitions = setInterval(() => {
    ensurePartitions(db, systemClock.now()).catch(() =>
      log.error('partitions could not be made; trying again'),
    );
  }, 600_000);
  const sequencePoll = setInterval(() => void sequence.catchUp().catch(() => {}), 500);
  const alertSweep = setInterval(() => void outbox.sweep({ onStart: false }).catch(() => {}), 5_000);
  return () => {
    clearInterval(alertSweep);
    clearInterval(partitions);
    clearInterval(sequencePoll);
  };
};

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
    const parts = { settings, publicOrigin: origin, rules, storage, open, log };
    const outbox = alertOutbox(parts);
    const server = buildServer(httpPorts(parts, outbox));
    await outbox.sweep({ onStart: true });
    const stopKeepingUp = keepUp(parts, outbox);
    const stopPublishing = keepPublishing(storage.db, settings, {
      onKey: (vkey) => log.info(`the ledger's key, for whoever checks it: ${vkey}`),
      onFault: (fault) => log.error(`the ledger is not published: ${fault.message}`),
      onWitness: (name, problem) =>
        problem === undefined
          ? log.info(`witness ${name} cosigns again`)
          : log.warn(`witness ${name} does not cosign: ${problem}`),
      onTimestamps: (problem) =>
        problem === undefined
          ? log.info('the timestamp service stamps again')
          : log.warn(`the timestamp service does not stamp: ${problem}`),
    });
    const { db, keys } = storage;
    const stopJobs = keepJobs({
      db,
      keys,
      settings,
      ledger: open.ledger,
      agentSealer: openAgentSealers({ db, keys, chance: systemChance }),
      outbox,
      log,
    });
    await server.listen({ host: settings.host, port });
    const stopWatching = keepWatching(settings, {
      onLead: (alertId) => void outbox.send(alertId),
      onTrouble: (trouble) => log.error(`the watching of accesses has stopped: ${trouble}`),
    });
    return {
      url: origin,
      failed: storage.failed,
      async stop() {
        stopKeepingUp();
        await stopWatching();
        await server.close();
        await stopJobs();
        await open.ledger.drained();
        await stopPublishing();
        await storage.close();
      },
    };
  } catch (thrown) {
    await storage.close();
    throw thrown;
  }
};
