/**
 * Kills the embedded database at random instants while connections write, and counts acknowledged rows that are not
 * there afterwards. Three ways in turn: the server alone, the process that supervises it alone, both at once.
 * Limit it is held against: 0 lost. Run: `node bench/database-kills.ts [ROUNDS] [SEED]`
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { SocketConnection } from '../src/platform/postgres/database-connection.ts';
import { openDatabase } from '../src/platform/postgres/open-database.ts';
import { Writers } from '../test/support/writers.ts';

const rounds = Number(process.argv[2] ?? 30);
let seed = Number(process.argv[3] ?? 1);
const writersCount = 8;
const place = mkdtempSync(join(tmpdir(), 'casebound-bench-'));
chmodSync(place, 0o755);

/** A small generator, so that a seed gives the same instants again (Park and Miller, 1988). */
const chance = (): number => {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed / 2_147_483_647;
};

interface Held {
  readonly child: ChildProcess;
  readonly connection: SocketConnection;
}

const hold = async (): Promise<Held> => {
  const script = join(import.meta.dirname, '../test/support/hold-server.ts');
  const child = spawn(process.execPath, [script, join(place, 'd')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  for await (const text of lines) {
    const line = JSON.parse(text) as {
      ready?: { connection: SocketConnection };
      fault?: { message: string };
    };
    if (line.fault) throw new Error(line.fault.message);
    if (line.ready) return { child, connection: line.ready.connection };
  }
  throw new Error('no server');
};

const serverPid = async (db: ReturnType<typeof openDatabase>): Promise<number> => {
  const { rows } = await db.pool.query<{ pid: number }>(
    "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid",
  );
  return rows[0]?.pid ?? Number.NaN;
};

const ways = ['server', 'supervisor', 'both'] as const;
const gapsMs = new Map<string, number[]>();
let held = await hold();
const supervisorDb = openDatabase({ ...held.connection, database: 'postgres', user: 'supervisor' });
const db = openDatabase(held.connection);
try {
  const writers = await Writers.start(db, writersCount);
  for (let round = 0; round < rounds; round += 1) {
    await writers.untilMoreAcknowledged(50);
    await pause(chance() * 400);
    const way = ways[round % ways.length] ?? 'both';
    const pid = await serverPid(supervisorDb).catch(() => serverPid(supervisorDb));
    const begunAt = performance.now();
    if (way !== 'supervisor') process.kill(pid, 'SIGKILL');
    if (way !== 'server') {
      held.child.kill('SIGKILL');
      await once(held.child, 'exit');
      held = await hold();
    }
    // The killed server's last processes may still answer for a moment: what counts is the new one.
    while (way !== 'supervisor' && (await serverPid(supervisorDb).catch(() => pid)) === pid) await pause(10);
    await writers.untilMoreAcknowledged(1);
    gapsMs.set(way, [...(gapsMs.get(way) ?? []), performance.now() - begunAt]);
  }
  await writers.stop();
  const lost = await writers.countLost();
  for (const [way, gaps] of gapsMs) {
    const sorted = gaps.toSorted((a, b) => a - b).map(Math.round);
    console.log(
      `${way}: ${gaps.length} kills, supervised and writing again after median ${sorted[sorted.length >> 1]} ms, longest ${sorted.at(-1)} ms`,
    );
  }
  const codes = [...new Set(writers.faultCodes)].join(', ');
  console.log(
    `${writers.acknowledgedCount} acknowledged, ${lost} lost; ${writers.faultCodes.length} failed (${codes})`,
  );
  process.exitCode = lost === 0 ? 0 : 1;
} finally {
  await Promise.all([db.close(), supervisorDb.close()]);
  held.child.kill('SIGTERM');
  await once(held.child, 'exit');
  rmSync(place, { recursive: true, force: true, maxRetries: 10 });
}
