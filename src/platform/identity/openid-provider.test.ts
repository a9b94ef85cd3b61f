import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { isFault } from '../../model/fault.ts';
import { type OpenIdProvider, openIdProvider } from './openid-provider.ts';

const chance = { bytes: (count: number) => randomBytes(count) };
const opened: (Server | OpenIdProvider)[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) 'stop' in one ? one.stop() : one.close();
});

const serve = async (listener: RequestListener, port = 0): Promise<string> => {
  const server = createServer(listener);
  opened.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const providerAt = (issuer: string, onUnreachable = (): void => {}): OpenIdProvider => {
  const settings = {
    issuer,
    clientId: 'casebound',
    clientSecret: undefined,
    callbackUrl: 'http://127.0.0.1:1/cb',
  };
  const provider = openIdProvider(settings, { chance, onUnreachable });
  opened.push(provider);
  return provider;
};

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (thrown: unknown) => (isFault(thrown) ? thrown.code : String(thrown)),
  );

const published = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/auth`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
});

describe('a provider', () => {
  it('must be https or on this machine', () => {
    for (const issuer of ['http://idp.example', 'http://10.0.0.1', 'ldap://127.0.0.1', 'not a URL'])
      expect(() => providerAt(issuer)).toThrow(/issuer/);
  });

  it('that was down when we started is used as soon as it answers', async () => {
    let up = false;
    let issuer = '';
    issuer = await serve((_request, response) => {
      response.statusCode = up ? 200 : 503;
      response.setHeader('content-type', 'application/json').end(JSON.stringify(published(issuer)));
    });
    const provider = providerAt(issuer);
    expect(await codeOf(provider.start())).toBe('sign-in-down');
    up = true;
    expect(await codeOf(provider.start())).toBe('done');
  });

  it('that calls itself another issuer than configured is not used', async () => {
    const issuer = await serve((_request, response) => {
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify(published('https://other.example')));
    });
    expect(await codeOf(providerAt(issuer).start())).toBe('sign-in-down');
  });

  it('that breaks off in the middle is down; one that says no has failed the sign-in', async () => {
    let answer: { status: number; body: object } = { status: 503, body: {} };
    let issuer = '';
    issuer = await serve((request, response) => {
      const { status, body } = request.url?.startsWith('/token')
        ? answer
        : { status: 200, body: published(issuer) };
      response.statusCode = status;
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    });
    const provider = providerAt(issuer);
    const finish = async () => {
      const { pending } = await provider.start();
      return codeOf(provider.finish(new URLSearchParams({ code: 'c', state: pending.state }), pending));
    };
    expect(await finish()).toBe('sign-in-down');
    answer = { status: 400, body: { error: 'invalid_grant' } };
    expect(await finish()).toBe('sign-in-failed');
    answer = { status: 200, body: { access_token: 'x', token_type: 'bearer' } };
    expect(await finish()).toBe('sign-in-failed');
    const unsigned = [{ alg: 'none' }, { sub: 'ann' }].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    answer = {
      status: 200,
      body: { access_token: 'x', token_type: 'bearer', id_token: `${unsigned.join('.')}.` },
    };
    expect(await finish()).toBe('sign-in-failed');
  });
});
