import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AgentId,
  type CaseId,
  type CustomerId,
  newId,
  newViewId,
  type SessionId,
} from '../../src/model/id.ts';
import { systemChance } from '../../src/platform/chance/system-chance.ts';
import { systemClock } from '../../src/platform/clock/system-clock.ts';
import { type Sealer, SubjectKey } from '../../src/platform/keys/subject-key.ts';
import { startEmbedded } from '../../src/platform/postgres/embedded-server.ts';
import type { EntryDraft } from '../../src/records/ledger/entry-draft.ts';
import { PostgresLedger } from '../../src/records/ledger/postgres-ledger.ts';
import { openCaseboundDatabase } from '../../src/records/schema/open-casebound-database.ts';

/** An embedded database and a folder of its own among the temporary files; `close` removes both. */
export const openGround = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'casebound-bench-'));
  // As root the database runs as another account, which has to be able to enter.
  chmodSync(folder, 0o755);
  const embedded = await startEmbedded({ dataDir: join(folder, 'postgres'), share: false });
  const db = await openCaseboundDatabase(embedded.connection, systemClock.now());
  const ledger = new PostgresLedger({ db, chance: systemChance, onCommitted: () => undefined });
  return {
    db,
    folder,
    ledger,
    async close() {
      await db.close();
      await embedded.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const peopleOf = <Id extends CustomerId | AgentId>(
  count: number,
  make: () => Id,
): { id: Id; sealer: Sealer }[] =>
  Array.from({ length: count }, () => ({
    id: make(),
    sealer: SubjectKey.generate(systemChance).sealer('ledger'),
  }));

/** Full entries: an access with all that its customer and its agent may be shown, 12 digests, sealed under two keys. */
export const fullDrafts = () => {
  const customers = peopleOf(5_000, () => newId('customer', systemChance));
  const agents = peopleOf(200, () => newId('agent', systemChance));
  const caseId: CaseId = newId('case', systemChance);
  const sessionId: SessionId = newId('session', systemChance);
  let made = 0;
  const draft = (): EntryDraft => {
    made += 1;
    const customer = customers[(made * 7_919) % customers.length];
    const agent = agents[made % agents.length];
    if (!customer || !agent) throw new Error('people');
    return {
      kind: 'access/v1',
      at: systemClock.now(),
      about: {
        customerId: customer.id,
        sealer: customer.sealer,
        disclosures: {
          action: 'reveal',
          case: caseId,
          fields: ['email', 'phone', 'address'],
          purpose: { topic: 'card_not_working', initiated_by: 'customer' },
          reason: 'the customer asks where the new card was sent',
        },
      },
      by: {
        agentId: agent.id,
        sealer: agent.sealer,
        disclosures: {
          agent: agent.id,
          role: 'agent',
          session: sessionId,
          place: { team: 'tea_0123456789ABCDEFGHIJKL', site: 'sit_0123456789ABCDEFGHIJKL', vendor: null },
          detail: { view: '0123456789ab' },
        },
      },
      access: {
        action: 'reveal',
        outcome: 'permitted',
        refusal: undefined,
        agentId: agent.id,
        sessionId,
        teamId: undefined,
        siteId: undefined,
        vendorId: undefined,
        customerId: customer.id,
        caseId,
        viewId: newViewId(systemChance),
        fields: [],
        queueRef: undefined,
        topic: 'card_not_working',
        channel: 'phone',
        initiatedBy: 'customer',
        reasonMark: undefined,
      },
    };
  };
  return { draft, customers };
};

export const row = (name: string, value: string): string => `${name.padEnd(52)} ${value}`;

export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

export const spread = (values: readonly number[], unit: string): string => {
  const sorted = values.toSorted((left, right) => left - right);
  const told = [0.5, 0.99, 1].map((share) => quantile(sorted, share).toFixed(1));
  return `p50 ${told[0]}, p99 ${told[1]}, most ${told[2]} ${unit} (${sorted.length})`;
};
