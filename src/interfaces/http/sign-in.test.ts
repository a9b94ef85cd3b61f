import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoIdentity, startDemoIdentity } from '../../../demo/identity/demo-identity.ts';
import { signIn } from '../../../demo/identity/sign-in.ts';
import { plain } from '../../model/plain.ts';
import { roles } from '../../model/role.ts';
import { type OpenIdProvider, openIdProvider } from '../../platform/identity/openid-provider.ts';
import { deskOrigin, type FakeWorld, fakeWorld } from './cast/fake-world.ts';
import { openGate } from './cast/knock.ts';
import { buildServer } from './server.ts';

let stop: () => Promise<void>;
let identity: DemoIdentity;
let provider: OpenIdProvider;
let world: FakeWorld;
let origin: string;

beforeAll(async () => {
  const base = fakeWorld();
  const chance = base.ports.chance;
  // The callback address must be known to the provider before we listen, so we listen first, then wire.
  const app = buildServer({
    ...base.ports,
    identity: { start: () => provider.start(), finish: (...told) => provider.finish(...told) },
  });
  origin = await app.listen({ port: 0, host: '127.0.0.1' });
  const callbackUrl = `${origin}/v1/sign-in/callback`;
  identity = await startDemoIdentity({
    issuerPort: 0,
    clients: [
      { clientId: 'casebound', clientSecret: 'a demo secret of some length', redirectUris: [callbackUrl] },
    ],
    personas: [...roles, 'stranger'].map((role) => ({
      subject: `sub-${role}`,
      name: role,
      says: role,
      group: 'all',
    })),
  });
  provider = openIdProvider(
    {
      issuer: identity.issuer,
      clientId: 'casebound',
      clientSecret: plain('a demo secret of some length'),
      callbackUrl,
    },
    { chance, onUnreachable: () => {} },
  );
  world = base;
  stop = async () => {
    provider.stop();
    await app.close();
    await identity.stop();
  };
});
afterAll(() => stop());

const me = async (headers: Record<string, string>) => {
  const answer = await fetch(`${origin}/v1/me`, { headers });
  return (await answer.json()) as { agent?: string; code?: string };
};

describe('signing in', () => {
  it('leads each persona through the provider to a session of their own', async () => {
    for (const role of roles) {
      const { cookie, token } = await signIn(origin, `sub-${role}`);
      expect(cookie).toBe(`casebound=${token}`);
      expect(await me({ cookie })).toMatchObject({ agent: world.players[role].agent.id });
      expect(await me({ authorization: `Bearer ${token}` })).toMatchObject({
        agent: world.players[role].agent.id,
      });
    }
  });

  it('gives a new token every time, and each in a cookie that scripts and other sites cannot reach', async () => {
    const one = await signIn(origin, 'sub-agent');
    const other = await signIn(origin, 'sub-agent');
    expect(one.token).not.toBe(other.token);
    const { knock, app } = await openGate(fakeWorld());
    const start = await knock('/v1/sign-in');
    const ticket = String(start.headers['set-cookie']);
    expect(ticket).toMatch(/^casebound-sign-in=[\w-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/);
    const back = await knock('/v1/sign-in/callback?code=sub-agent&state=state', {
      headers: { cookie: ticket.split(';')[0] ?? '' },
    });
    expect([back.statusCode, back.headers.location]).toEqual([303, '/']);
    expect(back.headers['set-cookie']).toEqual([
      expect.stringMatching(/^casebound-sign-in=; .*Expires=Thu, 01 Jan 1970/),
      expect.stringMatching(/^casebound=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/),
    ]);
    await app.close();
  });

  it('refuses whom the provider knows and we do not, in the same words as someone suspended', async () => {
    await expect(signIn(origin, 'sub-stranger')).rejects.toThrow('/v1/sign-in/callback with status 403');
    const own = fakeWorld();
    const { knock, app } = await openGate({
      ports: { ...own.ports, sessions: { ...own.ports.sessions, startSession: async () => undefined } },
    });
    const ticketOf = async () =>
      String((await knock('/v1/sign-in')).headers['set-cookie']).split(';')[0] ?? '';
    const finish = async (subject: string) => {
      const { statusCode, headers, body } = await knock(`/v1/sign-in/callback?code=${subject}&state=state`, {
        headers: { cookie: await ticketOf() },
      });
      return {
        statusCode,
        cookies: headers['set-cookie'],
        problem: { ...JSON.parse(body), reference: undefined },
      };
    };
    const [unknown, suspended] = [await finish('sub-nobody'), await finish('sub-agent')];
    expect(unknown).toEqual(suspended);
    expect(unknown).toMatchObject({ statusCode: 403, problem: { code: 'not-admitted' } });
    await app.close();
  });

  it('fails clearly without the ticket, with another’s state, or with a code used before', async () => {
    const callback = async (query: string, cookie = '') => {
      const answer = await fetch(`${origin}/v1/sign-in/callback?${query}`, {
        headers: { cookie },
        redirect: 'manual',
      });
      return [answer.status, ((await answer.json()) as { code: string }).code];
    };
    expect(await callback('code=x&state=y')).toEqual([400, 'sign-in-failed']);
    const start = await fetch(`${origin}/v1/sign-in`, { redirect: 'manual' });
    const ticket = start.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const state = new URL(start.headers.get('location') ?? '').searchParams.get('state') ?? '';
    const iss = encodeURIComponent(identity.issuer);
    expect(await callback(`code=x&state=another&iss=${iss}`, ticket)).toEqual([400, 'sign-in-failed']);
    expect(await callback(`code=made-up&state=${state}&iss=${iss}`, ticket)).toEqual([400, 'sign-in-failed']);
    expect(await callback(`code=x&state=${state}&iss=https%3A%2F%2Fevil.example`, ticket)).toEqual([
      400,
      'sign-in-failed',
    ]);
    expect(await callback(`error=access_denied&state=${state}&iss=${iss}`, ticket)).toEqual([
      400,
      'sign-in-failed',
    ]);
  });

  it('asks the provider for a code with PKCE, state and nonce, and nothing more than who it is', async () => {
    const start = await fetch(`${origin}/v1/sign-in`, { redirect: 'manual' });
    const asked = new URL(start.headers.get('location') ?? '').searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({
      response_type: 'code',
      scope: 'openid',
      code_challenge_method: 'S256',
    });
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)).toMatch(/^[\w-]{43}$/);
  });

  it('waits for no provider except where someone signs in', async () => {
    const own = fakeWorld();
    const downAt: number[] = [];
    const down = openIdProvider(
      {
        issuer: 'http://127.0.0.1:9',
        clientId: 'casebound',
        clientSecret: undefined,
        callbackUrl: `${deskOrigin}/v1/sign-in/callback`,
      },
      { chance: own.ports.chance, onUnreachable: (retryAfterMs) => void downAt.push(retryAfterMs) },
    );
    const { knock, app } = await openGate({ ports: { ...own.ports, identity: down } });
    const answer = await knock('/v1/sign-in');
    expect([answer.statusCode, answer.json().code, answer.headers['retry-after']]).toEqual([
      503,
      'sign-in-down',
      '3',
    ]);
    expect((await knock('/v1/me', { as: own.players.agent })).statusCode).toBe(200);
    expect(downAt).toEqual([1_000]);
    const page = await knock('/v1/sign-in', { headers: { accept: 'text/html' } });
    expect(page.body).toContain('The sign-in service cannot be reached right now.');
    down.stop();
    await app.close();
  });
});
