import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fault, type FaultCode, faults } from '../../model/fault.ts';
import { refusals } from '../../model/refusal.ts';
import { type Role, roles } from '../../model/role.ts';
import { type FakeWorld, fakeWorld } from './cast/fake-world.ts';
import { type Gate, openGate } from './cast/knock.ts';
import { type Operation, operationsOf, type Sample, sampleRequests } from './cast/sample-requests.ts';
import { usualDoorLimits } from './http-ports.ts';
import { bodyBytesMax } from './server.ts';

const endless = { burstCount: 1e9, perMinute: 1e9 };
const limits = { session: endless, lookups: endless, signIns: endless, strangers: endless };
/** A world that turns nobody away for coming often, and whose sessions outlive a sign-out. */
const patientWorld = (): FakeWorld => {
  const world = fakeWorld();
  const settings = { ...world.ports.settings, limits };
  const sessions = { ...world.ports.sessions, endSession: async () => {} };
  return { ...world, ports: { ...world.ports, settings, sessions } };
};
const world = patientWorld();
const { agent } = world.players;
let gate: Gate;
let operations: Operation[];
let samples: Readonly<Record<string, Sample>>;
beforeAll(async () => {
  gate = await openGate(world);
  operations = operationsOf(gate.app);
  samples = sampleRequests(world);
});
afterAll(() => gate.app.close());

const json = { 'content-type': 'application/json' };
const knownCodes = [...Object.keys(faults), ...Object.keys(refusals)];

const post = (payload: string | object, url = '/v1/views') =>
  gate.knock(url, { method: 'POST', as: agent, headers: json, payload });

describe('bad input', () => {
  it('is told by field and rule, and never repeated', async () => {
    const cases: [unknown, { field: string; rule: string }][] = [
      [{ case: 7 }, { field: 'case', rule: 'must be string' }],
      [{ case: '' }, { field: 'case', rule: 'must not be empty' }],
      [{ case: 'x'.repeat(201) }, { field: 'case', rule: 'has at most 200 characters' }],
      [
        { case: 'x', customer: 'ann@example.com' },
        { field: 'customer', rule: 'has not the form described for it' },
      ],
      [
        { case: 'x', canary: 'ann@example.com' },
        { field: 'the body', rule: 'holds a field that is not known here' },
      ],
      [
        { case: 'x', reason: { why: 'canary' } },
        { field: 'reason', rule: 'holds a field that is not known here' },
      ],
      [
        { case: 'x', reason: { text: ['canary'] } },
        { field: 'reason.text', rule: 'must be string' },
      ],
      [[], { field: 'the body', rule: 'must be object' }],
    ];
    for (const [payload, broken] of cases) {
      const answer = await post(JSON.stringify(payload));
      expect([answer.statusCode, answer.json()]).toMatchObject([
        400,
        { code: 'bad-request', errors: [broken] },
      ]);
      expect(answer.body).not.toContain('canary');
      expect(answer.body).not.toContain('ann@');
    }
    const missing = await post({ by: 'email', value: 'x' }, '/v1/lookups');
    expect(missing.json().errors).toEqual([{ field: 'case', rule: 'is missing' }]);
    const twice = await gate.knock('/v1/cases?limit=1&limit=2', { as: agent });
    expect(twice.json().errors).toEqual([{ field: 'limit', rule: 'must be string' }]);
  });

  it('that is no JSON, too large, of another kind or nowhere is a clear no', async () => {
    const said = async (knocking: ReturnType<typeof gate.knock>) => {
      const answer = await knocking;
      return [answer.statusCode, answer.json().code];
    };
    expect(await said(post('{"case":'))).toEqual([400, 'bad-request']);
    expect(await said(post(''))).toEqual([400, 'bad-request']);
    expect(await said(post('{"__proto__":{"x":1},"case":"x"}'))).toEqual([400, 'bad-request']);
    expect(await said(post('['.repeat(60_000)))).toEqual([400, 'bad-request']);
    const deep = `{"case":${'['.repeat(30_000)}${']'.repeat(30_000)}}`;
    expect(await said(post(deep))).toEqual([400, 'bad-request']);
    expect(await said(post(JSON.stringify({ case: 'x'.repeat(bodyBytesMax) })))).toEqual([413, 'too-large']);
    expect(await said(post('x'.repeat(10_000_000)))).toEqual([413, 'too-large']);
    expect(
      await said(gate.knock('/v1/webhooks/cases', { headers: json, payload: 'x'.repeat(1_100_000) })),
    ).toEqual([413, 'too-large']);
    expect(
      await said(
        gate.knock('/v1/views', { as: agent, headers: { 'content-type': 'text/csv' }, payload: 'a,b' }),
      ),
    ).toEqual([415, 'unsupported-type']);
    expect(await said(gate.knock('/v1/elsewhere', { as: agent }))).toEqual([404, 'not-found']);
    expect(await said(gate.knock('/v1/views', { as: agent }))).toEqual([404, 'not-found']);
    expect(await said(gate.knock('/v1/%E0%A4%A', { as: agent }))).toEqual([400, 'bad-request']);
    expect(await said(post({ fields: ['email'] }, `/v1/views/${'a'.repeat(200)}/reveals`))).toEqual([
      400,
      'bad-request',
    ]);
  });

  it('with SQL or HTML in it goes to the rules as the text it is', async () => {
    for (const key of [
      `'; drop table entry; --`,
      '<script>alert(1)</script>',
      '../../etc/passwd',
      '\u0000',
      '％００',
    ]) {
      const before = world.asked.length;
      const answer = await post({ case: key });
      expect([answer.statusCode, answer.json().code]).toEqual([403, 'not-yours']);
      expect(world.asked.slice(before)).toMatchObject([{ method: 'view', ask: { caseKey: key } }]);
      expect(answer.body).not.toContain(key);
    }
  });

  it('from a browser that went there itself is answered with a page, without a word of the request', async () => {
    const answer = await gate.knock('/nowhere/canary?canary=canary', {
      headers: { accept: 'text/html,*/*' },
    });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
    expect(answer.body).toContain(faults['not-found'].outward);
    expect(answer.body).not.toContain('canary');
  });
});

