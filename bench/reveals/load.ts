import { connect } from 'node:net';

/** One request as bytes, ready to send. */
export type RequestBytes = Buffer;

export interface LoadResult {
  readonly answered: number;
  readonly failed: number;
  readonly seconds: number;
  /** Milliseconds from when a request was due to its whole answer, sorted. */
  readonly latenciesMs: Float64Array;
}

export const requestBytes = (
  path: string,
  headers: Readonly<Record<string, string>>,
  body: object,
): RequestBytes => {
  const text = JSON.stringify(body);
  const lines = Object.entries({
    host: 'bench',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${text}`);
};

/** A keep-alive connection that sends one request at a time and says whether the answer was 2xx. */
const openLine = (port: number) => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let received = Buffer.alloc(0);
  let answer: ((ok: boolean) => void) | undefined;
  socket.on('data', (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const head = received.indexOf('\r\n\r\n');
    if (head === -1) return;
    const text = received.toString('latin1', 0, head);
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
    if (received.length < head + 4 + length) return;

    received = received.subarray(head + 4 + length);
    answer?.(/^HTTP\/1\.1 2/.test(text));
  });
  socket.on('error', () => answer?.(false));
  return {
    send: (request: RequestBytes): Promise<boolean> =>
      new Promise((resolve) => {
        answer = resolve;
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
};

const resultOf = (startedAt: number, latencies: number[], failed: number): LoadResult => ({
  answered: latencies.length,
  failed,
  seconds: (performance.now() - startedAt) / 1_000,
  latenciesMs: Float64Array.from(latencies).sort(),
});

/** `atOnce` requests are always under way, each sender taking the next request round and round. */
export const closedLoop = async (
  port: number,
  requests: readonly RequestBytes[],
  { atOnce, seconds }: { atOnce: number; seconds: number },
): Promise<LoadResult> => {
  const startedAt = performance.now();
  const endAt = startedAt + seconds * 1_000;
  const latencies: number[] = [];
  let failed = 0;
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      const line = openLine(port);
      while (performance.now() < endAt) {
        const request = requests[next++ % requests.length] as RequestBytes;
        const sentAt = performance.now();
        if (await line.send(request)) latencies.push(performance.now() - sentAt);
        else failed += 1;
      }
      line.close();
    }),
  );
  return resultOf(startedAt, latencies, failed);
};

/** `perSecond` requests fall due evenly; each is timed from when it was due, so that waiting counts. */
export const openLoop = async (
  port: number,
  requests: readonly RequestBytes[],
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<LoadResult> => {
  const startedAt = performance.now();
  const latencies: number[] = [];
  let failed = 0;
  const idle: ReturnType<typeof openLine>[] = [];
  const pending: Promise<void>[] = [];
  const total = perSecond * seconds;
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1_000) * perSecond) + 1);
    for (; sent < due; sent += 1) {
      const dueAt = startedAt + (sent / perSecond) * 1_000;
      const line = idle.pop() ?? openLine(port);
      pending.push(
        line.send(requests[sent % requests.length] as RequestBytes).then((ok) => {
          if (ok) latencies.push(performance.now() - dueAt);
          else failed += 1;
          idle.push(line);
        }),
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(pending);
  for (const line of idle) line.close();
  return resultOf(startedAt, latencies, failed);
};

export const percentile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
