import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../model/id.ts';
import { fakeWorld } from './cast/fake-world.ts';
import { type Gate, openGate } from './cast/knock.ts';

const world = fakeWorld();
const { players } = world;
const { chance } = world.ports;
let gate: Gate;
beforeAll(async () => {
  gate = await openGate(world);
});
afterAll(() => gate.app.close());

const reason = { text: 'The customer is on the line and locked out' };

describe('approvals', () => {
  it('are asked for, seen waiting with the asker’s words, and decided', async () => {
    const payload = { case: world.caseRef, fields: ['email'], reason };
    const asked = await gate.knock('/v1/approvals', { as: players.agent, payload });
    expect(asked.statusCode).toBe(201);
    const { approval } = asked.json();
    expect(asked.json()).toEqual({ seq: 1, approval, ends_at: '2026-11-22T13:00:00.000Z' });
    expect(world.seen.at(-1)).toEqual([
      'ask-approval',
      {
        caseKey: world.caseRef,
        customerId: undefined,
        fields: ['email'],
        reason: { code: undefined, ...reason },
      },
    ]);
    const listed = (await gate.knock('/v1/approvals', { as: players.analyst })).json();
    expect(listed.waiting).toMatchObject([{ approval, fields: ['email'], reason: reason.text }]);
    expect(listed.mine).toMatchObject([{ approval, seq: 1 }]);
    expect(listed.mine[0]).not.toHaveProperty('granted');
    const decided = await gate.knock(`/v1/approvals/${approval}/decision`, {
      as: players.analyst,
      payload: { granted: true },
    });
    expect(decided.json()).toEqual({ seq: 2, approval, granted: true, ends_at: '2026-11-22T13:00:00.000Z' });
  });

  it('go behind the door even without a reason or a fitting role, so that the no is on record', async () => {
    const asked = await gate.knock('/v1/approvals', {
      as: players.auditor,
      payload: { case: 'CASE-9', fields: [] },
    });
    expect([asked.statusCode, asked.json().code]).toEqual([403, 'not-yours']);
    expect(world.seen.at(-1)).toMatchObject([
      'ask-approval',
      { reason: { code: undefined, text: undefined } },
    ]);
    const url = `/v1/approvals/${newId('approval', chance)}/decision`;
    const decided = await gate.knock(url, { as: players.agent, payload: { granted: false } });
    expect([decided.statusCode, decided.json().code]).toEqual([403, 'not-independent']);
  });

  it('list nothing to decide for whoever may decide nothing', async () => {
    const base = fakeWorld();
    const waiting = async () => ({ refused: 'role-cannot' as const, sentence: 'No.' });
    const { knock, app } = await openGate({
      ports: { ...base.ports, approvals: { ...base.ports.approvals, waiting } },
    });
    expect((await knock('/v1/approvals', { as: base.players.agent })).json()).toEqual({
      waiting: [],
      mine: [],
    });
    await app.close();
  });
});

describe('breaking the glass', () => {
  it('opens one customer and says until when', async () => {
    const payload = { customer: world.customer, reason, minutes: 30 };
    const broken = await gate.knock('/v1/break-glass', { as: players.responder, payload });
    expect([broken.statusCode, broken.json()]).toMatchObject([
      201,
      { break_glass: expect.stringMatching(/^brk_/), ends_at: '2026-11-22T13:00:00.000Z' },
    ]);
    expect(world.seen.at(-1)).toEqual([
      'break-glass',
      { customerId: world.customer, reason: reason.text, minutes: 30 },
    ]);
  });

  it('is refused behind the door for other roles, so that the no is on record', async () => {
    const payload = { customer: newId('customer', chance) };
    const broken = await gate.knock('/v1/break-glass', { as: players.agent, payload });
    expect([broken.statusCode, broken.json().code]).toEqual([403, 'role-cannot']);
    expect(world.seen.at(-1)).toMatchObject(['break-glass', { reason: '' }]);
  });
});

describe('standing', () => {
  it('is changed for each kind of unit, for an agent’s team and for their role', async () => {
    const [vendor, site, team, agent] = [
      newId('vendor', chance),
      newId('site', chance),
      newId('team', chance),
      newId('agent', chance),
    ];
    const put = async (url: string, payload: object) => {
      const answer = await gate.knock(url, { method: 'PUT', as: players.responder, payload });
      expect(answer.json()).toEqual({ changed: true, seq: world.seen.length, sessions_ended: 2 });
      return world.seen.at(-1)?.[1];
    };
    const suspended = { state: 'suspended', reason: { text: 'why' } };
    for (const [path, target] of [
      [`vendors/${vendor}`, { what: 'vendor', id: vendor }],
      [`sites/${site}`, { what: 'site', id: site }],
      [`teams/${team}`, { what: 'team', id: team }],
      [`agents/${agent}`, { what: 'agent', id: agent }],
    ] as const)
      expect(await put(`/v1/${path}/state`, suspended)).toEqual({ act: 'suspend', target, reason: 'why' });
    expect(await put(`/v1/vendors/${vendor}/state`, { state: 'active' })).toMatchObject({
      act: 'activate',
      reason: undefined,
    });
    expect(await put(`/v1/agents/${agent}/team`, { team })).toEqual({
      act: 'move',
      agentId: agent,
      teamId: team,
      reason: undefined,
    });
    expect(await put(`/v1/agents/${agent}/role`, { role: 'lead' })).toEqual({
      act: 'change-role',
      agentId: agent,
      role: 'lead',
      reason: undefined,
    });
  });

  it('that was so already, or may not be changed, is said in words', async () => {
    const url = `/v1/agents/${newId('agent', chance)}/state`;
    const put = (text: string) =>
      gate.knock(url, {
        method: 'PUT',
        as: players.responder,
        payload: { state: 'active', reason: { text } },
      });
    expect((await put('again')).json()).toEqual({ changed: false, sessions_ended: 0 });
    const no = await put('myself');
    expect([no.statusCode, no.json()]).toEqual([
      403,
      {
        code: 'yourself',
        title: 'This would change your own standing. Ask someone else who may.',
        status: 403,
      },
    ]);
  });

  it('takes no id of another kind', async () => {
    const url = `/v1/vendors/${newId('team', chance)}/state`;
    const answer = await gate.knock(url, {
      method: 'PUT',
      as: players.responder,
      payload: { state: 'active' },
    });
    expect([answer.statusCode, answer.json().errors]).toEqual([
      400,
      [{ field: 'id', rule: 'has not the form described for it' }],
    ]);
  });
});

describe('alerts', () => {
  it('come newest first, page by page', async () => {
    const first = (await gate.knock('/v1/alerts?limit=1', { as: players.analyst })).json();
    expect(first.alerts).toMatchObject([{ kind: 'break-glass', seq: 7, at: '2026-11-22T12:00:00.000Z' }]);
    await gate.knock(`/v1/alerts?limit=5&before=${first.next}`, { as: players.responder });
    const [at, id] = first.next.split('.');
    expect(world.seen.at(-1)).toEqual(['read-alerts', { countMax: 5, before: { at: Number(at), id } }]);
    expect(first.alerts[0].alert).toBe(id);
  });
});