describe('faults below the door', () => {
  it('are answered with their outward text and a reference that the journal has too', async () => {
    const broken = patientWorld();
    const itsGate = await openGate(broken);
    for (const code of Object.keys(faults) as FaultCode[]) {
      const before = broken.written().length;
      broken.breakWith(new Fault(code, 'inward canary', { cause: new Error('cause canary') }));
      const answer = await itsGate.knock('/v1/views', {
        as: broken.players.agent,
        payload: { case: broken.caseRef },
      });
      const { status, outward } = faults[code];
      const told = answer.json();
      const written = broken.written().slice(before);
      expect([answer.statusCode, told.code, told.title, told.status]).toEqual([
        status,
        code,
        outward,
        status,
      ]);
      expect(answer.body).not.toContain('canary');
      expect(answer.headers['retry-after']).toBe(status === 503 ? '3' : undefined);
      expect(written).toContain(`"reference":"${told.reference}"`);
      expect(written.includes('inward canary')).toBe(status >= 500);
      expect(written).not.toContain('cause canary');
    }
    await itsGate.app.close();
  });

  it('that nobody foresaw are a bug, and their own words stay nowhere', async () => {
    const broken = patientWorld();
    const itsGate = await openGate(broken);
    for (const thrown of [
      new TypeError('canary'),
      'canary',
      undefined,
      { message: 'canary', statusCode: 418 },
    ]) {
      broken.breakWith(thrown);
      const answer = await itsGate.knock('/v1/views', {
        as: broken.players.agent,
        payload: { case: broken.caseRef },
      });
      expect(answer.statusCode).toBeGreaterThanOrEqual(400);
      expect(answer.body + broken.written()).not.toContain('canary');
      expect(answer.json()).toMatchObject({ code: expect.any(String), reference: expect.any(String) });
    }
    await itsGate.app.close();
  });

  it('leave the process alive and tell readiness', async () => {
    const broken = patientWorld();
    const itsGate = await openGate(broken);
    broken.breakWith(new Fault('storage-down', 'gone'));
    const ready = await itsGate.knock('/readyz');
    expect([ready.statusCode, ready.json()]).toEqual([
      503,
      { ready: false, parts: { database: false }, jobs: [] },
    ]);
    expect((await itsGate.knock('/healthz')).json()).toEqual({ alive: true });
    await itsGate.app.close();
  });
});

