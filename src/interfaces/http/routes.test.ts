import fastify, { type RouteOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roles } from '../../model/role.ts';
import { fakeWorld } from './cast/fake-world.ts';
import { type Gate, openGate } from './cast/knock.ts';
import { operationsOf, sampleRequests } from './cast/sample-requests.ts';
import { demandDeclarations, everyRole } from './route-access.ts';
import { buildServer } from './server.ts';

let gate: Gate;
beforeAll(async () => {
  gate = await openGate(fakeWorld());
});
afterAll(() => gate.app.close());

/** Every schema inside one, itself first. */
const within = (schema: unknown): Record<string, unknown>[] => {
  if (Array.isArray(schema)) return schema.flatMap(within);
  if (typeof schema !== 'object' || schema === null) return [];
  return [schema as Record<string, unknown>, ...Object.values(schema).flatMap(within)];
};

const looseEnds = (schema: unknown): string[] =>
  within(schema).flatMap((one) => {
    if (one['type'] === 'object' && one['properties'] && one['additionalProperties'] !== false)
      return [`an object takes any field: ${Object.keys(one['properties'])}`];
    const bounded = one['maxLength'] ?? one['pattern'] ?? one['enum'] ?? one['format'] ?? one['const'];
    if (one['type'] === 'string' && bounded === undefined) return ['a text has no bound'];
    if (one['type'] === 'array' && one['maxItems'] === undefined) return ['a list has no bound'];
    return [];
  });

const registered = async (): Promise<RouteOptions[]> => {
  const all: RouteOptions[] = [];
  const app = buildServer(fakeWorld().ports);
  app.addHook('onRoute', (route) => void all.push(route));
  await app.ready();
  await app.close();
  return all;
};

describe('every route', () => {
  it('declares who may use it, or the server does not start', async () => {
    const app = fastify();
    demandDeclarations(app);
    const schema = { operationId: 'x', summary: 'x', tags: ['x'], response: { 200: { type: 'null' } } };
    expect(() => app.get('/a', { schema }, () => null)).toThrow(
      'the route GET /a does not declare its access',
    );
    expect(() => app.get('/b', { config: { access: 'anyone' } }, () => null)).toThrow('an operationId');
    const { response: _none, ...mute } = schema;
    expect(() => app.get('/c', { schema: mute, config: { access: 'anyone' } }, () => null)).toThrow(
      'its response schemas',
    );
    expect(() => app.get('/d', { schema, config: { access: 'anyone' } }, () => null)).not.toThrow();
    const routes = await registered();
    expect(routes.length).toBeGreaterThan(18);
    for (const { url, config } of routes) expect([url, config?.access]).toEqual([url, expect.anything()]);
  });

  it('takes no field it does not know, and no text or list without a bound', async () => {
    const found = (await registered()).flatMap(({ method, url, schema }) =>
      // The raw body of the webhook is judged by its workflow; queries of a provider’s answer are not ours to close.
      [schema?.body, schema?.params, schema?.querystring]
        .flatMap(looseEnds)
        .map((end) => `${String(method)} ${url}: ${end}`),
    );
    expect(found).toEqual([
      'GET /v1/sign-in/callback: an object takes any field: code,state,iss,error,error_description,session_state',
    ]);
  });

  it('answers every no in the one shape', async () => {
    for (const { url, schema } of await registered()) {
      const answers = Object.entries((schema?.response ?? {}) as Record<string, unknown>);
      for (const [status, answer] of answers)
        if ((Number(status) >= 400 || status === 'default') && url !== '/readyz')
          expect([url, status, answer]).toMatchObject([
            url,
            status,
            { content: { 'application/problem+json': {} } },
          ]);
    }
  });

  it('that looks at a customer is judged by the rules for every role, so that each try is on record', async () => {
    const looks = (await registered()).filter(
      ({ schema }) => (schema?.body as { properties?: object } | undefined) && schema?.tags?.includes('look'),
    );
    expect(looks.map(({ url }) => url)).toEqual([
      '/v1/lookups',
      '/v1/views',
      '/v1/views/:view/reveals',
      '/v1/views/:view/contacts',
      '/v1/exports',
    ]);
    for (const { config } of looks) expect(config?.access).toEqual({ roles: everyRole, judgedBehind: true });
  });
});

describe('the table of routes and roles', () => {
  const callers = ['nobody', ...roles] as const;

  /** What the door did, as far as the caller can tell: the rooms behind it let everyone in. */
  const passage = (statusCode: number, code: unknown): string => {
    if (code === 'not-signed-in') return 'no session';
    if (code === 'not-allowed') return 'no';
    if (code === 'webhook-forged') return 'no signature';
    return statusCode < 500 ? 'in' : `broken ${statusCode}`;
  };

  it('is the committed one', async () => {
    const lines: string[] = [];
    const row = (cells: readonly string[]) => {
      const [method = '', path = '', ...rest] = cells;
      lines.push(
        `${method.padEnd(5)}${path.padEnd(34)}${rest.map((cell) => cell.padEnd(17)).join('')}`.trimEnd(),
      );
    };
    row(['', 'route', ...callers]);
    const gates = await Promise.all(
      callers.map(async (caller) => {
        const world = fakeWorld();
        // Signing out is one of the calls; it must not end the session of those that follow.
        const sessions = { ...world.ports.sessions, endSession: async () => {} };
        const as = caller === 'nobody' ? {} : { as: world.players[caller] };
        const { app, knock } = await openGate({ ports: { ...world.ports, sessions } });
        return { app, knock, as, samples: sampleRequests(world) };
      }),
    );
    for (const { id, method, path } of operationsOf(gate.app)) {
      const cells = await Promise.all(
        gates.map(async ({ knock, as, samples }) => {
          const sample = samples[id];
          expect(sample, `the operation ${id} has a sample request`).toBeDefined();
          const { url = '', payload } = sample ?? {};
          const answer = await knock(url, { method, ...as, ...(payload ? { payload } : {}) });
          const type = String(answer.headers['content-type']);
          return passage(answer.statusCode, type.includes('json') ? answer.json().code : undefined);
        }),
      );
      row([method, path, ...cells]);
    }
    await Promise.all(gates.map(({ app }) => app.close()));
    const head = [
      '# Who comes in by which route. Made by src/interfaces/http/routes.test.ts; renew it with: npm test -- -u',
      '# in: the door lets the request in; what then happens is for the rules behind it to say.',
      '# no: this role may not use the route. no session, no signature: nobody without one comes in.',
    ];
    await expect(`${[...head, '', ...lines].join('\n')}\n`).toMatchFileSnapshot('../../../docs/routes.txt');
  });
});

describe('the OpenAPI document', () => {
  it('is the committed one, and is served as it is', async () => {
    const document = `${JSON.stringify(gate.app.swagger(), null, 2)}\n`;
    await expect(document).toMatchFileSnapshot('../../../docs/openapi.json');
    const served = await gate.knock('/openapi.json');
    expect(served.json()).toEqual(JSON.parse(document));
  });

  it('is OpenAPI 3.1, names every operation once, and says which need a session', () => {
    const document = gate.app.swagger() as unknown as {
      openapi: string;
      paths: Record<string, Record<string, { security?: unknown; operationId: string }>>;
    };
    expect(document.openapi).toBe('3.1.0');
    const ids = operationsOf(gate.app).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(document.paths['/v1/views']?.['post']?.security).toEqual([{ session: [] }, { bearer: [] }]);
    expect(document.paths['/healthz']?.['get']?.security).toBeUndefined();
  });
});
