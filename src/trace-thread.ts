import { parentPort, workerData } from 'node:worker_threads';
import { sharpWindow } from './analysis/exposure/exposure-scope.ts';
import { openStorage } from './foundations.ts';
import { plain } from './model/plain.ts';
import { type AccessesOf, accessesBelow } from './records/ledger/read-accesses.ts';
import type { TraceOrder } from './tracing.ts';
import { exposeLive, traceLive } from './workflows/trace/trace-live.ts';

/** One trace or exposure over the live sequence, in a thread of its own: looks do not wait for it. */
const { dataDir, databaseUrl, ledgerSize, task } = workerData as TraceOrder;
const pageMax = 20_000;

const storage = await openStorage(
  { dataDir, databaseUrl: databaseUrl === undefined ? undefined : plain(databaseUrl) },
  { share: true },
);
try {
  if (task.kind === 'trace') {
    const pages = accessesBelow(storage.db, { size: ledgerSize }, pageMax);
    parentPort?.postMessage(await traceLive(pages, task.reports));
  } else {
    const { who, from, to } = task.ask;
    const of: AccessesOf = { ...who, from, to };
    const pages = accessesBelow(storage.db, { size: ledgerSize, of }, pageMax);
    const subject = 'agentId' in who ? { agent: who.agentId as string } : { vendor: who.vendorId as string };
    const scope = { who: subject, posterior: 1, window: sharpWindow(from, to) };
    parentPort?.postMessage(await exposeLive(pages, [scope]));
  }
} finally {
  await storage.close();
}
