import type { ErasingDoor } from './interfaces/http/erasing-door.ts';
import type { AgentId, CustomerId, SessionId } from './model/id.ts';
import { systemChance } from './platform/chance/system-chance.ts';
import { systemClock } from './platform/clock/system-clock.ts';
import type { Sealer } from './platform/keys/subject-key.ts';
import { logStoreOf } from './published-log.ts';
import { breakGlassReader } from './records/break-glass/break-glass-reader.ts';
import { breakGlassWriter } from './records/break-glass/break-glass-writer.ts';
import { erasureReader } from './records/erasure/erasure-reader.ts';
import { erasureWriter } from './records/erasure/erasure-writer.ts';
import { actorOf } from './records/facts/actor-of.ts';
import type { AskerFacts } from './records/facts/gather-facts.ts';
import { holdReader } from './records/hold/hold-reader.ts';
import { holdWriter } from './records/hold/hold-writer.ts';
import { jobRuns } from './records/job/job-runs.ts';
import type { Ledger } from './records/ledger/entry-draft.ts';
import { readEntryStanding } from './records/ledger/publish/ledger-standing.ts';
import { readTold } from './records/ledger/read-told.ts';
import type { CaseboundDatabase } from './records/schema/tables.ts';
import type { StorageSettings } from './settings.ts';
import { endBreakGlass, liveBreakGlass } from './workflows/break-glass/end-break-glass.ts';
import { type CertifyPorts, certify } from './workflows/erase/certify.ts';
import { erase } from './workflows/erase/erase.ts';
import type { ErasePorts } from './workflows/erase/erase-ports.ts';
import type { HoldPorts } from './workflows/hold/hold-ports.ts';
import { listHolds } from './workflows/hold/list-holds.ts';
import { liftHold, putHold } from './workflows/hold/put-hold.ts';

/** What erasing and holding stand on, in a server and on the command line. */
export interface ErasingParts {
  readonly db: CaseboundDatabase;
  readonly settings: StorageSettings;
  readonly ledger: Ledger;
  readonly agentSealer: (agentId: AgentId) => Promise<Sealer>;
}

const shared = ({ agentSealer, ledger }: ErasingParts) => ({
  clock: systemClock,
  chance: systemChance,
  ledger,
  agentSealer,
});

export const erasePortsOf = (parts: ErasingParts): ErasePorts => ({
  ...shared(parts),
  erasures: { ...erasureReader(parts.db), ...erasureWriter(parts.db) },
  readTold: (seq, sealer) => readTold(parts.db, { seq, subjectClass: 'actor' }, sealer),
});

export const holdPortsOf = (parts: ErasingParts): HoldPorts => ({
  ...shared(parts),
  holds: { ...holdReader(parts.db.kysely), ...holdWriter(parts.db.kysely) },
});

export const certifyPortsOf = ({ db, settings }: ErasingParts): CertifyPorts => ({
  erasures: erasureReader(db),
  publishedEntry: async (seq) => {
    const storeOf = (origin: string) => logStoreOf(settings, origin);
    const evidence = (await readEntryStanding({ db, storeOf }, seq))?.evidence;
    return evidence && { entry: evidence.entry.toString('latin1'), proof: evidence.proof };
  },
});

export interface ErasingDoorParts extends ErasingParts {
  readonly whoAsks: (sessionId: SessionId) => Promise<AskerFacts>;
  readonly sealerOf: (customerId: CustomerId) => Promise<Sealer | undefined>;
}

const erasuresListedMax = 200;

/** What the HTTP interface calls of all that destroys, and of what keeps it from destroying. */
export const erasingDoor = (parts: ErasingDoorParts): ErasingDoor => {
  const [erasing, holding, certifying] = [erasePortsOf(parts), holdPortsOf(parts), certifyPortsOf(parts)];
  const actor = async (sessionId: SessionId) => actorOf(await parts.whoAsks(sessionId));
  const store = parts.db.kysely;
  const ending = {
    ...shared(parts),
    brokenGlass: { ...breakGlassReader(store), ...breakGlassWriter(store) },
    sealerOf: parts.sealerOf,
  };
  return {
    erase: async (sessionId, ask) => erase(erasing, await actor(sessionId), ask),
    erasures: () => erasing.erasures.list(erasuresListedMax),
    certificate: (id) => certify(certifying, id),
    putHold: async ({ idempotencyKey, sessionId }, ask) =>
      putHold(holding, { actor: await actor(sessionId), idempotencyKey }, ask),
    liftHold: async (sessionId, ask) => liftHold(holding, await actor(sessionId), ask),
    holds: (ask) => listHolds(holding, ask),
    endBreakGlass: async (sessionId, id) => endBreakGlass(ending, await actor(sessionId), id),
    liveBreakGlass: () => liveBreakGlass(ending),
    jobs: () => jobRuns(parts.db).list(),
  };
};
