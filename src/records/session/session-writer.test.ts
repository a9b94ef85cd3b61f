import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import type { AgentId, SiteId, TeamId, VendorId } from '../../model/id.ts';
import { type Instant, instantOf, later } from '../../model/instant.ts';
import { exposePlaintext } from '../../model/plain.ts';
import { seededChance } from '../../platform/chance/seeded-chance.ts';
import { openMigratedDatabase } from '../schema/open-casebound-database.ts';
import { sessionLimits } from './session-limits.ts';
import { findSessionSql, type SessionReader, sessionReader } from './session-reader.ts';
import { hashSessionToken } from './session-token.ts';
import { type SessionWriter, type StartedSession, sessionWriter } from './session-writer.ts';

const start = instantOf(Date.UTC(2026, 10, 22, 9));
const minute = 60_000;
const ann = 'agt_ann' as AgentId;
const bob = 'agt_bob' as AgentId;
const zoe = 'agt_zoe' as AgentId;

let fresh: FreshDatabase;
let writer: SessionWriter;
let reader: SessionReader;
const run = (text: string) => sql.raw(text).execute(fresh.db.kysely);

beforeAll(async () => {
  fresh = await freshDatabase();
  writer = sessionWriter(fresh.db.kysely, seededChance(1));
  reader = sessionReader(fresh.db);
  await run(`
    insert into vendor (id, ref, name) values ('ven_1', 'v1', 'Vendor');
    insert into site (id, ref, vendor_id, name, time_zone) values ('sit_1', 's1', 'ven_1', 'Site', 'Asia/Kolkata');
    insert into team (id, ref, site_id, name) values ('tea_1', 't1', 'sit_1', 'Team'), ('tea_2', 't2', 'sit_1', 'Two');
    insert into agent (id, ref, name, role, team_id) values
      ('agt_ann', 'ann', 'Ann', 'agent', 'tea_1'), ('agt_bob', 'bob', 'Bob', 'agent', 'tea_2'),
      ('agt_zoe', 'zoe', 'Zoe', 'analyst', null);`);
});
afterAll(() => fresh.drop());
beforeEach(async () => {
  await run(`
    delete from session;
    update vendor set state = 'active'; update site set state = 'active'; update team set state = 'active';
    update agent set state = 'active';`);
});

const begin = async (agentId: AgentId = ann, now: Instant = start): Promise<StartedSession> => {
  const started = await writer.startSession(agentId, now);
  if (!started) throw new Error('no session was started');
  return started;
};
const find = (session: StartedSession, now: Instant = start) =>
  reader.findSession(hashSessionToken(exposePlaintext(session.token)) ?? Buffer.alloc(0), now);
const overOf = async (session: StartedSession, now: Instant = start) =>
  (await find(session, now))?.over ?? 'live';

