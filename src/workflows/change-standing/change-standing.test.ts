import { inspect } from 'node:util';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import { MemoryLedger } from '../../../test/support/memory-ledger.ts';
import { Fault } from '../../model/fault.ts';
import type { AgentId, SessionId, SiteId, TeamId, VendorId } from '../../model/id.ts';
import { instantOf } from '../../model/instant.ts';
import { exposePlaintext } from '../../model/plain.ts';
import { seededChance } from '../../platform/chance/seeded-chance.ts';
import { SubjectKey } from '../../platform/keys/subject-key.ts';
import { directoryReader } from '../../records/directory/directory-reader.ts';
import type { EntryDraft } from '../../records/ledger/entry-draft.ts';
import { openMigratedDatabase } from '../../records/schema/open-casebound-database.ts';
import { sessionReader } from '../../records/session/session-reader.ts';
import { hashSessionToken } from '../../records/session/session-token.ts';
import { type StartedSession, sessionWriter } from '../../records/session/session-writer.ts';
import { type ChangeStandingPorts, changeStanding } from './change-standing.ts';
import type { StandingAsk } from './standing-ask.ts';

const now = instantOf(Date.UTC(2026, 10, 22, 9));
const chance = seededChance(1);
const id = {
  ada: 'agt_ada' as AgentId,
  sue: 'agt_sue' as AgentId,
  ann: 'agt_ann' as AgentId,
  bob: 'agt_bob' as AgentId,
  far: 'agt_far' as AgentId,
};

let fresh: FreshDatabase;
let ledger: MemoryLedger;
let ports: ChangeStandingPorts;
const run = (text: string) => sql.raw(text).execute(fresh.db.kysely);

beforeAll(async () => {
  fresh = await freshDatabase();
});
afterAll(() => fresh.drop());
beforeEach(async () => {
  ledger = new MemoryLedger();
  const keys = new Map<AgentId, SubjectKey>();
  ports = {
    db: fresh.db,
    clock: { now: () => now },
    chance,
    ledger,
    agentSealer: async (agentId) => {
      const key = keys.get(agentId) ?? SubjectKey.generate(chance);
      keys.set(agentId, key);
      return key.sealer('ledger');
    },
  };
  await run(`
    delete from session; delete from agent; delete from team; delete from site; delete from vendor;
    insert into vendor (id, ref, name) values ('ven_1', 'v1', 'One'), ('ven_2', 'v2', 'Two');
    insert into site (id, ref, vendor_id, name, time_zone) values ('sit_1', 's1', 'ven_1', 'One', 'Asia/Kolkata'),
      ('sit_2', 's2', 'ven_2', 'Two', 'Asia/Manila'), ('sit_own', 'own', null, 'Own', 'Europe/London');
    insert into team (id, ref, site_id, name) values ('tea_1', 't1', 'sit_1', 'One'), ('tea_1b', 't1b', 'sit_1', 'One b'),
      ('tea_2', 't2', 'sit_2', 'Two'), ('tea_own', 'own', 'sit_own', 'Own');
    insert into agent (id, ref, name, role, team_id) values ('agt_ada', 'ada', 'Ada', 'administrator', 'tea_own'),
      ('agt_sue', 'sue', 'Sue', 'vendor-security', 'tea_1'), ('agt_ann', 'ann', 'Ann', 'agent', 'tea_1'),
      ('agt_bob', 'bob', 'Bob', 'agent', 'tea_1b'), ('agt_far', 'far', 'Far', 'agent', 'tea_2');`);
});

const as = (agentId: AgentId, standingNo = 0) => ({
  agentId,
  sessionId: 'ses_asker' as SessionId,
  standingNo,
});
const suspend = (agentId: AgentId): StandingAsk => ({
  act: 'suspend',
  target: { what: 'agent', id: agentId },
  reason: 'offered a bribe',
});
const detailOf = (draft: EntryDraft | undefined) => draft?.by?.disclosures.detail;
const agentOf = async (agentId: AgentId) => directoryReader(fresh.db.kysely).agentById(agentId);
const begin = async (agentId: AgentId): Promise<StartedSession> => {
  const started = await sessionWriter(fresh.db.kysely, chance).startSession(agentId, now);
  if (!started) throw new Error('no session');
  return started;
};
/** As another node would ask, over its own connections. */
const overOf = async (session: StartedSession): Promise<string> => {
  const node = openMigratedDatabase(fresh.connection);
  try {
    const hash = hashSessionToken(exposePlaintext(session.token)) ?? Buffer.alloc(0);
    return (await sessionReader(node).findSession(hash, now))?.over ?? 'live';
  } finally {
    await node.close();
  }
};

