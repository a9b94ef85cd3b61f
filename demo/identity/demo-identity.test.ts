import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoIdentity, startDemoIdentity } from './demo-identity.ts';
import type { Persona } from './persona.ts';

const personas: Persona[] = [
  { subject: 'sub-ann', name: 'Ann <b>Arden</b>', says: 'Agent, Team Kestrel', group: 'Northwind' },
  { subject: 'sub-cem', name: 'Cem Can', says: 'Analyst', group: 'The client' },
];
const callback = 'http://127.0.0.1:9/v1/sign-in/callback';

let identity: DemoIdentity;
beforeAll(async () => {
  identity = await startDemoIdentity({
    issuerPort: 0,
    clients: [{ clientId: 'casebound', redirectUris: [callback] }],
    personas,
  });
});
afterAll(() => identity.stop());

/** One browser: keeps its cookies and follows redirects as long as they stay with the provider. */
const browser = () => {
  const cookies = new Map<string, string>();
  const visit = async (url: URL, form?: URLSearchParams): Promise<URL> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(form ? { method: 'POST', body: form } : {}),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    const next = location === null ? undefined : new URL(location, url);
    return next === undefined || next.origin !== identity.issuer ? (next ?? url) : visit(next);
  };
  return { visit };
};

const authorizeUrl = (over: Record<string, string> = {}): URL => {
  const url = new URL('/auth', identity.issuer);
  url.search = new URLSearchParams({
    client_id: 'casebound',
    response_type: 'code',
    scope: 'openid',
    redirect_uri: callback,
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ...over,
  }).toString();
  return url;
};

const authorize = (over?: Record<string, string>) => fetch(authorizeUrl(over), { redirect: 'manual' });

describe('the demo identity provider', () => {
  it('asks who to be, shows every persona escaped, and says that it is a demo', async () => {
    const started = await authorize();
    const cookie = started.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    const page = await fetch(new URL(started.headers.get('location') ?? '', identity.issuer), {
      headers: { cookie },
    });
    const html = await page.text();
    expect(page.status).toBe(200);
    expect(html).toContain('This is a demo');
    expect(html).toContain('value="sub-ann"');
    expect(html).toContain('Ann &lt;b&gt;Arden&lt;/b&gt;');
    expect(html).not.toContain('<script');
    expect(html).not.toMatch(/https?:\/\//);
  });

  it('lets one browser be somebody else each time', async () => {
    const { visit } = browser();
    for (const persona of ['sub-ann', 'sub-cem', 'sub-cem']) {
      const picker = await visit(authorizeUrl());
      expect(picker.pathname).toMatch(/^\/interaction\//);
      const back = await visit(picker, new URLSearchParams({ persona }));
      expect([back.origin, back.pathname]).toEqual(['http://127.0.0.1:9', '/v1/sign-in/callback']);
      expect(back.searchParams.get('code')).toMatch(/^[\w-]{20,}$/);
    }
  });

  it('lets its pages load nothing but their own style sheet', async () => {
    const page = await fetch(identity.issuer);
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' http://127.0.0.1:9",
    );
  });

  it('sends nobody to an address that no client registered', async () => {
    const answer = await authorize({ redirect_uri: 'http://127.0.0.1:9/elsewhere' });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
    expect(await answer.text()).toContain('This sign-in cannot go on');
  });

  it('gives no code to a client that brings no PKCE challenge', async () => {
    const answer = await authorize({ code_challenge: '', code_challenge_method: '' });
    expect(answer.headers.get('location')).toContain('error=invalid_request');
  });

  it('ends a sign-in that nobody started', async () => {
    const answer = await fetch(new URL('/interaction/nobody-started-this', identity.issuer));
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('This sign-in is over');
  });
});
