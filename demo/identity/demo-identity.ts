import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { interactionPolicy, Provider } from 'oidc-provider';
import { memoryAdapter } from './memory-adapter.ts';
import type { Persona } from './persona.ts';
import { pickerCss, pickerPage, plainPage } from './picker-page.ts';

export interface DemoClient {
  readonly clientId: string;
  /** Left out for a public client. */
  readonly clientSecret?: string;
  readonly redirectUris: readonly string[];
}

export interface DemoIdentitySettings {
  /** 0 for any free one. Always on this machine alone. */
  readonly issuerPort: number;
  readonly clients: readonly DemoClient[];
  readonly personas: readonly Persona[];
}

export interface DemoIdentity {
  readonly issuer: string;
  stop(): Promise<void>;
}

const host = '127.0.0.1';
const formBytesMax = 4_096;
const signInSeconds = 600;

/** Asks at every sign-in, so that whoever tries the demo can be somebody else each time. */
const alwaysAsk = () => {
  const policy = interactionPolicy.base();
  policy.remove('consent');
  policy
    .get('login')
    .checks.add(
      new interactionPolicy.Check('always', 'who are you this time?', (ctx) =>
        ctx.oidc.result?.login
          ? interactionPolicy.Check.NO_NEED_TO_PROMPT
          : interactionPolicy.Check.REQUEST_PROMPT,
      ),
    );
  return policy;
};

const newProvider = (issuer: string, { clients, personas }: DemoIdentitySettings): Provider => {
  const subjects = new Set(personas.map((persona) => persona.subject));
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  return new Provider(issuer, {
    adapter: memoryAdapter(),
    clients: clients.map(({ clientId, clientSecret, redirectUris }) => ({
      client_id: clientId,
      redirect_uris: redirectUris,
      ...(clientSecret ? { client_secret: clientSecret } : { token_endpoint_auth_method: 'none' }),
    })),
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    jwks: { keys: [{ ...key, alg: 'ES256', use: 'sig', kid: 'demo' }] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: false } },
    ttl: {
      Session: signInSeconds,
      Interaction: signInSeconds,
      Grant: signInSeconds,
      AccessToken: signInSeconds,
      IdToken: signInSeconds,
    },
    interactions: { policy: alwaysAsk() },
    findAccount: (_ctx: unknown, subject: string) =>
      subjects.has(subject) ? { accountId: subject, claims: () => ({ sub: subject }) } : undefined,
    async loadExistingGrant(ctx: {
      oidc: { provider: Provider; client: { clientId: string }; session: { accountId: string } };
    }) {
      const { provider, client, session } = ctx.oidc;
      const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
    renderError(ctx: { type: string; body: unknown }) {
      ctx.type = 'html';
      ctx.body = plainPage('This sign-in cannot go on', 'Go back to Casebound and start again.');
    },
  });
};

/** Our own pages load our own style sheet and nothing else. Forms may go on to where the clients live. */
const pagePolicy = (clients: readonly DemoClient[]): string => {
  const origins = new Set(
    clients.flatMap(({ redirectUris }) => redirectUris.map((uri) => new URL(uri).origin)),
  );
  return `default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' ${[...origins].join(' ')}`;
};

const readForm = async (request: IncomingMessage): Promise<URLSearchParams> => {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) {
    body += chunk;
    if (body.length > formBytesMax) throw new RangeError('the form is too large');
  }
  return new URLSearchParams(body);
};

const answer = (response: ServerResponse, status: number, page: string, type = 'text/html'): void => {
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8` }).end(page);
};

/**
 * The provider's own memory of who signed in on this browser. Left out, so that nobody is
 * asked to sign the last persona out first.
 */
const forgetLast = (cookies: string): string =>
  cookies
    .split('; ')
    .filter((cookie) => !cookie.startsWith('_session'))
    .join('; ');

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const serveWith = (provider: Provider, { personas }: DemoIdentitySettings): Serve => {
  const protocol = provider.callback();
  const subjects = new Set(personas.map((persona) => persona.subject));
  return async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://demo').pathname;
    if (path === '/picker.css') return answer(response, 200, pickerCss, 'text/css');
    if (path === '/')
      return answer(response, 200, plainPage('The demo’s sign-in service', 'Start from Casebound itself.'));
    if (path === '/auth' || path.startsWith('/auth/'))
      request.headers.cookie = forgetLast(request.headers.cookie ?? '');
    if (!/^\/interaction\/[\w-]+$/.test(path)) return protocol(request, response);
    const { uid } = await provider.interactionDetails(request, response);
    if (request.method !== 'POST') return answer(response, 200, pickerPage(personas, uid));
    const subject = (await readForm(request)).get('persona');
    if (!subject || !subjects.has(subject))
      return answer(
        response,
        400,
        plainPage('Nobody chosen', 'Go back and choose one of the people listed.'),
      );
    return provider.interactionFinished(request, response, {
      login: { accountId: subject, remember: false },
    });
  };
};

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });

/**
 * An OpenID Connect provider for the demo and the tests: real protocol, made-up people, no passwords. It listens
 * on this machine alone, keeps nothing, and asks who to be at every sign-in.
 * @throws Error of the operating system when the port is taken.
 */
export const startDemoIdentity = async (settings: DemoIdentitySettings): Promise<DemoIdentity> => {
  let serve: Serve | undefined;
  const policy = pagePolicy(settings.clients);
  const server = createServer((request, response) => {
    response.setHeader('content-security-policy', policy);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    response.setHeader('cache-control', 'no-store');
    (serve?.(request, response) ?? Promise.reject(new Error('not yet started'))).catch(() => {
      if (!response.headersSent)
        answer(response, 400, plainPage('This sign-in is over', 'Go back to Casebound and start again.'));
    });
  });
  const port = await listen(server, settings.issuerPort);
  const issuer = `http://${host}:${port}`;
  serve = serveWith(newProvider(issuer, settings), settings);
  return {
    issuer,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
