import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CustomerId, newId } from '../../src/model/id.ts';
import { formatInstant, instantOf } from '../../src/model/instant.ts';
import { plain } from '../../src/model/plain.ts';
import { seededChance } from '../../src/platform/chance/seeded-chance.ts';
import { threadedTracing } from '../../src/tracing.ts';
import { type FreshDatabase, freshDatabase } from '../support/fresh-database.ts';

const chance = seededChance('live trace');
const dayMs = 86_400_000;
const start = Date.UTC(2026, 9, 1);
const agents = Array.from({ length: 12 }, () => newId('agent', chance));
const thief = 7;

/** Sixty days of a desk: twelve agents, twenty customers a day each, one queue. */
const fill = async ({ db }: FreshDatabase): Promise<CustomerId[]> => {
  const stolen: CustomerId[] = [];
  let seq = 0;
  for (let day = 0; day < 60; day += 1) {
    const rows: unknown[][] = [[], [], [], [], []];
    for (let agent = 0; agent < agents.length; agent += 1)
      for (let turn = 0; turn < 20; turn += 1) {
        const customer = newId('customer', chance);
        if (agent === thief && day >= 20 && day < 50 && turn % 4 === 0) stolen.push(customer);
        const at = formatInstant(
          instantOf(start + day * dayMs + 8 * 3_600_000 + turn * 900_000 + agent * 1_000),
        );
        for (const [column, value] of [seq, at, agents[agent], customer, `ses_${agent}`].entries())
          rows[column]?.push(value);
        seq += 1;
      }
    await db.pool.query(
      `insert into access (seq, at, action, outcome, agent_id, session_id, customer_id, fields, queue_ref)
       select seq, at, 'view', 'permitted', agent, session, customer, '{email}', 'general'
       from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[]) as r (seq, at, agent, customer, session)`,
      rows,
    );
  }
  return stolen;
};

describe('a leak traced in the live sequence', () => {
  let fresh: FreshDatabase;
  let stolen: CustomerId[];
  beforeAll(async () => {
    fresh = await freshDatabase();
    stolen = await fill(fresh);
  });
  afterAll(() => fresh.drop());

  const tracing = () =>
    threadedTracing({
      dataDir: '/nowhere',
      databaseUrl:
        fresh.connection.kind === 'url'
          ? fresh.connection.url
          : plain(
              `postgres://${fresh.connection.user}@localhost/${fresh.connection.database}?host=${encodeURIComponent(fresh.connection.directory)}`,
            ),
    });

  it('leads to the account and to who is exposed, and nothing after the snapshot is read', async () => {
    const reports = stolen
      .filter((_, place) => place % 4 === 0)
      .map((customer, place) => ({
        customer,
        atMs: start + (22 + Math.floor((place * 4) / 5) + 9) * dayMs,
        authenticated: 'code' as const,
      }));
    const whole = await tracing().trace(60 * 12 * 20, reports);
    expect(whole.suspects[0]).toMatchObject({ agent: agents[thief], review: true });
    expect(whole.suspects.filter(({ review }) => review)).toHaveLength(1);
    const early = await tracing().trace(5 * 12 * 20, reports);
    expect(early.counted.views).toBe(5 * 12 * 20);
    const exposure = await tracing().expose(60 * 12 * 20, {
      who: { agentId: agents[thief] as (typeof agents)[number] },
      from: instantOf(start + 20 * dayMs),
      to: instantOf(start + 21 * dayMs),
    });
    expect(exposure.couldSee).toMatchObject({ customers: 20, fields: ['email'] });
  }, 60_000);
});