describe('promise 7: personal data', () => {
  it('put anywhere into a request is in no line of the journal and in no answer but a reveal’s', async () => {
    const canary = (where: string): string => `canary-${where}-ann@example.com-+4915112345678`;
    const deepCanary = (value: unknown, where: string): unknown => {
      if (typeof value === 'string') return canary(where);
      if (Array.isArray(value)) return value.map((one) => deepCanary(one, where));
      if (typeof value === 'object' && value !== null)
        return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, deepCanary(one, where)]));
      return value;
    };
    const headers = {
      'user-agent': canary('agent'),
      referer: canary('referer'),
      origin: canary('origin'),
      'x-forwarded-for': canary('forwarded'),
      'x-request-id': canary('request'),
      accept: canary('accept'),
      cookie: `casebound=${canary('cookie')}; casebound-sign-in=${canary('ticket')}; other=${canary('other')}`,
    };
    for (const { id, method, path } of operations) {
      const sample = samples[id] ?? { url: path };
      const urls = [
        `${sample.url}${sample.url.includes('?') ? '&' : '?'}${encodeURIComponent(canary('name'))}=${encodeURIComponent(canary('query'))}`,
        path.replaceAll(/:\w+/g, encodeURIComponent(canary('path'))),
        `${sample.url.split('?')[0]}?code=${encodeURIComponent(canary('code'))}&state=${canary('state')}&after=${canary('after')}`,
      ];
      const payloads = sample.payload
        ? [
            deepCanary(sample.payload, 'value'),
            { ...sample.payload, [canary('field')]: canary('unknown') },
            sample.payload,
          ]
        : [undefined];
      for (const url of urls)
        for (const payload of payloads)
          for (const extra of [
            {},
            { 'idempotency-key': canary('key') },
            { authorization: canary('authorization') },
          ]) {
            const answer = await gate.knock(url, {
              method,
              as: agent,
              headers: { ...headers, ...extra },
              ...(payload ? { payload } : {}),
            });
            expect(answer.body).not.toContain('canary');
            expect(JSON.stringify(answer.headers)).not.toContain('canary');
          }
    }
    expect(world.written().length).toBeGreaterThan(1_000);
    expect(world.written()).not.toContain('canary');
    expect(world.written()).not.toContain('plaintext of');
  });
});

describe('no input of any route', () => {
  const someJson = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.dictionary(
      fc.constantFrom('case', 'customer', 'fields', 'reason', 'field', 'by', 'value', 'text', 'code', 'x'),
      fc.oneof(
        fc.jsonValue({ maxDepth: 2 }),
        fc.constantFrom('email', world.caseRef, ['email'], { text: 'why' }),
      ),
    ),
  );
  const anySigns = fc
    .array(fc.nat(0xffff), { maxLength: 40 })
    .map((codes) => String.fromCharCode(...codes).toWellFormed());
  const someText = fc.oneof(fc.string(), anySigns, fc.constantFrom('0', '-1', '1e9', 'null', '../..', '%00'));
  const someRole = fc.constantFrom<Role | 'nobody'>('nobody', ...roles);
  const someBody = fc.oneof(
    someJson.map((value) => JSON.stringify(value)),
    anySigns,
  );
  const someType = fc.constantFrom(
    'application/json',
    'application/json; charset=utf-16',
    'text/plain',
    'x',
    'application/json;;',
  );

  it('leads to anything but an answer or a no of the one shape', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.record({
          role: someRole,
          body: someBody,
          type: someType,
          path: someText,
          name: someText,
          value: someText,
          valid: fc.boolean(),
          accept: fc.constantFrom('text/html', '*/*'),
        }),
        async (pick, { role, body, type, path, name, value, valid, accept }) => {
          const {
            id,
            method,
            path: pattern,
          } = operations[pick % operations.length] ?? operations[0] ?? { id: '', method: 'GET', path: '/' };
          const filled = valid
            ? (samples[id]?.url ?? pattern)
            : pattern.replaceAll(/:\w+/g, encodeURIComponent(path));
          const mark = filled.includes('?') ? '&' : '?';
          const answer = await gate.knock(
            `${filled}${mark}${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
            {
              method,
              ...(role === 'nobody' ? {} : { as: world.players[role] }),
              headers: { accept, ...(method === 'GET' ? {} : { 'content-type': type }) },
              ...(method === 'GET' ? {} : { payload: body }),
            },
          );
          expect(answer.statusCode).toBeLessThan(500);
          if (answer.statusCode >= 400 && accept !== 'text/html')
            expect(knownCodes).toContain(answer.json().code);
        },
      ),
      { numRuns: 1_500 },
    );
  });
});

describe('the usual limits', () => {
  it('hold thousands of look-ups off and keep answering others', async () => {
    const busy = fakeWorld();
    expect(busy.ports.settings.limits).toBe(usualDoorLimits);
    const itsGate = await openGate(busy);
    const payload = { case: busy.caseRef, by: 'phone', value: '+49123456' };
    const statuses: Record<number, number> = {};
    for (let i = 0; i < 3_000; i += 100) {
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => itsGate.knock('/v1/lookups', { as: busy.players.agent, payload })),
      );
      for (const { statusCode } of answers) statuses[statusCode] = (statuses[statusCode] ?? 0) + 1;
    }
    expect(statuses).toEqual({ 403: 60, 429: 2_940 });
    expect((await itsGate.knock('/v1/me', { as: busy.players.lead })).statusCode).toBe(200);
    await itsGate.app.close();
    expect(busy.throttled).toMatchObject([{ route: '/v1/lookups', count: 2_940 }]);
  });
});
