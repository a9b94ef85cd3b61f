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
    rounds: { type: 'string', default: '1' },
    agents: { type: 'string', default: '256' },
  },
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);

const startServer = (file: string, args: string[]): Promise<{ child: ChildProcess; port: number }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...(process.env.PROF&&file.includes('casebound')?['--cpu-prof','--cpu-prof-dir=/tmp/prof']:[]), new URL(file, import.meta.url).pathname, ...args], {
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
  await closedLoop(casebound.port, reveals, { atOnce: 64, seconds: 3 });
  await closedLoop(plain.port, audited, { atOnce: 64, seconds: 3 });


  const { readdirSync, readFileSync } = await import('node:fs');
  const cpu = (pid: number): number => { try { const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' '); return (Number(f[11]) + Number(f[12])) * 10; } catch { return 0; } };
  const pgs = (): Map<number, [string, number]> => new Map(readdirSync('/proc').filter((d) => /^\d+$/.test(d)).flatMap((d) => { try { const c = readFileSync(`/proc/${d}/cmdline`, 'utf8').replaceAll('\0', ' '); return c.includes('postgres') && !c.includes('node') ? [[Number(d), [c, cpu(Number(d))] as [string, number]] as const] : []; } catch { return []; } }));
  for (const [name, port, reqs, child] of [['casebound', casebound.port, reveals, casebound.child], ['plain', plain.port, audited, plain.child], ['casebound', casebound.port, reveals, casebound.child], ['plain', plain.port, audited, plain.child]] as const) {
    const before = pgs(); const n0 = cpu(child.pid!); const l0 = process.cpuUsage();
    const r = await closedLoop(port, reqs as never, { atOnce: 64, seconds });
    const after = pgs(); const n1 = cpu(child.pid!); const l1 = process.cpuUsage(l0);
    let total = 0; const parts: string[] = [];
    for (const [pid, [c, t]] of after) { const d = t - (before.get(pid)?.[1] ?? 0); total += d; if (d > 200) parts.push(`${c.slice(0, 60).trim()}:${d}`); }
    console.log(name, 'per s', perSecond(r).toFixed(0), 'node ms/req', ((n1 - n0) / r.answered).toFixed(3), 'pg ms/req', (total / r.answered).toFixed(3), 'load ms/req', ((l1.user + l1.system) / 1000 / r.answered).toFixed(3), 'p50', percentile(r.latenciesMs, .5).toFixed(1));
    console.log(parts.join(' | '));
  }
} finally {
  for (const child of children) await stopServer(child);
  await rm(directory, { recursive: true, force: true });
}
