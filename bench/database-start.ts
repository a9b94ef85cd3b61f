/**
 * How long the embedded database takes: first start of an empty directory, later starts, the way back after kill -9
 * of the server, and the stop. Against: the bare programs of the same PostgreSQL with the same settings.
 * Run: `node bench/database-start.ts [ROUNDS]`
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { prepareDataDirectory } from '../src/platform/postgres/data-directory.ts';
import { type EmbeddedServer, startEmbedded } from '../src/platform/postgres/embedded-server.ts';
import { initCluster } from '../src/platform/postgres/init-cluster.ts';
import { migrate } from '../src/platform/postgres/migrate.ts';
import { openDatabase } from '../src/platform/postgres/open-database.ts';
import { chooseServerAccount } from '../src/platform/postgres/server-account.ts';
import { findServerPrograms } from '../src/platform/postgres/server-programs.ts';
import { schemaFolder } from '../src/records/schema/open-casebound-database.ts';

const rounds = Number(process.argv[2] ?? 5);
const place = mkdtempSync(join(tmpdir(), 'casebound-bench-'));
chmodSync(place, 0o755);
const times = new Map<string, number[]>();

const measure = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  const begunAt = performance.now();
  const result = await work();
  times.set(name, [...(times.get(name) ?? []), performance.now() - begunAt]);
  return result;
};

const comeBack = async (server: EmbeddedServer): Promise<void> => {
  const db = openDatabase(server.connection);
  await db.pool.query('select 1');
  const before = server.findPid() ?? 0;
  process.kill(before, 'SIGKILL');
  await measure('back after kill -9 of the server', async () => {
    while ((server.findPid() ?? before) === before) await pause(2);
    while (
      !(await db.pool.query('select 1').then(
        () => true,
        () => false,
      ))
    )
      await pause(2);
  });
  await db.close();
};

try {
  for (let round = 0; round < rounds; round += 1) {
    const dataDir = join(place, `d${round}`);
    const first = await measure('first start', () => startEmbedded({ dataDir }));
    await measure('schema', () => migrate(first.connection, schemaFolder));
    await measure('stop', () => first.stop());
    const later = await measure('later start', () => startEmbedded({ dataDir }));
    await comeBack(later);
    await later.stop();
    const bare = join(place, `b${round}`);
    mkdirSync(bare);
    const { directory, account } = await prepareDataDirectory(bare, chooseServerAccount);
    const programs = await findServerPrograms(account, place);
    await measure('baseline: bare initdb', () =>
      initCluster(directory, { programs, account, durable: true }),
    );
  }
  for (const [name, ms] of times) {
    const sorted = ms.toSorted((a, b) => a - b).map(Math.round);
    console.log(
      `${name}: median ${sorted[Math.floor(sorted.length / 2)]} ms (${sorted[0]} to ${sorted.at(-1)})`,
    );
  }
} finally {
  rmSync(place, { recursive: true, force: true, maxRetries: 10 });
}
