import { afterEach, describe, expect, it } from 'vitest';
import { deskOrigin, fakeWorld } from '../cast/fake-world.ts';
import { type Gate, openGate } from '../cast/knock.ts';
import { usualDoorLimits } from '../http-ports.ts';
import { tellEveryMs } from './throttled-tries.ts';

const open: Gate[] = [];
const gateOf = async (world: ReturnType<typeof fakeWorld>) => {
  const gate = await openGate(world);
  open.push(gate);
  return gate;
};
afterEach(() => Promise.all(open.splice(0).map(({ app }) => app.close())));

const cookieOf = (token: string) => ({ cookie: `casebound=${token}` });
const json = { 'content-type': 'application/json' };

describe('the door', () => {
  it('knows a session by its cookie or by its bearer token, and nobody else', async () => {
    const world = fakeWorld();
    const { knock } = await gateOf(world);
    const { agent, token } = world.players.agent;
    expect((await knock('/v1/me', { headers: cookieOf(token) })).json()).toMatchObject({ agent: agent.id });
    expect((await knock('/v1/me', { as: world.players.agent })).json()).toMatchObject({ agent: agent.id });
    for (const headers of [
      {},
      cookieOf('x'.repeat(43)),
      cookieOf(`${token}x`),
      { authorization: `Basic ${token}` },
      { authorization: 'Bearer' },
      { cookie: `__Host-casebound=${token}` },
      { ...cookieOf(token), authorization: 'Bearer wrong' },
    ]) {
      const answer = await knock('/v1/me', { headers });
      expect([answer.statusCode, answer.json().code]).toEqual([401, 'not-signed-in']);
    }
  });

  it('lets a cookie change something only from our own pages', async () => {
    const world = fakeWorld();
    const { knock } = await gateOf(world);
    const post = (headers: Record<string, string>) =>
      knock('/v1/views', {
        headers: { ...cookieOf(world.players.agent.token), ...json, ...headers },
        payload: { case: world.caseRef },
      });
    for (const headers of [
      {},
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'null', 'sec-fetch-site': 'same-origin' },
    ]) {
      const answer = await post(headers);
      expect([answer.statusCode, answer.json().code]).toEqual([403, 'cross-site']);
    }
    expect(world.asked).toHaveLength(0);
    expect((await post({ origin: deskOrigin })).statusCode).toBe(201);
    expect((await post({ 'sec-fetch-site': 'same-origin' })).statusCode).toBe(201);
  });

  it('takes no form that a page elsewhere could send', async () => {
    const world = fakeWorld();
    const { knock } = await gateOf(world);
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      const answer = await knock('/v1/views', {
        as: world.players.agent,
        headers: { 'content-type': type },
        payload: JSON.stringify({ case: world.caseRef }),
      });
      expect([answer.statusCode, answer.json().code]).toEqual([415, 'unsupported-type']);
    }
  });

  it('forgets whoever signs out, at once and for good', async () => {
    const world = fakeWorld();
    const { knock } = await gateOf(world);
    const headers = { ...cookieOf(world.players.agent.token), origin: deskOrigin };
    const out = await knock('/v1/sign-out', { method: 'POST', headers });
    expect(out.statusCode).toBe(204);
    expect(out.headers['set-cookie']).toMatch(/^casebound=; .*Expires=Thu, 01 Jan 1970/);
    expect((await knock('/v1/me', { headers })).statusCode).toBe(401);
  });

  it('lets sixty look-ups a minute through, turns the rest away, and tells their number once a minute', async () => {
    const world = fakeWorld();
    const { knock, app } = await gateOf(world);
    const as = world.players.agent;
    const payload = { case: world.caseRef, by: 'phone', value: '+4912345' };
    const statuses: number[] = [];
    for (let i = 0; i < 200; i += 1) statuses.push((await knock('/v1/lookups', { as, payload })).statusCode);
    expect(statuses.filter((status) => status === 403)).toHaveLength(60);
    expect(statuses.filter((status) => status === 429)).toHaveLength(140);
    expect(world.asked).toHaveLength(60);
    const away = await knock('/v1/lookups', { as, payload });
    expect(away.headers['retry-after']).toBe('1');
    expect(away.json()).toMatchObject({ code: 'too-many' });
    expect((await knock('/v1/views', { as, payload: { case: world.caseRef } })).statusCode).toBe(201);
    world.pass(tellEveryMs);
    expect(world.throttled).toEqual([]);
    await app.close();
    expect(world.throttled).toMatchObject([{ route: '/v1/lookups', count: 141 }]);
  });

  it('limits a session as a whole and leaves the others alone', async () => {
    const limits = { ...usualDoorLimits, session: { burstCount: 5, perMinute: 1 } };
    const settings = { publicOrigin: deskOrigin, trustedProxies: [], limits };
    const world = fakeWorld({ settings });
    const { knock } = await gateOf(world);
    for (let i = 0; i < 5; i += 1) await knock('/v1/me', { as: world.players.agent });
    expect((await knock('/v1/me', { as: world.players.agent })).statusCode).toBe(429);
    expect((await knock('/v1/me', { as: world.players.lead })).statusCode).toBe(200);
    world.pass(60_000);
    expect((await knock('/v1/me', { as: world.players.agent })).statusCode).toBe(200);
  });

  it('slows down whoever guesses tokens, without locking out the sessions at the same address', async () => {
    const limits = { ...usualDoorLimits, strangers: { burstCount: 3, perMinute: 1 } };
    const world = fakeWorld({ settings: { publicOrigin: deskOrigin, trustedProxies: [], limits } });
    const { knock } = await gateOf(world);
    const guesses = [];
    for (let i = 0; i < 4; i += 1)
      guesses.push((await knock('/v1/me', { headers: cookieOf('A'.repeat(43)) })).statusCode);
    expect(guesses).toEqual([401, 401, 401, 429]);
    expect((await knock('/v1/me', { as: world.players.agent })).statusCode).toBe(200);
  });

  it('believes a forwarded address only from a proxy it was told to trust', async () => {
    const limits = { ...usualDoorLimits, strangers: { burstCount: 1, perMinute: 1 } };
    for (const [trustedProxies, expected] of [
      [[], [401, 429]],
      [['127.0.0.1'], [401, 401]],
    ] as const) {
      const { knock } = await gateOf(
        fakeWorld({ settings: { publicOrigin: deskOrigin, trustedProxies, limits } }),
      );
      const seen = [];
      for (const from of ['203.0.113.1', '203.0.113.2'])
        seen.push((await knock('/v1/me', { headers: { 'x-forwarded-for': from } })).statusCode);
      expect(seen).toEqual(expected);
    }
  });

  it('refuses the wrong role before it reads the body', async () => {
    const world = fakeWorld();
    const { knock } = await gateOf(world);
    const answer = await knock('/v1/accesses', { as: world.players.agent });
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'not-allowed']);
  });

  it('dresses every answer, and tells browsers to stay on https where it is', async () => {
    for (const [publicOrigin, hsts] of [
      [deskOrigin, undefined],
      ['https://casebound.example', 'max-age=31536000'],
    ] as const) {
      const { knock } = await gateOf(
        fakeWorld({ settings: { publicOrigin, trustedProxies: [], limits: usualDoorLimits } }),
      );
      for (const url of ['/healthz', '/v1/me', '/nowhere', '/%zz', '/openapi.json']) {
        const { headers } = await knock(url);
        expect(headers).toMatchObject({
          'content-security-policy': expect.stringContaining("default-src 'none'"),
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
          'cache-control': 'no-store',
        });
        expect(headers['strict-transport-security']).toBe(hsts);
      }
    }
  });
});