describe('a session', () => {
  it('is found by the hash of its token, with the agent and where they work', async () => {
    const session = await begin();
    expect(await find(session)).toMatchObject({
      id: session.id,
      agentId: ann,
      agentRef: 'ann',
      role: 'agent',
      teamId: 'tea_1',
      siteId: 'sit_1',
      vendorId: 'ven_1',
      over: undefined,
    });
    expect(await find(await begin(zoe))).toMatchObject({
      role: 'analyst',
      vendorId: undefined,
      over: undefined,
    });
  });

  it('leaves its token nowhere: not in the database, not in what is printed', async () => {
    const session = await begin();
    const token = exposePlaintext(session.token);
    const { rows } = await sql`select row_to_json(s)::text as t from session s`.execute(fresh.db.kysely);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(JSON.stringify(rows)).not.toContain(Buffer.from(token).toString('hex'));
    expect(JSON.stringify(session)).not.toContain(token);
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it('is nobody’s for another token, or for text that is no token', async () => {
    await begin();
    expect(await reader.findSession(Buffer.alloc(32), start)).toBeUndefined();
    for (const text of ['', 'x', `${'a'.repeat(42)}=`, `${'a'.repeat(44)}`, `' or true --`])
      expect(hashSessionToken(text)).toBeUndefined();
  });

  it('ends twelve hours after it began, however busy', async () => {
    const session = await begin();
    for (let at = 0; at < 12 * 60; at += 20)
      expect(await overOf(session, later(start, at * minute))).toBe('live');
    expect(await overOf(session, later(start, 12 * 60 * minute - 1))).toBe('live');
    expect(await overOf(session, later(start, 12 * 60 * minute))).toBe('expired');
  });

  it('ends after half an hour without a request', async () => {
    const session = await begin();
    expect(await overOf(session, later(start, 29 * minute))).toBe('live');
    expect(await overOf(session, later(start, 58 * minute))).toBe('live');
    expect(await overOf(session, later(start, 88 * minute))).toBe('idle');
    // An idle session does not come back to life by being asked for.
    expect(await overOf(session, later(start, 88 * minute + 1))).toBe('idle');
  });

  it('writes when it was seen once a minute at most', async () => {
    const session = await begin();
    const seenAt = async () =>
      (await sql<{ seen_at: Instant }>`select seen_at from session`.execute(fresh.db.kysely)).rows[0]
        ?.seen_at;
    await find(session, later(start, minute - 1));
    expect(await seenAt()).toBe(start);
    await find(session, later(start, minute));
    expect(await seenAt()).toBe(start + minute);
    // A node whose clock is behind does not turn it back.
    await find(session, later(start, -minute));
    expect(await seenAt()).toBe(start + minute);
  });

  it('ends when the agent signs out, and for all of an agent’s sessions at once', async () => {
    const [one, two, other] = [await begin(), await begin(), await begin(bob)];
    await writer.endSession(one.id, start);
    expect([await overOf(one), await overOf(two)]).toEqual(['ended', 'live']);
    expect(await writer.endSessionsOf(ann, start)).toBe(1);
    expect([await overOf(two), await overOf(other)]).toEqual(['ended', 'live']);
  });

  it('ends when the agent’s standing changes, on every node at once', async () => {
    const other = openMigratedDatabase(fresh.connection);
    try {
      const session = await begin();
      const hash = hashSessionToken(exposePlaintext(session.token)) ?? Buffer.alloc(0);
      expect((await sessionReader(other).findSession(hash, start))?.over).toBeUndefined();
      await run(`update agent set team_id = 'tea_2', standing_no = standing_no + 1 where id = 'agt_ann'`);
      expect((await sessionReader(other).findSession(hash, start))?.over).toBe('standing');
      expect(await overOf(session)).toBe('standing');
    } finally {
      await run(`update agent set team_id = 'tea_1' where id = 'agt_ann'`);
      await other.close();
    }
  });

  it.each(['vendor', 'site', 'team', 'agent'])('is over while the %s is suspended', async (table) => {
    const session = await begin();
    await run(`update ${table} set state = 'suspended'`);
    expect(await overOf(session)).toBe('suspended');
    expect(await writer.startSession(ann, start)).toBeUndefined();
    await run(`update ${table} set state = 'active'`);
    expect(await overOf(session)).toBe('live');
  });

  it.each([
    { what: 'vendor', id: 'ven_1' as VendorId } as const,
    { what: 'site', id: 'sit_1' as SiteId } as const,
  ])('is ended for everyone under a $what', async (unit) => {
    const sessions = [await begin(ann), await begin(bob), await begin(zoe)];
    expect(await writer.endSessionsUnder(unit, start)).toBe(2);
    expect(await Promise.all(sessions.map((session) => overOf(session)))).toEqual(['ended', 'ended', 'live']);
  });

  it('is ended for one team without the other', async () => {
    const sessions = [await begin(ann), await begin(bob)];
    expect(await writer.endSessionsUnder({ what: 'team', id: 'tea_2' as TeamId }, start)).toBe(1);
    expect(await Promise.all(sessions.map((session) => overOf(session)))).toEqual(['live', 'ended']);
  });

  it('makes way for newer ones: an agent has five at most', async () => {
    const sessions: StartedSession[] = [];
    for (let n = 0; n < 7; n += 1) sessions.push(await begin(ann, later(start, n)));
    const states = await Promise.all(sessions.map((session) => overOf(session, later(start, 7))));
    expect(states).toEqual(['ended', 'ended', ...Array(sessionLimits.perAgentMax).fill('live')]);
  });

  it('is refused to someone unknown or gone', async () => {
    expect(await writer.startSession('agt_nobody' as AgentId, start)).toBeUndefined();
    await run(`update agent set state = 'left' where id = 'agt_bob'`);
    expect(await writer.startSession(bob, start)).toBeUndefined();
  });

  it('is found by indexes alone among thousands', async () => {
    await run(`
      insert into agent (id, ref, name, role, team_id)
        select 'agt_n' || n, 'n' || n, 'N', 'agent', 'tea_1' from generate_series(1, 20000) n;
      insert into session (id, token_hash, agent_id, standing_no, started_at, seen_at, ends_at)
        select 'ses_n' || n, sha256(n::text::bytea), 'agt_n' || n, 0, now(), now(), now() from generate_series(1, 20000) n;
      analyze agent; analyze session;`);
    const { rows } = await fresh.db.pool.query<{ 'QUERY PLAN': string }>(
      `explain ${findSessionSql.replace('$1', `'\\x00'::bytea`)}`,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/session_token_hash_key/);
    expect(plan).not.toMatch(/Seq Scan on (session|agent)/);
  });
});
