import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openStorage, readRules } from '../../src/foundations.ts';
import { findField } from '../../src/model/field.ts';
import { newId } from '../../src/model/id.ts';
import { formatInstant, instantOf } from '../../src/model/instant.ts';
import { exposePlaintext } from '../../src/model/plain.ts';
import { systemChance as chance } from '../../src/platform/chance/system-chance.ts';
import { SubjectKey } from '../../src/platform/keys/subject-key.ts';
import { sessionWriter } from '../../src/records/session/session-writer.ts';
import { sealCustomer } from '../../src/records/vault/seal-customer.ts';

export interface Bencher {
  readonly token: string;
  readonly agentRef: string;
  readonly caseRef: string;
  readonly customerRef: string;
}

/** The policy folder with limits that nobody reaches. */
export const widePolicy = async (directory: string): Promise<string> => {
  const policyDir = join(directory, 'policy');
  await cp(new URL('../../policy', import.meta.url).pathname, policyDir, { recursive: true });
  const limits = await readFile(join(policyDir, 'limits.yaml'), 'utf8');
  await writeFile(join(policyDir, 'limits.yaml'), limits.replaceAll(/^( +\w+Max): \d+$/gm, '$1: 1000000'));
  return policyDir;
};

/**
 * Fills a fresh data directory: agents with sessions, each with an open case of one customer; the same customers
 * once more as plain rows for the baseline.
 */
export const layGround = async (dataDir: string, policyDir: string, agents: number): Promise<Bencher[]> => {
  const storage = await openStorage({ dataDir, databaseUrl: undefined }, { share: true });
  const { pool, kysely } = storage.db;
  const { catalogue } = await readRules(policyDir);
  await pool.query(`create table plain_customer (id text primary key, phone text, email text);
    create table plain_audit (id bigint generated always as identity primary key, at timestamptz, agent text, customer text, what text)`);
  const ids = { vendor: newId('vendor', chance), site: newId('site', chance), team: newId('team', chance) };
  await pool.query("insert into vendor (id, ref, name) values ($1, 'v', 'v')", [ids.vendor]);
  await pool.query(
    "insert into site (id, ref, vendor_id, name, time_zone) values ($1, 's', $2, 's', 'UTC')",
    [ids.site, ids.vendor],
  );
  await pool.query("insert into team (id, ref, site_id, name) values ($1, 't', $2, 't')", [
    ids.team,
    ids.site,
  ]);
  const now = instantOf(Date.now());
  const sessions = sessionWriter(kysely, chance);
  const benchers: Bencher[] = [];
  for (let n = 0; n < agents; n += 1) {
    const [agentRef, caseRef, customerRef] = [`agent-${n}`, `case-${n}`, `customer-${n}`];
    const agentId = newId('agent', chance);
    await pool.query(
      "insert into agent (id, ref, subject, name, role, team_id) values ($1, $2, $2, $2, 'agent', $3)",
      [agentId, agentRef, ids.team],
    );
    const customerId = newId('customer', chance);
    const key = SubjectKey.generate(chance);
    const values = Object.entries({
      name: 'Rosa Garcia',
      email: `rosa${n}@mail.example`,
      phone: `+4474${String(n).padStart(8, '0')}`,
      address: '17 King Street, Leeds, GB',
      country: 'GB',
      language: 'en',
      account_number: `GB07DEMO${n}`,
      balance: '1820.55',
      last_transaction: '2025-12-11 card payment 259.58',
    }).map(([name, value]) => {
      const field = findField(catalogue, name);
      if (!field) throw new Error(`the catalogue lost ${name}`);
      return [field, value] as const;
    });
    const { sealed, masks } = sealCustomer({ customerId, key, catalogueVersion: catalogue.version, values });
    const wrapped = await storage.keys.wrap(key, customerId);
    const refHash = storage.keys.hash('customer-ref', customerRef);
    await pool.query(
      'insert into customer (id, ref_hash, catalogue_version, masks, sealed, updated_at) values ($1, $2, $3, $4, $5, now())',
      [customerId, refHash, catalogue.version, masks, sealed],
    );
    await pool.query(
      'insert into keys.customer_key (customer_id, wrapping_key_id, wrapped) values ($1, $2, $3)',
      [customerId, wrapped.wrappingKeyId, wrapped.wrapped],
    );
    await pool.query('insert into plain_customer values ($1, $2, $3)', [
      customerRef,
      `+4474${n}`,
      `rosa${n}@mail.example`,
    ]);
    await pool.query(
      `insert into support_case (id, ref, open, holder_ref, customer_ref_hash, topic, channel, initiated_by, opened_at, held_since, last_change_at)
       values ($1, $2, true, $3, $4, 'account-access', 'phone', 'customer', $5, $5, $5)`,
      [newId('case', chance), caseRef, agentRef, refHash, formatInstant(now)],
    );
    const session = await sessions.startSession(agentId, now);
    if (!session) throw new Error('a bench agent may not sign in');
    benchers.push({ token: exposePlaintext(session.token as never), agentRef, caseRef, customerRef });
  }
  await pool.query('analyze');
  await storage.close();
  return benchers;
};
