/**
 * Reveals a second, and what recording adds to the slowest: Casebound beside a plain fastify and pg server on the
 * same database in the same run, in turn, A B A B.
 *
 *   node bench/reveals/run.ts [--seconds 8] [--rounds 3]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Bencher, layGround, widePolicy } from './ground.ts';
import {
  closedLoop,
  type LoadResult,
  openLoop,
  percentile,
  type RequestBytes,
  requestBytes,
} from './load.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '3' },
    agents: { type: 'string', default: '256' },
  },
});
/** Until both servers run compiled code; neither's first seconds count. */
const warmUpSeconds = 10;
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);

const startServer = (file: string, args: string[]): Promise<{ child: ChildProcess; port: number }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [new URL(file, import.meta.url).pathname, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      const port = /ready (\d+)/.exec(chunk.toString())?.[1];
      if (port) resolve({ child, port: Number(port) });
    });
  });

const stopServer = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.removeAllListeners('exit');
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });

const openView = async (port: number, bencher: Bencher): Promise<RequestBytes> => {
  const response = await fetch(`http://127.0.0.1:${port}/v1/views`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${bencher.token}` },
    body: JSON.stringify({ case: bencher.caseRef }),
  });
  const view = (await response.json()) as { view?: string };
  if (!response.ok || !view.view)
    throw new Error(`a view was not opened: ${response.status} ${JSON.stringify(view)}`);
  const body = { fields: ['phone'], reason: { code: 'restore-access' } };
  return requestBytes(`/v1/views/${view.view}/reveals`, { authorization: `Bearer ${bencher.token}` }, body);
};

const median = (list: readonly number[]): number =>
  [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
const perSecond = (result: LoadResult): number => result.answered / result.seconds;
const span = (list: readonly number[], digits: number): string =>
  `${median(list).toFixed(digits)} (${Math.min(...list).toFixed(digits)}-${Math.max(...list).toFixed(digits)})`;

const directory = await mkdtemp(join(tmpdir(), 'casebound-bench-'));
// Started as root, the database runs under another account and must get in.
await chmod(directory, 0o755);
const children: ChildProcess[] = [];
try {
  const policyDir = await widePolicy(directory);
  const dataDir = join(directory, 'data');
  const benchers = await layGround(dataDir, policyDir, Number(values.agents));
  const casebound = await startServer('./casebound-server.ts', [dataDir, policyDir]);
  children.push(casebound.child);
  const plain = await startServer('./plain-server.ts', [dataDir]);
  children.push(plain.child);
  const reveals = await Promise.all(benchers.map((bencher) => openView(casebound.port, bencher)));
  const audited = benchers.map((b) =>
    requestBytes('/audited', {}, { customer: b.customerRef, agent: b.agentRef }),
  );
  const unaudited = benchers.map((b) =>
    requestBytes('/unaudited', {}, { customer: b.customerRef, agent: b.agentRef }),
  );
  await closedLoop(casebound.port, reveals, { atOnce: 64, seconds: warmUpSeconds });
  await closedLoop(plain.port, audited, { atOnce: 64, seconds: warmUpSeconds });

  const rate = { casebound: [] as number[], plain: [] as number[], ratio: [] as number[] };
  const p99 = {
    casebound: [] as number[],
    unaudited: [] as number[],
    audited: [] as number[],
    added: [] as number[],
  };
  let failed = 0;
  for (let round = 0; round < rounds; round += 1) {
    const ours = await closedLoop(casebound.port, reveals, { atOnce: 64, seconds });
    const theirs = await closedLoop(plain.port, audited, { atOnce: 64, seconds });
    failed += ours.failed + theirs.failed;
    rate.casebound.push(perSecond(ours));
    rate.plain.push(perSecond(theirs));
    rate.ratio.push(perSecond(ours) / perSecond(theirs));
  }
  for (let round = 0; round < rounds; round += 1) {
    const ours = await openLoop(casebound.port, reveals, { perSecond: 300, seconds });
    const select = await openLoop(plain.port, unaudited, { perSecond: 300, seconds });
    const insert = await openLoop(plain.port, audited, { perSecond: 300, seconds });
    failed += ours.failed + select.failed + insert.failed;
    const of = (result: LoadResult) => percentile(result.latenciesMs, 0.99);
    p99.casebound.push(of(ours));
    p99.unaudited.push(of(select));
    p99.audited.push(of(insert));
    p99.added.push(of(ours) - of(select));
  }
  const lines = [
    `rounds ${rounds}, ${seconds} s each; median (lowest-highest); requests that failed: ${failed}`,
    `reveals a second, 64 at once   casebound ${span(rate.casebound, 0)}   plain audited ${span(rate.plain, 0)}   ratio ${span(rate.ratio, 2)}`,
    `p99 at 300/s offered, ms       casebound ${span(p99.casebound, 1)}   plain select ${span(p99.unaudited, 1)}   plain audited ${span(p99.audited, 1)}   added ${span(p99.added, 1)}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
} finally {
  for (const child of children) await stopServer(child);
  await rm(directory, { recursive: true, force: true });
}
