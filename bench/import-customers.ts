/**
 * How fast customers are imported: parsed, checked, sealed field by field, masked, hashed for look-up and stored, on a
 * fresh embedded database. Beside its floor in the same run: the same file put into a bare table by COPY, with nothing
 * sealed.
 *
 *     node bench/import-customers.ts [rows] [--again] [--server-mb N]
 *
 * `--again` imports the same customers a second time, as changed ones. `--server-mb` sizes the database server as on a
 * machine with that much memory (2048 when left out): its shared buffers are an eighth of it. Memory is the peak, once a
 * second, of this process with its threads and of the database server with all its processes, from
 * /proc/PID/smaps_rollup: PSS counts shared pages once, RSS counts them for each process.
 */
import { createReadStream } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { parseCatalogue } from '../src/analysis/catalogue/parse-catalogue.ts';
import { systemChance } from '../src/platform/chance/system-chance.ts';
import { systemClock } from '../src/platform/clock/system-clock.ts';
import { openKeyRingFile } from '../src/platform/keys/key-ring-file.ts';
import { startEmbedded } from '../src/platform/postgres/embedded-server.ts';
import { openCaseboundDatabase } from '../src/records/schema/open-casebound-database.ts';
import { openBoundKeys } from '../src/records/vault/key-ring-binding.ts';
import { importCustomers } from '../src/workflows/import-customers/import-customers.ts';
import { cpuSeconds, watchMemory } from './import-customers-memory.ts';
import { columns, writeCustomers } from './import-customers-rows.ts';

const optionOf = (flag: string): number | undefined => {
  const at = process.argv.indexOf(flag);
  return at < 0 ? undefined : Number(process.argv[at + 1]);
};
const rows = Number(process.argv[2] ?? 1_000_000);
const again = process.argv.includes('--again');
const serverMb = optionOf('--server-mb') ?? 2_048;

const folder = await mkdtemp(join(tmpdir(), 'bench-import-customers-'));
// The database's own account, when this runs as root, must be able to pass.
await chmod(folder, 0o711);
const file = join(folder, 'customers.csv');
await writeCustomers(file, rows);
const fileMb = (await stat(file)).size / 1_048_576;
console.log(
  `${rows} customers of ${columns.length - 2} stored fields, ${fileMb.toFixed(0)} MiB; load ${loadavg()[0]?.toFixed(2)}`,
);

const server = await startEmbedded({ dataDir: join(folder, 'postgres'), size: { memoryMb: serverMb } });
try {
  const db = await openCaseboundDatabase(server.connection, systemClock.now(), { statementMs: 600_000 });
  const keys = await openBoundKeys(db, (neededKeyIds) =>
    openKeyRingFile({ file: join(folder, 'keys', 'key-ring'), chance: systemChance, neededKeyIds }),
  );
  const catalogue = parseCatalogue(await readFile(new URL('../policy/fields.yaml', import.meta.url), 'utf8'));

  const measure = async (title: string, work: () => Promise<string>): Promise<number> => {
    const stop = watchMemory(() => [process.pid, server.findPid() ?? process.pid], 1_000);
    const cpu = process.cpuUsage();
    const serverCpu = cpuSeconds(server.findPid() ?? 0);
    const start = performance.now();
    const told = await work();
    const seconds = (performance.now() - start) / 1_000;
    const used = process.cpuUsage(cpu);
    const peak = stop();
    console.log(
      `${title.padEnd(34)} ${seconds.toFixed(1).padStart(7)} s ${Math.round(rows / seconds)
        .toString()
        .padStart(7)} rows/s` +
        `  memory PSS ${peak.proportionalMb.toFixed(0)} MiB, RSS ${peak.residentMb.toFixed(0)} MiB` +
        `  node CPU ${((used.user + used.system) / 1e6).toFixed(0)} s, server CPU ${(cpuSeconds(server.findPid() ?? 0) - serverCpu).toFixed(0)} s  ${told}`,
    );
    return seconds;
  };

  const importOnce = async (): Promise<string> => {
    const summary = await importCustomers({
      db,
      keys,
      catalogue,
      file,
      rejectsFile: join(folder, 'rejects.ndjson'),
      clock: systemClock,
      chance: systemChance,
    });
    return `kept ${summary.rowsKept}, new ${summary.rowsNew}, bad ${summary.rowsBad}, left out ${summary.leftOut.secret.join(' ')}`;
  };
  const sealed = await measure('imported and sealed', importOnce);
  if (again) await measure('imported again, as changes', importOnce);

  const client = await db.pool.connect();
  await client.query(`create table bare (${columns.map((name) => `${name} text`).join(', ')})`);
  const bare = await measure('floor: COPY, nothing sealed', async () => {
    await pipeline(
      createReadStream(file),
      client.query(copyFrom('copy bare from stdin with (format csv, header)')),
    );
    return '';
  });
  client.release();
  const sizes = await db.pool.query<{ sealed: string; bare: string }>(
    `select pg_size_pretty(pg_database_size(current_database()) - pg_total_relation_size('bare')) as sealed,
       pg_size_pretty(pg_total_relation_size('bare')) as bare`,
  );
  console.log(`sealed takes ${(sealed / bare).toFixed(1)} x the floor; load ${loadavg()[0]?.toFixed(2)}`);
  console.log(`on disk: vault ${sizes.rows[0]?.sealed}, bare table ${sizes.rows[0]?.bare}`);
  await db.close();
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
