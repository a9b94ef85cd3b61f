import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRetention, type RetentionPolicy } from './analysis/retention/parse-retention.ts';
import {
  type CertifiedErasure,
  readErasureCertificate,
  verifyErasureCertificate,
} from './analysis/tlog/certificate/erasure-certificate.ts';
import type { TrustPolicy } from './analysis/tlog/checkpoint/trust-policy.ts';
import { certifyPortsOf, type ErasingParts, erasePortsOf, holdPortsOf } from './erasing.ts';
import { openStorage, type Storage } from './foundations.ts';
import type { Actor } from './model/actor.ts';
import { Fault } from './model/fault.ts';
import { type ErasureId, parseId } from './model/id.ts';
import type { Refusal } from './model/refusal.ts';
import { systemChance } from './platform/chance/system-chance.ts';
import { systemClock } from './platform/clock/system-clock.ts';
import { keyRingRotation } from './platform/keys/key-ring-rotation.ts';
import { lockNumber } from './platform/postgres/advisory-locks.ts';
import { openAgentSealers } from './records/agent-keys/agent-sealers.ts';
import { directoryReader } from './records/directory/directory-reader.ts';
import type { ErasedSubject, ErasureBasis } from './records/erasure/erasure.ts';
import type { HoldCover } from './records/hold/hold.ts';
import { withJobLock } from './records/job/job-keeper.ts';
import { PostgresLedger } from './records/ledger/postgres-ledger.ts';
import { retentionWriter } from './records/retention/retention-writer.ts';
import { findByRef } from './records/vault/find-customers.ts';
import { WrappedKeyWriter } from './records/wrapped-keys/wrapped-key-writer.ts';
import type { StorageSettings } from './settings.ts';
import { certify } from './workflows/erase/certify.ts';
import { erase } from './workflows/erase/erase.ts';
import type { ErasureOutcome } from './workflows/erase/erase-ports.ts';
import type { HoldAsk, HoldPut, HoldShown, LiftAsk, LiftOutcome } from './workflows/hold/hold-ports.ts';
import { listHolds } from './workflows/hold/list-holds.ts';
import { liftHold, putHold } from './workflows/hold/put-hold.ts';
import { type Purged, type PurgePlan, type PurgePorts, planPurge, purge } from './workflows/purge/purge.ts';
import { type RewrapPorts, type Rewrapped, rewrap } from './workflows/rewrap/rewrap.ts';

type Progress = (done: number, about: number) => void;

/** What a hold is put on, as the operator names it. */
export type CoverTold =
  | { readonly scope: 'customer' | 'agent' | 'case'; readonly name: string }
  | Extract<HoldCover, { scope: 'range' }>;

/** Erasing, holding, purging and rewrapping from the command line, beside a running server or without one. */
export interface Keeping {
  /** `by` is the directory's reference of who decided. */
  erase(ask: {
    readonly subjectClass: ErasedSubject['subjectClass'];
    /** Our id, or the organisation's own reference. */
    readonly name: string;
    readonly request: string;
    readonly basis: ErasureBasis;
    readonly by: string;
  }): Promise<ErasureOutcome | Refusal>;
  certificate(id: ErasureId): Promise<string>;
  putHold(
    ask: Omit<HoldAsk, 'cover'> & { readonly cover: CoverTold; readonly by: string },
  ): Promise<HoldPut | Refusal>;
  /** Asks for it; somebody else confirms it in the console. */
  askLift(ask: LiftAsk & { readonly by: string }): Promise<LiftOutcome | Refusal>;
  holds(ended: boolean): Promise<readonly HoldShown[]>;
  planPurge(): Promise<PurgePlan>;
  /** Undefined while a server is at it. */
  purge(onProgress: Progress): Promise<Purged | undefined>;
  rewrap(onProgress: Progress, stop: AbortSignal): Promise<Rewrapped>;
  close(): Promise<void>;
}

/**
 * Reads the retention policy of this folder; an older folder of policies without one has the program's own.
 * @throws Fault with one line that names the file, the line and the fix
 */
export const readRetention = async (policyDir: string): Promise<RetentionPolicy> => {
  const usual = join(import.meta.dirname, '..', 'policy', 'retention.yaml');
  const path = join(policyDir, 'retention.yaml');
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return readFile(usual, 'utf8');
    throw new Fault('unprocessable', `${path} cannot be read (${cause.code}): check it`, { cause });
  });
  return parseRetention(text);
};

/** What purging and rewrapping stand on. */
export const purgePortsOf = (parts: ErasingParts, retention: RetentionPolicy): PurgePorts => ({
  clock: systemClock,
  ledger: parts.ledger,
  agentSealer: parts.agentSealer,
  retention,
  records: retentionWriter(parts.db),
});

