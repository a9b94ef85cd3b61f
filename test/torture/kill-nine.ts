import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Bencher, layGround, widePolicy } from '../../bench/reveals/ground.ts';
import { openStorage } from '../../src/foundations.ts';

/** What a client was answered: it keeps what it saw, as a thief would. */
interface Seen {
  readonly seq: number;
  readonly action: 'view' | 'reveal';
  readonly view: string;
  readonly fields: readonly string[];
}

export interface KillNineResult {
  readonly rounds: number;
  /** Answers that clients received whole. */
  readonly acknowledged: number;
  /** Acknowledged answers whose entry is not in the ledger after the restart. */
  readonly lost: number;
  /** Answers that showed a field which the entry of that place does not name. */
  readonly shownWithoutEntry: number;
  /** Places that are missing or taken twice. */
  readonly gaps: number;
  readonly restartMs: readonly number[];
}

const serverFile = new URL('../../bench/reveals/casebound-server.ts', import.meta.url).pathname;

interface Server {
  readonly child: ChildProcess;
  readonly port: number;
}

const startServer = (dataDir: string, policyDir: string): Promise<Server> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [serverFile, dataDir, policyDir], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.once('exit', (code, signal) =>
      reject(new Error(`the server ended with ${code ?? signal}: ${said.slice(0, 500)}`)),
    );
    child.stdout.on('data', (chunk: Buffer) => {
      const port = /ready (\d+)/.exec(chunk.toString())?.[1];
      if (port) resolve({ child, port: Number(port) });
    });
  });

const killNine = async (server: Server, postgresToo: boolean, dataDir: string): Promise<void> => {
  const ended = new Promise((resolve) => server.child.once('exit', resolve));
  const postmaster = Number(
    readFileSync(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0],
  );
  server.child.kill('SIGKILL');
  if (postgresToo) process.kill(postmaster, 'SIGKILL');
  await ended;
};

/** Looks as fast as it can until the server is gone, and keeps every whole answer. */
const lookUntilGone = async (port: number, bencher: Bencher, seen: Seen[]): Promise<void> => {
  const post = async (
    path: string,
    body: object,
  ): Promise<{ seq: number; view?: string; fields?: { name: string }[] }> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bencher.token}` },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(String(response.status));
    return (await response.json()) as { seq: number };
  };
  try {
    for (;;) {
      const shown = await post('/v1/views', { case: bencher.caseRef });
      const view = shown.view ?? '';
      seen.push({ seq: shown.seq, action: 'view', view, fields: [] });
      for (let n = 0; n < 4; n += 1) {
        const fields = n % 2 ? ['phone'] : ['phone', 'email'];
        const revealed = await post(`/v1/views/${view}/reveals`, {
          fields,
          reason: { code: 'restore-access' },
        });
        seen.push({
          seq: revealed.seq,
          action: 'reveal',
          view,
          fields: (revealed.fields ?? []).map((field) => field.name),
        });
      }
    }
  } catch {
    // The server is gone: what was answered so far is what counts.
  }
};

const compare = async (
  dataDir: string,
  seen: readonly Seen[],
): Promise<Pick<KillNineResult, 'lost' | 'shownWithoutEntry' | 'gaps'>> => {
  const storage = await openStorage({ dataDir, databaseUrl: undefined }, { share: true });
  try {
    const { rows } = await storage.db.pool.query<{
      seq: number;
      action: string;
      view_id: string;
      fields: string[];
    }>('select a.seq, a.action, a.view_id, a.fields from access a join entry e on e.seq = a.seq');
    const bySeq = new Map(rows.map((row) => [row.seq, row]));
    const fits = (each: Seen) => {
      const row = bySeq.get(each.seq);
      return row?.action === each.action && row.view_id === each.view;
    };
    const counted = await storage.db.pool.query<{ size: number; entries: number; last: number | null }>(
      'select (select size from ledger_head) as size, count(distinct seq) as entries, max(seq) as last from entry',
    );
    const { size = 0, entries = 0, last = null } = counted.rows[0] ?? {};
    return {
      lost: seen.filter((each) => !fits(each)).length,
      shownWithoutEntry: seen.filter((each) =>
        each.fields.some((name) => !bySeq.get(each.seq)?.fields.includes(name)),
      ).length,
      gaps: Math.abs(size - entries) + Math.abs(size - 1 - (last ?? -1)),
    };
  } finally {
    await storage.close();
  }
};

/** A number in [0, 1) that the round decides, so that a failing run can be run again. */
const unit = (round: number, salt: number): number => {
  const x = Math.sin(round * 12.9898 + salt * 78.233) * 43_758.5453;
  return x - Math.floor(x);
};

/**
 * Kills the server with signal 9 at an instant that nobody chose, under load, again and again: in turn the gateway
 * alone and the gateway together with its database. After each start the ledger is held against what the clients saw.
 */
export const killNineUnderLoad = async (
  directory: string,
  { rounds, clients }: { rounds: number; clients: number },
  onRound: (round: number) => void = () => {},
): Promise<KillNineResult> => {
  const policyDir = await widePolicy(directory);
  const dataDir = join(directory, 'data');
  const benchers = await layGround(dataDir, policyDir, clients);
  const seen: Seen[] = [];
  const restartMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    const server = await startServer(dataDir, policyDir);
    restartMs.push(performance.now() - startedAt);
    const looking = benchers.map((bencher) => lookUntilGone(server.port, bencher, seen));
    const before = seen.length;
    for (let waited = 0; seen.length < before + clients && waited < 600; waited += 1) await pause(50);
    await pause(1_000 * unit(round, 1));
    await killNine(server, round % 2 === 1, dataDir);
    await Promise.all(looking);
    onRound(round + 1);
  }
  return { rounds, acknowledged: seen.length, ...(await compare(dataDir, seen)), restartMs };
};
