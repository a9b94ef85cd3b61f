import { connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type FakeWorld, fakeWorld } from './cast/fake-world.ts';
import { buildServer } from './server.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(open.splice(0).map((one) => one.close())));

const listen = async (world: FakeWorld) => {
  const app = buildServer(world.ports);
  open.push({ close: () => app.close() });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { app, url, port: Number(new URL(url).port) };
};

/** A connection for raw bytes; `heard` is everything until the other side closes. */
const converse = (port: number) => {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  const heard = new Promise<string>((resolve, reject) => {
    let all = '';
    socket.on('data', (chunk) => {
      all += chunk;
    });
    socket.on('close', () => resolve(all)).on('error', reject);
  });
  return { heard, say: (bytes: string) => socket.write(bytes) };
};

const exchange = (port: number, bytes: string): Promise<string> => {
  const { heard, say } = converse(port);
  say(bytes);
  return heard;
};

describe('on the wire', () => {
  it('what is not HTTP gets a no of the one shape, and the connection closes', async () => {
    const { port } = await listen(fakeWorld());
    const heard = await exchange(port, 'canary canary canary\r\n\r\n');
    expect(heard).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(heard).toContain('content-type: application/problem+json');
    expect(heard).not.toContain('canary');
    expect(JSON.parse(heard.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'bad-request', status: 400 });
  });

  it('headers beyond 16 kB are refused before anything else is read', async () => {
    const { port } = await listen(fakeWorld());
    const heard = await exchange(
      port,
      `GET /healthz HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
    );
    expect(heard).toMatch(/^HTTP\/1\.1 431 /);
    expect(JSON.parse(heard.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'too-large', status: 431 });
  });

  it('two lengths for one body, a smuggler’s trick, are refused', async () => {
    const world = fakeWorld();
    const { port } = await listen(world);
    const heard = await exchange(
      port,
      'POST /v1/views HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n' +
        'content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /v1/me HTTP/1.1\r\n\r\n',
    );
    expect(heard).toMatch(/^HTTP\/1\.1 400 /);
    expect(world.asked).toEqual([]);
  });

  it('a body larger than announced limits is cut off, and the server goes on', async () => {
    const world = fakeWorld();
    const { url } = await listen(world);
    const big = await fetch(`${url}/v1/views`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.players.agent.token}`, 'content-type': 'application/json' },
      body: 'x'.repeat(10_000_000),
    }).then(
      async (answer) => (await answer.json()) as { code: string },
      // The server may close before it has read all: fetch then reports the broken pipe.
      () => ({ code: 'too-large' }),
    );
    expect(big.code).toBe('too-large');
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('has a time limit on headers and on requests', async () => {
    const { app } = await listen(fakeWorld());
    const { headersTimeout, requestTimeout, keepAliveTimeout, maxConnections } = app.server;
    expect({ headersTimeout, requestTimeout, keepAliveTimeout, maxConnections }).toEqual({
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 65_000,
      maxConnections: 10_000,
    });
    expect(app.initialConfig).toMatchObject({ bodyLimit: 65_536 });
  });

  it('answers what is under way when it closes, takes nothing more, and closes at once', async () => {
    const [reached, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const base = fakeWorld();
    const organisationName = async () => {
      reached.resolve();
      await answer.promise;
      return 'Acme';
    };
    const ports = { ...base.ports, directory: { ...base.ports.directory, organisationName } };
    const { app, url, port } = await listen({ ...base, ports });
    const token = base.players.agent.token;
    const request = (line: string, body = ''): string =>
      `${line} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    const { heard, say } = converse(port);
    say(request('GET /v1/me'));
    await reached.promise;
    const closed = app.close();
    await vi.waitUntil(() => !app.server.listening);
    say(request('POST /v1/views', JSON.stringify({ case: base.caseRef })));
    await vi.waitUntil(() => base.written().includes('the server is closing'));
    answer.resolve();
    const lines = (await heard).split('\r\n');
    expect(lines[0]).toBe('HTTP/1.1 200 OK');
    expect(lines).toContain('connection: close');
    expect(base.asked).toEqual([]);
    await closed;
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });
});
