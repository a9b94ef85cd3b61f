/**
 * A vault with customers and a ledger with entries about them, on a database of one's own: for tests and benchmarks
 * of what destroys.
 */
import type { Actor } from '../../src/model/actor.ts';
import { isFault } from '../../src/model/fault.ts';
import type { FieldName } from '../../src/model/field.ts';
import {
  type AgentId,
  type CaseId,
  type CustomerId,
  newId,
  newViewId,
  type SessionId,
} from '../../src/model/id.ts';
import { formatInstant, type Instant, instantOf, later } from '../../src/model/instant.ts';
import { isRefusal } from '../../src/model/refusal.ts';
import type { Role } from '../../src/model/role.ts';
import { systemChance } from '../../src/platform/chance/system-chance.ts';
import { SimulatedClock } from '../../src/platform/clock/simulated-clock.ts';
import { generateRing, KeyRing } from '../../src/platform/keys/key-ring.ts';
import { SubjectKey } from '../../src/platform/keys/subject-key.ts';
import { openAgentSealers } from '../../src/records/agent-keys/agent-sealers.ts';
import { erasureReader } from '../../src/records/erasure/erasure-reader.ts';
import { erasureWriter } from '../../src/records/erasure/erasure-writer.ts';
import type { EntryDraft } from '../../src/records/ledger/entry-draft.ts';
import { PostgresLedger } from '../../src/records/ledger/postgres-ledger.ts';
import { readTold } from '../../src/records/ledger/read-told.ts';
import type { CaseboundDatabase } from '../../src/records/schema/tables.ts';
import { sealCustomer } from '../../src/records/vault/seal-customer.ts';
import type { ErasePorts } from '../../src/workflows/erase/erase-ports.ts';

const chance = systemChance;

export const groundStart: Instant = instantOf(Date.UTC(2026, 10, 23, 9));

export class ErasureGround {
  readonly db: CaseboundDatabase;
  readonly keys: KeyRing;
  readonly clock = new SimulatedClock(groundStart);
  readonly ledger: PostgresLedger;
  readonly agentSealer: (agentId: AgentId) => Promise<ReturnType<SubjectKey['sealer']>>;

  constructor(db: CaseboundDatabase, keys: KeyRing = new KeyRing(generateRing(chance), chance)) {
    this.db = db;
    this.keys = keys;
    this.ledger = new PostgresLedger({ db, chance, onCommitted: () => {} });
    this.agentSealer = openAgentSealers({ db, keys, chance });
  }

  get ports(): ErasePorts {
    return {
      clock: this.clock,
      chance,
      ledger: this.ledger,
      erasures: { ...erasureReader(this.db), ...erasureWriter(this.db) },
      agentSealer: this.agentSealer,
      readTold: (seq, sealer) => readTold(this.db, { seq, subjectClass: 'actor' }, sealer),
    };
  }

  /** A person of the directory, with a row and a session that is live. */
  async person(role: Role, state: 'active' | 'left' = 'active'): Promise<Actor> {
    const agentId = newId('agent', chance);
    await this.db.pool.query(
      `insert into agent (id, ref, subject, name, role, state) values ($1, $2, $3, 'Some Body', $4, $5)`,
      [agentId, `ref-${agentId}`, `sub-${agentId}`, role, state],
    );
    const id: SessionId = newId('session', chance);
    return {
      agentId,
      role,
      active: state === 'active',
      teamId: undefined,
      siteId: undefined,
      vendorId: undefined,
      session: { id, live: true },
    };
  }

