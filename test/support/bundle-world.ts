import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { DisclosureClass } from '../../src/analysis/tlog/bundle/statements.ts';
import {
  openCheckpoint,
  readCheckpoint,
  type SignedCheckpoint,
} from '../../src/analysis/tlog/checkpoint/checkpoint.ts';
import { formatNote } from '../../src/analysis/tlog/note/note.ts';
import { cosignText } from '../../src/analysis/tlog/note/signer-key.ts';
import { formatVerifierKey } from '../../src/analysis/tlog/note/verifier-key.ts';
import {
  type AgentId,
  type CaseId,
  type CustomerId,
  newId,
  newViewId,
  type SessionId,
} from '../../src/model/id.ts';
import { instantOf } from '../../src/model/instant.ts';
import { systemChance } from '../../src/platform/chance/system-chance.ts';
import { SimulatedClock } from '../../src/platform/clock/simulated-clock.ts';
import { keySealer, type Sealer } from '../../src/platform/keys/subject-key.ts';
import { FolderLogStore } from '../../src/platform/log-store/folder-log-store.ts';
import type { Appended } from '../../src/records/ledger/entry-draft.ts';
import { PostgresLedger } from '../../src/records/ledger/postgres-ledger.ts';
import { LedgerPublisher } from '../../src/records/ledger/publish/publisher.ts';
import { type ExportAsk, exportEvidence } from '../../src/workflows/export-evidence/export-evidence.ts';
import { freshDatabase } from './fresh-database.ts';
import { signerKeyOf } from './sample-log.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const tools = new Map(
  ['verify-plain.sh', 'verify.html'].map((name) => [
    `tools/${name}`,
    readFileSync(join(import.meta.dirname, '..', '..', 'verifier', name)),
  ]),
);

/** A small ledger with people in it, published, from which bundles are taken. */
export const bundleWorld = async () => {
  const { db, drop } = await freshDatabase();
  onTestFinished(drop);
  const clock = new SimulatedClock(instantOf(Date.UTC(2026, 10, 1)));
  const signer = signerKeyOf('ledger.example/acme/2026', 1, 1);
  const witness = signerKeyOf('witness.example', 4, 2);
  const store = new FolderLogStore(join(temporaryDirectory(), 'log'), systemChance);
  const ledger = new PostgresLedger({ db, chance: systemChance, onCommitted: () => undefined });
  const publisher = new LedgerPublisher({ db, store, signer, clock });
  onTestFinished(() => publisher.close());
  const sealers = new Map<string, Sealer>();
  const sealerOf = (id: string): Sealer => {
    const sealer = sealers.get(id) ?? keySealer(systemChance.bytes(32), systemChance);
    sealers.set(id, sealer);
    return sealer;
  };
  const people = {
    customers: Array.from({ length: 3 }, () => newId('customer', systemChance)),
    agents: Array.from({ length: 2 }, () => newId('agent', systemChance)),
    cases: Array.from({ length: 2 }, () => newId('case', systemChance)),
    view: newViewId(systemChance),
  };
  const view = (customerId: CustomerId, agentId: AgentId, caseId: CaseId): Promise<Appended> =>
    ledger.append({
      kind: 'access/v1',
      at: clock.now(),
      about: {
        customerId,
        sealer: sealerOf(customerId),
        disclosures: {
          action: 'view',
          case: caseId,
          fields: ['email', 'phone'],
          reason: 'Größe <script>alert(1)</script> “falsch” \u{1f600} $(id) `id` %s \\',
        },
      },
      by: { agentId, sealer: sealerOf(agentId), disclosures: { agent: agentId, role: 'agent' } },
      access: {
        action: 'reveal',
        outcome: 'permitted',
        refusal: undefined,
        agentId,
        sessionId: newId('session', systemChance) as SessionId,
        teamId: undefined,
        siteId: undefined,
        vendorId: undefined,
        customerId,
        caseId,
        viewId: people.view,
        fields: [],
        queueRef: undefined,
        topic: undefined,
        channel: undefined,
        initiatedBy: undefined,
        reasonMark: undefined,
      },
    });
  /** `count` accesses, an hour apart, by turns. */
  const fill = async (count: number): Promise<void> => {
    const { agents, cases, customers } = people;
    for (let at = 0; at < count; at += 1) {
      const pick = <T>(all: readonly T[]): T => all[at % all.length] as T;
      await view(pick(customers), pick(agents), pick(cases));
      if (at % 7 === 3) await ledger.append({ kind: 'config/v1', at: clock.now() });
      clock.advance(3_600_000);
    }
  };
  /** The newest head, cosigned by one witness. */
  const checkpointOver = async (): Promise<SignedCheckpoint> => {
    while ((await publisher.step()).did === 'published');
    const own = openCheckpoint((await store.read('checkpoint')) ?? Buffer.of(), signer.verifierKey);
    const cosignature = cosignText(own.note.text, 1_793_000_000, witness);
    const note = formatNote({ text: own.note.text, signatures: [...own.note.signatures, cosignature] });
    return readCheckpoint(Buffer.from(note));
  };
  const firstSeqOf = async (): Promise<number> =>
    (await db.pool.query<{ first_seq: number }>('select first_seq from ledger_publisher')).rows[0]
      ?.first_seq ?? 0;
  const exported = async (ask: Partial<ExportAsk> & Pick<ExportAsk, 'query'>) =>
    exportEvidence(
      {
        db,
        store,
        firstSeq: await firstSeqOf(),
        signer,
        clock,
        ledger,
        sealFor: async (id) => sealerOf(id),
        sealerOf: async (id) => sealers.get(id),
        openerOf: async (_: DisclosureClass, id) => sealers.get(id),
        tools,
        checkpointOver,
      },
      { shown: new Set(['customer'] as const), held: [], recipient: undefined, ...ask },
    );
  const key = formatVerifierKey(signer.verifierKey);
  const witnessKey = formatVerifierKey(witness.verifierKey);
  const policy = `log ${key}\nwitness w ${witnessKey}\nquorum w\n`;
  return {
    db,
    clock,
    ledger,
    store,
    signer,
    witness,
    sealers,
    people,
    fill,
    view,
    exported,
    checkpointOver,
    key,
    witnessKey,
    policy,
  };
};
