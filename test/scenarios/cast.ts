import { BudgetWindows } from '../../src/analysis/budget/budget-windows.ts';
import type { Limits } from '../../src/analysis/budget/limits.ts';
import { normaliseLookup } from '../../src/analysis/normalise/normalise-lookup.ts';
import { readRules } from '../../src/foundations.ts';
import type { Access } from '../../src/model/access.ts';
import type { CaseChangeKind, Initiator } from '../../src/model/case.ts';
import { type FieldName, findField } from '../../src/model/field.ts';
import { type AgentId, type CustomerId, newId, type SessionId } from '../../src/model/id.ts';
import { exposePlaintext, type Plain } from '../../src/model/plain.ts';
import type { Role } from '../../src/model/role.ts';
import { systemChance } from '../../src/platform/chance/system-chance.ts';
import { SimulatedClock } from '../../src/platform/clock/simulated-clock.ts';
import { generateRing, KeyRing } from '../../src/platform/keys/key-ring.ts';
import { SubjectKey } from '../../src/platform/keys/subject-key.ts';
import { openAgentSealers } from '../../src/records/agent-keys/agent-sealers.ts';
import { caseWriter } from '../../src/records/cases/case-writer.ts';
import { factGatherer } from '../../src/records/facts/gather-facts.ts';
import { PostgresLedger } from '../../src/records/ledger/postgres-ledger.ts';
import { readAccesses } from '../../src/records/ledger/read-accesses.ts';
import { sessionWriter } from '../../src/records/session/session-writer.ts';
import { sealCustomer } from '../../src/records/vault/seal-customer.ts';
import { openLooking } from '../../src/workflows/reveal/looking.ts';
import type { LookingPorts } from '../../src/workflows/reveal/looking-room.ts';
import { freshDatabase } from '../support/fresh-database.ts';

/** Who works where. Avocet and Heron belong to different vendors; the last three to the organisation itself. */
const people = {
  asha: { team: 'avocet', role: 'agent' },
  ravi: { team: 'avocet', role: 'agent' },
  lena: { team: 'avocet', role: 'lead' },
  mateo: { team: 'heron', role: 'agent' },
  ines: { team: undefined, role: 'analyst' },
  omar: { team: undefined, role: 'responder' },
  paul: { team: undefined, role: 'administrator' },
} as const satisfies Record<string, { team: string | undefined; role: Role }>;
export type Person = keyof typeof people;

const customers = {
  rosa: {
    email: 'rosa.garcia@mail.example',
    phone: '+447406336536',
    balance: '1820.55',
    name: 'Rosa Garcia',
    protected: null,
  },
  tomas: {
    email: 'tomas@mail.example',
    phone: '+447406336537',
    balance: '91.20',
    name: 'Tomas Bauer',
    protected: null,
  },
  edith: {
    email: 'edith@board.example',
    phone: '+447406336538',
    balance: '9000000.00',
    name: 'Edith Crane',
    protected: 'executive',
  },
} as const;
export type CustomerName = keyof typeof customers;

/** The value in clear, for tests that look for it where it must not be. */
export const knownValue = (who: CustomerName, field: 'email' | 'phone' | 'balance' | 'name'): string =>
  customers[who][field];

export interface CaseTold {
  readonly by?: Person | undefined;
  readonly about?: CustomerName;
  readonly topic?: string;
  readonly initiatedBy?: Initiator;
}

