import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { openStorage } from './foundations.ts';
import { isFault } from './model/fault.ts';
import { plain } from './model/plain.ts';
import { systemChance } from './platform/chance/system-chance.ts';
import { systemClock } from './platform/clock/system-clock.ts';
import { lockNumber } from './platform/postgres/advisory-locks.ts';
import { readArrivedChanges } from './records/cases/arrived-changes.ts';
import { withJobLock } from './records/job/job-keeper.ts';
import { leadRecords } from './records/lead/lead-records.ts';
import { readAccesses } from './records/ledger/read-accesses.ts';
import type { CaseboundDatabase } from './records/schema/tables.ts';
import type { WatchThreadSettings } from './watching.ts';
import { Watch, type WatchKept, type WatchPorts } from './workflows/watch/watch.ts';

/**
 * The watching of accesses in a thread of its own, so that closing a day of ten thousand agents keeps no agent
 * waiting. It tells `{ lead }` for each new lead and `{ trouble }` once for whatever stops it; it takes `stop`.
 */
const settings = workerData as WatchThreadSettings;
const stepEveryMs = 300;
const retryMs = 5_000;
const keepEveryMs = 600_000;
const keptFile = join(settings.dataDir, 'watch', 'kept');

const stop = new AbortController();
parentPort?.on('message', () => stop.abort());

const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    stop.signal.addEventListener('abort', end, { once: true });
  });

const readKept = async (): Promise<WatchKept | undefined> =>
  readFile(keptFile).then(
    (bytes) => deserialize(bytes) as WatchKept,
    () => undefined,
  );

const writeKept = async (kept: WatchKept): Promise<void> => {
  await mkdir(dirname(keptFile), { recursive: true });
  await writeFile(`${keptFile}.part`, serialize(kept), { mode: 0o600 });
  await rename(`${keptFile}.part`, keptFile);
};

/** What cannot be gone on from is left aside: the past is read again, and no lead is raised twice. */
const openWatch = async (ports: WatchPorts): Promise<Watch> => {
  const kept = await readKept();
  try {
    return new Watch(ports, kept);
  } catch (thrown) {
    if (thrown instanceof RangeError) return new Watch(ports);
    throw thrown;
  }
};

const follow = async (db: CaseboundDatabase): Promise<void> => {
  const watch = await openWatch({
    clock: systemClock,
    leads: leadRecords(db.kysely, systemChance),
    readAccesses: (fromSeq, countMax) => readAccesses(db, fromSeq, countMax),
    readArrivedChanges: (place, countMax) => readArrivedChanges(db, place, countMax),
    onLead: (lead) => parentPort?.postMessage({ lead }),
  });
  let keptAtMs = performance.now();
  while (!stop.signal.aborted) {
    const more = await watch.step();
    if (performance.now() - keptAtMs > keepEveryMs) {
      await writeKept(watch.keep());
      keptAtMs = performance.now();
    }
    if (!more) await wait(stepEveryMs);
  }
  await writeKept(watch.keep());
};

const { dataDir, databaseUrl } = settings;
const storage = await openStorage(
  { dataDir, databaseUrl: databaseUrl === undefined ? undefined : plain(databaseUrl) },
  { share: true },
);
const { db } = storage;
let told = '';
while (!stop.signal.aborted) {
  try {
    // Several gateways share one database: one of them watches, and another takes over when it is gone.
    await withJobLock(db, lockNumber.watchAccesses, () => follow(db));
    told = '';
  } catch (thrown) {
    const trouble = isFault(thrown) ? thrown.message : String((thrown as Error)?.stack ?? 'unknown');
    if (trouble !== told) parentPort?.postMessage({ trouble });
    told = trouble;
  }
  if (!stop.signal.aborted) await wait(retryMs);
}
await storage.close();
// Listening keeps a thread alive.
parentPort?.close();
