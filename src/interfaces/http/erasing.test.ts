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

const codeOf = (answer: { statusCode: number; json: () => { code?: string } }) => [
  answer.statusCode,
  answer.json().code,
];

describe('erasing', () => {
  const erase = (payload: object, as = players.responder) => gate.knock('/v1/erasures', { as, payload });
  const ask = { subject: { customer: world.customer }, request: 'DSR-1', basis: 'objection' };

  it('is asked for a customer or an agent, listed, and certified', async () => {
    const done = await erase(ask);
    expect([done.statusCode, done.json()]).toMatchObject([
      200,
      { request: 'DSR-1', state: 'done', repeated: false },
    ]);
    expect(world.seen.at(-1)).toEqual([
      'erase',
      { subject: { subjectClass: 'customer', id: world.customer }, request: 'DSR-1', basis: 'objection' },
    ]);
    const agent = newId('agent', chance);
    await erase({ ...ask, subject: { agent }, request: 'DSR-2' });
    expect(world.seen.at(-1)).toMatchObject(['erase', { subject: { subjectClass: 'actor', id: agent } }]);
    const listed = (await gate.knock('/v1/erasures', { as: players.auditor })).json();
    expect(listed.erasures.map((one: { class: string }) => one.class)).toEqual(['customer', 'agent']);
    // Neither list nor answer says who was erased.
    expect(JSON.stringify([listed, done.json()])).not.toContain(world.customer);
    const { erasure } = done.json();
    const certificate = await gate.knock(`/v1/erasures/${erasure}/certificate`, { as: players.auditor });
    expect(certificate.json().certificate).toContain('casebound-erasure-certificate/1');
  });

  it('says no in the words of a hold, of nobody, and of a malformed ask', async () => {
    expect(codeOf(await erase({ ...ask, request: 'HELD-1' }))).toEqual([403, 'held']);
    expect(codeOf(await erase({ ...ask, subject: { customer: newId('customer', chance) } }))).toEqual([
      404,
      'not-found',
    ]);
    for (const wrong of [
      { ...ask, request: 'Rosa Miller, born 1980' },
      { ...ask, basis: 'because' },
      { ...ask, subject: { customer: 'rosa' } },
      { ...ask, subject: { customer: world.customer, agent: newId('agent', chance) } },
      { request: 'DSR-3', basis: 'objection' },
    ])
      expect(codeOf(await erase(wrong))).toEqual([400, 'bad-request']);
    const none = `/v1/erasures/${newId('erasure', chance)}/certificate`;
    expect(codeOf(await gate.knock(none, { as: players.auditor }))).toEqual([404, 'not-found']);
  });
});

describe('legal holds', () => {
  const reason = 'claim 12 O 44/26 before the district court';

  it('are put on what they cover, listed with who and why, and lifted by two', async () => {
    const [agent, matter] = [newId('agent', chance), newId('case', chance)];
    const [from, to] = ['2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'];
    for (const [cover, handed] of [
      [{ customer: world.customer }, { scope: 'customer', id: world.customer }],
      [{ agent }, { scope: 'agent', id: agent }],
      [{ case: matter }, { scope: 'case', id: matter }],
      [
        { from, to },
        { scope: 'range', from: Date.parse(from), to: Date.parse(to) },
      ],
    ] as const) {
      const put = await gate.knock('/v1/holds', {
        as: players.responder,
        payload: { cover, reason, until: to },
      });
      expect([put.statusCode, put.json()]).toMatchObject([201, { hold: expect.stringMatching(/^hld_/) }]);
      expect(world.seen.at(-1)).toEqual(['put-hold', { cover: handed, reason, until: Date.parse(to) }]);
    }
    const { holds } = (await gate.knock('/v1/holds?ended=true', { as: players.auditor })).json();
    expect(holds).toHaveLength(4);
    expect(holds[3]).toMatchObject({
      cover: { from, to },
      reason,
      until: to,
      put: { at: expect.any(String) },
    });
    const lift = (words: string) =>
      gate.knock(`/v1/holds/${holds[0].hold}/lift`, {
        as: players.administrator,
        payload: { reason: words },
      });
    expect((await lift('the claim was settled')).json()).toMatchObject({ state: 'asked' });
    expect(codeOf(await lift('myself again, please'))).toEqual([403, 'same-person']);
  });

  it('are shut to who may not read them, and take no ask out of form', async () => {
    expect(codeOf(await gate.knock('/v1/holds', { as: players.analyst }))).toEqual([403, 'not-allowed']);
    for (const payload of [
      { cover: { customer: world.customer } },
      { cover: {}, reason },
      { cover: { from: 'yesterday', to: 'today' }, reason },
      { cover: { customer: world.customer, case: newId('case', chance) }, reason },
    ])
      expect(codeOf(await gate.knock('/v1/holds', { as: players.responder, payload }))).toEqual([
        400,
        'bad-request',
      ]);
  });
});

describe('break-glass', () => {
  it('is listed while it is live, without the customer, and ended', async () => {
    const { broken } = (await gate.knock('/v1/break-glass', { as: players.analyst })).json();
    expect(Object.keys(broken[0]).toSorted()).toEqual([
      'agent',
      'break_glass',
      'ends_at',
      'seq',
      'started_at',
    ]);
    const url = `/v1/break-glass/${broken[0].break_glass}/end`;
    const ended = await gate.knock(url, { method: 'POST', as: players.analyst, payload: {} });
    expect([ended.statusCode, ended.json()]).toMatchObject([200, { ended: true }]);
  });
});

describe('health', () => {
  it('says when repeating work was done last', async () => {
    expect((await gate.knock('/readyz')).json()).toMatchObject({
      ready: true,
      jobs: [{ job: 'ledger-audit', outcome: 'done', ended_at: expect.any(String) }],
    });
  });
});