describe('changing who may work', () => {
  it('records who suspended whom and why, and ends the sessions on every node', async () => {
    const session = await begin(id.ann);
    expect(await changeStanding(ports, as(id.ada), suspend(id.ann))).toEqual({
      changed: true,
      seq: 0,
      sessionsEnded: 1,
    });
    expect(await agentOf(id.ann)).toMatchObject({ state: 'suspended', active: false, standingNo: 1 });
    expect(await overOf(session)).toBe('ended');
    expect(ledger.drafts[0]).toMatchObject({
      kind: 'standing/v1',
      by: { agentId: id.ada, disclosures: { role: 'administrator' } },
    });
    expect(detailOf(ledger.drafts[0])).toEqual({
      act: 'suspend',
      what: 'agent',
      id: id.ann,
      from: 'active',
      reason: 'offered a bribe',
    });
  });

  it.each([
    { what: 'vendor', id: 'ven_1' as VendorId } as const,
    { what: 'site', id: 'sit_1' as SiteId } as const,
    { what: 'team', id: 'tea_1' as TeamId } as const,
  ])('suspends a whole $what, and no session of before wakes up when it is active again', async (target) => {
    const [ann, far] = [await begin(id.ann), await begin(id.far)];
    expect(
      await changeStanding(ports, as(id.ada), { act: 'suspend', target, reason: undefined }),
    ).toMatchObject({ changed: true });
    expect(await agentOf(id.ann)).toMatchObject({ state: 'active', active: false });
    expect([await overOf(ann), await overOf(far)]).toEqual(['ended', 'live']);
    expect(
      await changeStanding(ports, as(id.ada), { act: 'activate', target, reason: undefined }),
    ).toMatchObject({ changed: true });
    expect(await agentOf(id.ann)).toMatchObject({ active: true });
    expect([await overOf(ann), await overOf(far)]).toEqual(['ended', 'live']);
    expect(ledger.drafts.map((draft) => detailOf(draft)?.['act'])).toEqual(['suspend', 'activate']);
  });

  it('ends, when a vendor is active again, the sessions that a crash during its suspension left behind', async () => {
    const session = await begin(id.ann);
    await run(`update vendor set state = 'suspended' where id = 'ven_1'`);
    const target = { what: 'vendor', id: 'ven_1' as VendorId } as const;
    await changeStanding(ports, as(id.ada), { act: 'activate', target, reason: undefined });
    expect(await overOf(session)).toBe('ended');
  });

  it('gives another standing with every move and every role, so that sessions and grants end', async () => {
    const session = await begin(id.ann);
    await changeStanding(ports, as(id.ada), {
      act: 'move',
      agentId: id.ann,
      teamId: 'tea_1b' as TeamId,
      reason: undefined,
    });
    expect(await agentOf(id.ann)).toMatchObject({ teamId: 'tea_1b', standingNo: 1 });
    await changeStanding(ports, as(id.ada), {
      act: 'change-role',
      agentId: id.ann,
      role: 'lead',
      reason: undefined,
    });
    expect(await agentOf(id.ann)).toMatchObject({ role: 'lead', standingNo: 2 });
    expect(await overOf(session)).toBe('ended');
    expect(ledger.drafts.map(detailOf)).toMatchObject([
      { act: 'move', from: 'tea_1', to: 'tea_1b' },
      { act: 'change-role', from: 'agent', to: 'lead' },
    ]);
  });

  it('changes nothing when the entry cannot be made durable', async () => {
    const session = await begin(id.ann);
    ledger.break(new Fault('storage-full', 'no space'));
    await expect(changeStanding(ports, as(id.ada), suspend(id.ann))).rejects.toMatchObject({
      code: 'storage-full',
    });
    await expect(
      changeStanding(ports, as(id.ada), {
        act: 'suspend',
        target: { what: 'vendor', id: 'ven_1' as VendorId },
        reason: undefined,
      }),
    ).rejects.toMatchObject({ code: 'storage-full' });
    expect(await agentOf(id.ann)).toMatchObject({ state: 'active', active: true, standingNo: 0 });
    expect(await overOf(session)).toBe('live');
  });

  it('makes the entry before the row changes', async () => {
    const seen: (string | undefined)[] = [];
    const watching = {
      append: async (draft: EntryDraft) => {
        seen.push((await agentOf(id.ann))?.state);
        return ledger.append(draft);
      },
    };
    await changeStanding({ ...ports, ledger: watching }, as(id.ada), suspend(id.ann));
    expect(seen).toEqual(['active']);
  });

  it('answers another vendor’s person and nobody alike, changes nothing, and records the try', async () => {
    const answers = [];
    for (const target of [id.far, id.ada, 'agt_nobody' as AgentId])
      answers.push(await changeStanding(ports, as(id.sue), suspend(target)));
    expect(new Set(answers.map((answer) => inspect(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ refused: 'not-there' });
    expect(await agentOf(id.far)).toMatchObject({ state: 'active' });
    expect(
      ledger.drafts.map((draft) => [draft.kind, detailOf(draft)?.['id'], detailOf(draft)?.['refusal']]),
    ).toEqual([
      ['denied/v1', id.far, 'not-there'],
      ['denied/v1', id.ada, 'not-there'],
      ['denied/v1', 'agt_nobody', 'not-there'],
    ]);
  });

  it('lets a vendor’s security suspend their own people and no one lift that again but the organisation', async () => {
    expect(await changeStanding(ports, as(id.sue), suspend(id.bob))).toMatchObject({ changed: true });
    const lift: StandingAsk = { ...suspend(id.bob), act: 'activate' } as StandingAsk;
    expect(await changeStanding(ports, as(id.sue), lift)).toMatchObject({ refused: 'role-cannot' });
    expect(await changeStanding(ports, as(id.ada), lift)).toMatchObject({ changed: true });
  });

  it('refuses a suspended asker and one whose standing changed since the session began', async () => {
    await changeStanding(ports, as(id.ada), suspend(id.sue));
    expect(await changeStanding(ports, as(id.sue), suspend(id.ann))).toMatchObject({
      refused: 'account-suspended',
    });
    await changeStanding(ports, as(id.ada), { ...suspend(id.sue), act: 'activate' } as StandingAsk);
    expect(await changeStanding(ports, as(id.sue), suspend(id.ann))).toMatchObject({
      refused: 'session-ended',
    });
    expect(await changeStanding(ports, as(id.sue, 2), suspend(id.ann))).toMatchObject({ changed: true });
  });

  it('says unchanged and records nothing when it already is as asked', async () => {
    await changeStanding(ports, as(id.ada), suspend(id.ann));
    expect(await changeStanding(ports, as(id.ada), suspend(id.ann))).toEqual({
      changed: false,
      seq: undefined,
      sessionsEnded: 0,
    });
    expect(ledger.drafts).toHaveLength(1);
  });

  it('changes nothing that has changed since it was judged, and says to look again', async () => {
    const meanwhile = (text: string): ChangeStandingPorts => ({
      ...ports,
      ledger: {
        append: async (draft) => {
          await run(text);
          return ledger.append(draft);
        },
      },
    });
    const promoted = `update agent set role = 'lead', standing_no = standing_no + 1 where id = 'agt_ann'`;
    await expect(changeStanding(meanwhile(promoted), as(id.ada), suspend(id.ann))).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await agentOf(id.ann)).toMatchObject({ role: 'lead', state: 'active' });
    const target = { what: 'vendor', id: 'ven_1' as VendorId } as const;
    const suspended = `update vendor set state = 'suspended'`;
    await expect(
      changeStanding(meanwhile(suspended), as(id.ada), { act: 'suspend', target, reason: undefined }),
    ).rejects.toMatchObject({ code: 'conflict' });
  });

  it('refuses a move to a team that is not there', async () => {
    const ask: StandingAsk = {
      act: 'move',
      agentId: id.ann,
      teamId: 'tea_none' as TeamId,
      reason: undefined,
    };
    expect(await changeStanding(ports, as(id.ada), ask)).toMatchObject({ refused: 'not-there' });
    expect(await agentOf(id.ann)).toMatchObject({ teamId: 'tea_1', standingNo: 0 });
  });

  it('does not run out of connections when many change at once', async () => {
    await run(`insert into agent (id, ref, name, role, team_id)
      select 'agt_n' || n, 'n' || n, 'N', 'agent', 'tea_1' from generate_series(1, 40) n`);
    const asked = Array.from({ length: 40 }, (_, n) =>
      changeStanding(ports, as(id.ada), suspend(`agt_n${n + 1}` as AgentId)),
    );
    expect((await Promise.all(asked)).every((answer) => 'changed' in answer && answer.changed)).toBe(true);
    expect(ledger.drafts).toHaveLength(40);
  });

  it('takes a reason of five hundred characters and no more', async () => {
    await expect(
      changeStanding(ports, as(id.ada), { ...suspend(id.ann), reason: 'x'.repeat(501) }),
    ).rejects.toMatchObject({
      code: 'bad-request',
    });
    expect(
      await changeStanding(ports, as(id.ada), { ...suspend(id.ann), reason: 'x'.repeat(500) }),
    ).toMatchObject({
      changed: true,
    });
  });
});