export const rewrapPortsOf = (parts: ErasingParts, keys: Storage['keys']): RewrapPorts => ({
  clock: systemClock,
  chance: systemChance,
  keys,
  rotation: keyRingRotation({
    file: join(parts.settings.dataDir, 'keys', 'key-ring'),
    chance: systemChance,
    ring: keys,
  }),
  ledger: parts.ledger,
  agentSealer: parts.agentSealer,
  openWriter: () => WrappedKeyWriter.open(parts.db),
});

const nobody = (what: string, name: string): Fault =>
  new Fault('unprocessable', `there is no ${what} ${name}: write our id or your own reference`);

/** Finds who is meant, by our id or by the organisation's reference. */
const finders = ({ db, keys }: Storage) => {
  const directory = directoryReader(db.kysely);
  return {
    async agent(name: string) {
      const id = parseId('agent', name);
      const agent = await (id ? directory.agentById(id) : directory.agentByRef(name));
      if (!agent) throw nobody('agent', name);
      return agent;
    },
    async customer(name: string) {
      const id = parseId('customer', name) ?? (await findByRef({ db, keys }, name));
      if (!id) throw nobody('customer', name);
      return id;
    },
    async matter(name: string) {
      const row = await db.kysely
        .selectFrom('support_case')
        .select('id')
        .where((is) => is.or([is('ref', '=', name), is('id', '=', name as never)]))
        .executeTakeFirst();
      if (!row) throw nobody('case', name);
      return row.id;
    },
  };
};

/**
 * Opens the records for the commands that destroy, or keep from destroying.
 * @throws Fault with one line for the operator
 */
export const openKeeping = async (settings: StorageSettings): Promise<Keeping> => {
  const storage = await openStorage(settings, { share: true });
  const { db, keys } = storage;
  const ledger = new PostgresLedger({ db, chance: systemChance, onCommitted: () => {} });
  const agentSealer = openAgentSealers({ db, keys, chance: systemChance });
  const parts: ErasingParts = { db, settings, ledger, agentSealer };
  const find = finders(storage);
  const actorNamed = async (name: string): Promise<Actor> => {
    const { active, id: agentId, role, siteId, teamId, vendorId } = await find.agent(name);
    return { agentId, role, active, teamId, siteId, vendorId, session: undefined };
  };
  const coverOf = async (cover: CoverTold): Promise<HoldCover> => {
    if (cover.scope === 'range') return cover;
    if (cover.scope === 'customer') return { scope: 'customer', id: await find.customer(cover.name) };
    if (cover.scope === 'agent') return { scope: 'agent', id: (await find.agent(cover.name)).id };
    return { scope: 'case', id: await find.matter(cover.name) };
  };
  const purgePorts = async () => purgePortsOf(parts, await readRetention(settings.policyDir));
  return {
    async erase({ basis, by, name, request, subjectClass }) {
      const subject: ErasedSubject =
        subjectClass === 'customer'
          ? { subjectClass, id: await find.customer(name) }
          : { subjectClass, id: (await find.agent(name)).id };
      return erase(erasePortsOf(parts), await actorNamed(by), { subject, request, basis });
    },
    certificate: (id) => certify(certifyPortsOf(parts), id),
    putHold: async ({ by, cover, reason, until }) =>
      putHold(
        holdPortsOf(parts),
        { actor: await actorNamed(by), idempotencyKey: undefined },
        { cover: await coverOf(cover), reason, until },
      ),
    askLift: async ({ by, holdId, reason }) =>
      liftHold(holdPortsOf(parts), await actorNamed(by), { holdId, reason }),
    holds: (ended) => listHolds(holdPortsOf(parts), { ended }),
    planPurge: async () => planPurge(await purgePorts()),
    purge: (onProgress) =>
      withJobLock(db, lockNumber.purge, async () => purge({ ...(await purgePorts()), onProgress })),
    rewrap: (onProgress, stop) => rewrap({ ...rewrapPortsOf(parts, keys), onProgress, stop }),
    async close() {
      await ledger.drained();
      await storage.close();
    },
  };
};

/** Checks a certificate file with what the reader trusts; needs no database and no network. @throws Fault */
export const verifyCertificateFile = async (file: string, policy: TrustPolicy): Promise<CertifiedErasure> => {
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new Fault('unprocessable', `${file} cannot be read (${cause.code}): check the path`, { cause });
  });
  return verifyErasureCertificate(readErasureCertificate(bytes), policy);
};