  /** A customer with two sealed fields, three ways to be found, and a case that the desk tied to them. */
  async customer(ref: string = newId('customer', chance)): Promise<{
    readonly id: CustomerId;
    readonly caseId: CaseId;
    readonly ref: string;
    readonly key: SubjectKey;
  }> {
    const [id, caseId] = [newId('customer', chance), newId('case', chance)];
    const key = SubjectKey.generate(chance);
    const field = (name: string) => ({ name: name as FieldName, class: 'personal', mask: 'hidden' }) as never;
    const { masks, sealed } = sealCustomer({
      customerId: id,
      key,
      catalogueVersion: '1',
      values: [
        [field('name'), 'Rosa Miller'],
        [field('email'), 'rosa@example.com'],
      ],
    });
    const { wrapped, wrappingKeyId } = await this.keys.wrap(key, id);
    const refHash = this.keys.hash('customer-ref', ref);
    const run = (text: string, values: unknown[]) => this.db.pool.query(text, values);
    await run(
      `insert into customer (id, ref_hash, catalogue_version, masks, sealed, updated_at)
       values ($1, $2, '1', $3, $4, now())`,
      [id, refHash, masks, sealed],
    );
    await run('insert into keys.customer_key (customer_id, wrapping_key_id, wrapped) values ($1, $2, $3)', [
      id,
      wrappingKeyId,
      wrapped,
    ]);
    for (const kind of ['email', 'phone', 'account'] as const)
      await run('insert into lookup_hash (kind, hash, customer_id) values ($1, $2, $3)', [
        kind,
        this.keys.hash(kind, ref),
        id,
      ]);
    const at = formatInstant(groundStart);
    await run(
      `insert into support_case (id, ref, open, customer_ref_hash, opened_at, closed_at, last_change_at)
       values ($1, $2, false, $3, $4, $4, $4)`,
      [caseId, `CASE-${caseId}`, refHash, at],
    );
    await run(
      `insert into case_change (message_id, case_ref, kind, at, received_at, customer_ref_hash)
       values ($1, $2, 'opened', $3, $3, $4)`,
      [`m-${caseId}`, `CASE-${caseId}`, at, refHash],
    );
    return { id, caseId, ref, key };
  }

  /** A view of one customer by one agent, as an entry, an access and a view that may be worked in. */
  draft(
    about: { readonly id: CustomerId; readonly caseId: CaseId; readonly key: SubjectKey },
    by: { readonly agentId: AgentId; readonly sealer: ReturnType<SubjectKey['sealer']> },
    atMs = 0,
  ): EntryDraft {
    return {
      kind: 'access/v1',
      at: later(groundStart, atMs),
      about: {
        customerId: about.id,
        sealer: about.key.sealer('ledger'),
        disclosures: { action: 'view', case: about.caseId, fields: ['email'], reason: 'asked to change it' },
      },
      by: { agentId: by.agentId, sealer: by.sealer, disclosures: { agent: by.agentId, role: 'agent' } },
      access: {
        action: 'view',
        outcome: 'permitted',
        refusal: undefined,
        agentId: by.agentId,
        sessionId: newId('session', chance),
        teamId: undefined,
        siteId: undefined,
        vendorId: undefined,
        customerId: about.id,
        caseId: about.caseId,
        viewId: newViewId(chance),
        fields: ['email' as FieldName],
        queueRef: 'cards',
        topic: 'card',
        channel: 'phone',
        initiatedBy: 'customer',
        reasonMark: undefined,
      },
    };
  }

  async look(
    about: Parameters<ErasureGround['draft']>[0],
    agentId: AgentId,
    times = 1,
    atMs = 0,
  ): Promise<readonly number[]> {
    const sealer = await this.agentSealer(agentId);
    const answers = await Promise.all(
      Array.from({ length: times }, () => this.ledger.append(this.draft(about, { agentId, sealer }, atMs))),
    );
    return answers.map(({ seq }) => seq);
  }

  async count(text: string, ...values: unknown[]): Promise<number> {
    const { rows } = await this.db.pool.query<{ count: number }>(
      `select count(*) as count from ${text}`,
      values,
    );
    return rows[0]?.count ?? 0;
  }

  /** Every table in which a customer's id, or what leads to it, may stand. */
  async leftOf(id: string): Promise<Record<string, number>> {
    const places: Record<string, string> = {
      customer: 'customer where id = $1',
      key: 'keys.customer_key where customer_id = $1',
      lookUps: 'lookup_hash where customer_id = $1',
      disclosures: 'disclosure where subject_id = $1',
      chain: 'customer_chain where customer_id = $1',
      accesses: 'access where customer_id = $1',
      views: 'shown_view where customer_id = $1',
      approvals: 'approval where customer_id = $1',
      glass: 'break_glass where customer_id = $1',
      found: 'support_case where found_customer_id = $1',
    };
    const counts: Record<string, number> = {};
    for (const [name, text] of Object.entries(places)) counts[name] = await this.count(text, id);
    return counts;
  }
}

/** What came of an ask: the refusal, the fault, or that it was taken. */
export const erasureCodeOf = async (act: Promise<object>): Promise<string> => {
  try {
    const answer = await act;
    return isRefusal(answer) ? answer.refused : 'taken';
  } catch (thrown) {
    return isFault(thrown) ? `fault ${thrown.code}` : String(thrown);
  }
};

/** What is left of an erased customer. */
export const nothingLeft: Readonly<Record<string, number>> = {
  customer: 0,
  key: 0,
  lookUps: 0,
  disclosures: 0,
  chain: 0,
  accesses: 0,
  views: 0,
  approvals: 0,
  glass: 0,
  found: 0,
};
