/**
 * How fast committed entries become a published log: tiles written and synced, read back, derived anew and signed.
 * The floor is the same number of bytes in the same number of files, written and synced without anything else.
 *
 *     node bench/publish-speed.ts [ENTRIES]
 *
 * Uses an embedded database and a folder of its own among the temporary files; both are removed.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeEntry } from '../src/analysis/tlog/entry/entry.ts';
import { makeSignerKey } from '../src/analysis/tlog/note/signer-key.ts';
import { instantOf } from '../src/model/instant.ts';
import { plain } from '../src/model/plain.ts';
import { systemChance } from '../src/platform/chance/system-chance.ts';
import { systemClock } from '../src/platform/clock/system-clock.ts';
import { FolderLogStore } from '../src/platform/log-store/folder-log-store.ts';
import type { LogFile, LogStore } from '../src/platform/log-store/log-store.ts';
import { startEmbedded } from '../src/platform/postgres/embedded-server.ts';
import { LedgerPublisher } from '../src/records/ledger/publish/publisher.ts';
import { openCaseboundDatabase } from '../src/records/schema/open-casebound-database.ts';

const size = Number(process.argv[2] ?? 50_000);
const folder = mkdtempSync(join(tmpdir(), 'casebound-bench-'));
// As root the database runs as another account, which has to be able to enter.
chmodSync(folder, 0o755);
const embedded = await startEmbedded({ dataDir: join(folder, 'postgres'), share: false });
const db = await openCaseboundDatabase(embedded.connection, systemClock.now());
try {
  const at = instantOf(1_790_000_000_000);
  const insert = async (from: number, count: number): Promise<void> => {
    const entries = Array.from({ length: count }, () =>
      encodeEntry({ kind: 'access/v1', at, disclosures: [], chance: systemChance }),
    );
    await db.pool.query(
      `insert into entry (seq, at, kind, bytes, leaf_hash)
       select $1 + n - 1, '2026-09-21T14:13:20Z', 'access/v1', b, h
       from unnest($2::bytea[], $3::bytea[]) with ordinality as e (b, h, n)`,
      [from, entries.map(({ bytes }) => bytes), entries.map(({ leafHash }) => leafHash)],
    );
    await db.pool.query('update ledger_head set size = $1', [from + count]);
  };
  for (let from = 0; from < size; from += 5_000) await insert(from, Math.min(5_000, size - from));
  const written: LogFile[][] = [];
  const store = new FolderLogStore(join(folder, 'log'), systemChance);
  const noting: LogStore = {
    read: (path) => store.read(path),
    replace: (file) => store.replace(file),
    removeFolder: (path) => store.removeFolder(path),
    add(files) {
      written.push([...files]);
      return store.add(files);
    },
  };
  const signer = makeSignerKey({ name: 'bench.example', type: 1, seed: plain(Buffer.alloc(32, 1)) });
  const publisher = new LedgerPublisher({ db, store: noting, signer, clock: systemClock });
  const [start, startCpu] = [performance.now(), process.cpuUsage()];
  let steps = 0;
  for (let did = ''; did !== 'idle'; steps += 1) did = (await publisher.step()).did;
  const seconds = (performance.now() - start) / 1_000;
  const backlog = [...written];
  const { user, system } = process.cpuUsage(startCpu);
  const stepMs: number[] = [];
  for (let from = size; from < size + 3_000; from += 100) {
    await insert(from, 100);
    const stepStart = performance.now();
    await publisher.step();
    stepMs.push(performance.now() - stepStart);
  }
  stepMs.sort((left, right) => left - right);
  await publisher.close();
  const floor = new FolderLogStore(join(folder, 'floor'), systemChance);
  const floorStart = performance.now();
  for (const files of backlog) await floor.add(files);
  const floorSeconds = (performance.now() - floorStart) / 1_000;
  const row = (name: string, value: string): string => `${name.padEnd(44)} ${value}`;
  console.log(
    [
      row('entries published', `${size} in ${steps - 1} checkpoints, ${backlog.flat().length} files`),
      row('entries/s', `${Math.round(size / seconds)} (${seconds.toFixed(2)} s)`),
      row('  processor time', `${((user + system) / 1_000_000).toFixed(2)} s`),
      row(
        'one checkpoint of 100 entries',
        `p50 ${stepMs[15]?.toFixed(0)} ms, slowest of 30 ${stepMs[29]?.toFixed(0)} ms`,
      ),
      row('  floor of the backlog: the same files, synced', `${floorSeconds.toFixed(2)} s`),
    ].join('\n'),
  );
} finally {
  await db.close();
  await embedded.stop();
  rmSync(folder, { recursive: true, force: true });
}