/** A small organisation on a database of its own, with a clock that the test moves. */
export const castWorld = async (over: { limits?: Partial<Limits>; ports?: Partial<LookingPorts> } = {}) => {
  const fresh = await freshDatabase();
  const { db } = fresh;
  const clock = new SimulatedClock();
  const chance = systemChance;
  const keys = new KeyRing(generateRing(chance), chance);
  const rules = await readRules(new URL('../../policy', import.meta.url).pathname);
  const limits = { ...rules.limits, ...over.limits };
  const budgets = new BudgetWindows(limits);
  const contacted: { by: string; to: string; agentRef: string }[] = [];
  const ledger = new PostgresLedger({
    db,
    chance,
    onCommitted: ({ accesses }) => {
      for (const access of accesses) budgets.apply(access);
    },
  });
  const agentIds = {} as Record<Person, AgentId>;
  const customerIds = {} as Record<CustomerName, CustomerId>;
  const ports: LookingPorts = {
    ...rules,
    limits,
    db,
    facts: factGatherer(db),
    keys,
    clock,
    chance,
    ledger,
    budgets,
    agentSealer: openAgentSealers({ db, keys, chance }),
    contactStarter: {
      start: async ({ by, to, agentRef }) => {
        contacted.push({ by, to: exposePlaintext(to), agentRef });
      },
    },
    ...over.ports,
  };

  const seedDirectory = async (): Promise<void> => {
    const unit = (sql: string, values: unknown[]) => db.pool.query(sql, values);
    for (const [vendor, site, team] of [
      ['northwind', 'indore', 'avocet'],
      ['harbourline', 'bogota', 'heron'],
    ] as const) {
      const ids = {
        vendor: newId('vendor', chance),
        site: newId('site', chance),
        team: newId('team', chance),
      };
      await unit('insert into vendor (id, ref, name) values ($1, $2, $2)', [ids.vendor, vendor]);
      await unit(
        "insert into site (id, ref, vendor_id, name, time_zone) values ($1, $2, $3, $2, 'Asia/Kolkata')",
        [ids.site, site, ids.vendor],
      );
      await unit('insert into team (id, ref, site_id, name) values ($1, $2, $3, $2)', [
        ids.team,
        team,
        ids.site,
      ]);
    }
    for (const [ref, { team, role }] of Object.entries(people)) {
      agentIds[ref as Person] = newId('agent', chance);
      await unit(
        'insert into agent (id, ref, subject, name, role, team_id) values ($1, $2, $2, $2, $3, (select id from team where ref = $4))',
        [agentIds[ref as Person], ref, role, team ?? null],
      );
    }
  };

  const seedCustomers = async (): Promise<void> => {
    for (const [ref, { protected: why, ...values }] of Object.entries(customers)) {
      const customerId = newId('customer', chance);
      customerIds[ref as CustomerName] = customerId;
      const key = SubjectKey.generate(chance);
      const named = Object.entries({ ...values, country: 'GB', language: 'en' }).map(([name, value]) => {
        const field = findField(rules.catalogue, name);
        if (!field) throw new Error(`the catalogue lost ${name}`);
        return [field, value] as const;
      });
      const { sealed, masks } = sealCustomer({
        customerId,
        key,
        catalogueVersion: rules.catalogue.version,
        values: named,
      });
      const wrapped = await keys.wrap(key, customerId);
      await db.pool.query(
        'insert into customer (id, ref_hash, protected, catalogue_version, masks, sealed, updated_at) values ($1, $2, $3, $4, $5, $6, now())',
        [customerId, keys.hash('customer-ref', ref), why, rules.catalogue.version, masks, sealed],
      );
      await db.pool.query(
        'insert into keys.customer_key (customer_id, wrapping_key_id, wrapped) values ($1, $2, $3)',
        [customerId, wrapped.wrappingKeyId, wrapped.wrapped],
      );
      for (const by of ['email', 'phone'] as const) {
        const normalised = normaliseLookup(by, values[by], rules.catalogue.phoneCountry) ?? '';
        await db.pool.query('insert into lookup_hash (kind, hash, customer_id) values ($1, $2, $3)', [
          by,
          keys.hash(by, normalised),
          customerId,
        ]);
      }
    }
  };

  let messages = 0;
  const tell = async (caseRef: string, kind: CaseChangeKind, told: CaseTold = {}): Promise<void> => {
    messages += 1;
    await caseWriter(db, chance).takeChanges([
      {
        messageId: `m${messages}`,
        caseRef,
        kind,
        at: clock.now(),
        claimedAt: undefined,
        receivedAt: clock.now(),
        agentRef: told.by,
        customerRefHash: told.about && keys.hash('customer-ref', told.about).toString('hex'),
        queueRef: 'cards',
        topic: told.topic,
        channel: 'phone',
        initiatedBy: told.initiatedBy,
      },
    ]);
  };

  await seedDirectory();
  await seedCustomers();
  const looking = openLooking(ports);
  return {
    db,
    clock,
    keys,
    ledger,
    looking,
    contacted,
    agentIds,
    customerIds,
    ports,
    tell,
    drop: () => fresh.drop(),
    /** Signs in now; the answer asks as that session. */
    async asker(person: Person, idempotencyKey?: string) {
      const session = await sessionWriter(db.kysely, chance).startSession(agentIds[person], clock.now());
      if (!session) throw new Error(`${person} may not sign in`);
      return { sessionId: session.id as SessionId, idempotencyKey };
    },
    /** An open case of `about` in the hands of `by`. */
    async openCase(caseRef: string, told: CaseTold & { by: Person }): Promise<void> {
      await tell(caseRef, 'opened', {
        initiatedBy: 'customer',
        topic: 'account-access',
        ...told,
        by: undefined,
      });
      clock.advance(1);
      await tell(caseRef, 'assigned', { by: told.by });
      clock.advance(1);
    },
    accesses: (): Promise<Access[]> => readAccesses(db, 0, 1_000),
  };
};

export type World = Awaited<ReturnType<typeof castWorld>>;

export const field = (name: string): FieldName => name as FieldName;

export const read = (
  fields: readonly { readonly name: FieldName; readonly value: Plain<string> }[],
): Record<string, string> =>
  Object.fromEntries(fields.map(({ name, value }) => [name, exposePlaintext(value)]));

/** A reason that says something, different each time. */
let reasons = 0;
export const goodReason = () => {
  reasons += 1;
  const words = [
    'tram',
    'kitchen',
    'garden',
    'letter',
    'holiday',
    'landlord',
    'phone shop',
    'bakery',
    'school',
    'ferry',
  ];
  const more = [
    'yesterday',
    'at noon',
    'last week',
    'in March',
    'twice',
    'on Sunday',
    'abroad',
    'by post',
    'again',
  ];
  return {
    code: undefined,
    text: `customer lost the card near the ${words[reasons % 10]} ${more[Math.floor(reasons / 10) % 9]} and asks for help`,
  };
};
