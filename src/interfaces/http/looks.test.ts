import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../model/id.ts';
import { plaintextOf } from './cast/fake-looking.ts';
import { fakeWorld } from './cast/fake-world.ts';
import { type Gate, openGate } from './cast/knock.ts';

const world = fakeWorld();
const { agent } = world.players;
let gate: Gate;
beforeAll(async () => {
  gate = await openGate(world);
});
afterAll(() => gate.app.close());

const lastAsk = () => world.asked.at(-1);
const reason = { text: 'The customer asks where the card went' };
const reveal = (view: string, payload: object) =>
  gate.knock(`/v1/views/${view}/reveals`, { as: agent, payload });

describe('a look through the door', () => {
  it('finds a customer and answers with a handle alone', async () => {
    const answer = await gate.knock('/v1/lookups', {
      as: agent,
      payload: { case: world.caseRef, by: 'email', value: 'ann@example.com' },
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ seq: world.asked.length, customer: world.customer });
    expect(lastAsk()).toMatchObject({ method: 'lookup', ask: { by: 'email', value: 'ann@example.com' } });
  });

  it('opens a view, masked, with what may be done and what is left', async () => {
    const answer = await gate.knock('/v1/views', { as: agent, payload: { case: world.caseRef } });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({
      seq: world.asked.length,
      view: expect.stringMatching(/^[0-9a-f]{12}$/),
      customer: world.customer,
      case: world.caseRef,
      fields: [{ name: 'email', masked: 'a•••@e•••', can: ['reveal', 'mail'] }, { name: 'phone' }],
      budget_left: { reveals_this_hour: 29, customers_this_shift: 39 },
    });
    expect(lastAsk()?.ask).toEqual({ caseKey: world.caseRef, customerId: undefined, reason: undefined });
  });

  it('reveals exactly the named fields, and hands on the reason as given', async () => {
    const view = world.openView();
    const answer = await reveal(view, { fields: ['email'], reason });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      seq: world.asked.length,
      view,
      fields: [{ name: 'email', value: plaintextOf('email') }],
    });
    expect(lastAsk()?.ask).toEqual({
      viewId: view,
      fields: ['email'],
      reason: { code: undefined, ...reason },
    });
  });

  it('leaves a missing reason to the rules, which put the try on record', async () => {
    const answer = await reveal(world.openView(), { fields: ['email'] });
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toMatchObject({ code: 'reason-missing' });
    expect(lastAsk()).toMatchObject({ method: 'reveal', ask: { reason: undefined } });
  });

  it('starts a call without showing the number', async () => {
    const answer = await gate.knock(`/v1/views/${world.openView()}/contacts`, {
      as: agent,
      payload: { field: 'phone' },
    });
    expect(answer.json()).toEqual({ seq: world.asked.length });
  });

  it('asks the rules for every export, and hands on their no', async () => {
    const payload = { case: world.caseRef, fields: ['email'], reason };
    const answer = await gate.knock('/v1/exports', { as: agent, payload });
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'export-closed']);
    expect(lastAsk()).toMatchObject({ method: 'export', ask: { caseKey: world.caseRef, fields: ['email'] } });
  });

  it('hands a retry’s key on, whatever the case of its letters', async () => {
    const key = '0A4F3C1E-9B7D-4E21-8C55-1F2E3D4C5B6A';
    const payload = { case: world.caseRef };
    await gate.knock('/v1/views', { as: agent, payload, headers: { 'idempotency-key': key } });
    expect(lastAsk()?.idempotencyKey).toBe(key.toLowerCase());
    const bad = await gate.knock('/v1/views', {
      as: agent,
      payload,
      headers: { 'idempotency-key': 'again' },
    });
    expect(bad.json()).toMatchObject({ code: 'bad-request', errors: [{ field: 'idempotency-key' }] });
  });

  it('is nowhere kept by browsers or proxies', async () => {
    const answer = await reveal(world.openView(), { fields: ['email'], reason });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('answers not-yours with the same bytes and headers whatever exists behind it', async () => {
    const view = world.openView();
    const noes = await Promise.all([
      gate.knock('/v1/views', { as: agent, payload: { case: 'no-such-case' } }),
      gate.knock('/v1/views', {
        as: agent,
        payload: { case: world.caseRef, customer: newId('customer', world.ports.chance) },
      }),
      gate.knock('/v1/lookups', { as: agent, payload: { case: 'CASE-2', by: 'phone', value: '+491234' } }),
      reveal('0123456789ab', { fields: ['email'], reason }),
      gate.knock('/v1/views/ffffffffffff/contacts', { as: agent, payload: { field: 'phone' } }),
    ]);
    const seen = noes.map(({ statusCode, headers: { date: _date, ...headers }, body }) => ({
      statusCode,
      headers,
      body,
    }));
    for (const no of seen) expect(no).toEqual(seen[0]);
    expect(seen[0]).toMatchObject({
      statusCode: 403,
      headers: { 'content-type': 'application/problem+json; charset=utf-8' },
    });
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual({
      code: 'not-yours',
      title: 'You hold no open case of this customer. Open the case in your help desk first.',
      status: 403,
    });
    expect((await reveal(view, { fields: ['email'], reason })).statusCode).toBe(200);
  });

  it('under an ended session still reaches the rules, so that the try is on record', async () => {
    const left = fakeWorld();
    const itsGate = await openGate(left);
    left.endSessionOf(left.players.agent, 'standing');
    const answer = await itsGate.knock('/v1/views', {
      as: left.players.agent,
      payload: { case: left.caseRef },
    });
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'session-ended']);
    expect(left.asked).toHaveLength(1);
    const other = await itsGate.knock('/v1/cases', { as: left.players.agent });
    expect([other.statusCode, other.json().code]).toEqual([401, 'not-signed-in']);
    await itsGate.app.close();
  });
});
