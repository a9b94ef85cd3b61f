import { Worker } from 'node:worker_threads';
import type { AlertId } from './model/id.ts';
import { exposePlaintext } from './model/plain.ts';
import type { StorageSettings } from './settings.ts';

export interface WatchingHooks {
  /** Told of each new lead: its alert waits to be delivered. */
  readonly onLead: (alertId: AlertId) => void;
  /** Told when watching stops, with the reason; it is tried again by itself. */
  readonly onTrouble: (trouble: string) => void;
}

/** What crosses into the thread: a wrapped secret would not. */
export interface WatchThreadSettings {
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
}

type Told = { readonly lead: AlertId } | { readonly trouble: string };

const restartMs = 5_000;
const stopMs = 10_000;

/**
 * Watches the accesses for as long as the server runs, in a thread of its own: whatever befalls it, looks go on and
 * are recorded, and it takes up where it was. The answer ends it.
 */
export const keepWatching = (settings: StorageSettings, hooks: WatchingHooks): (() => Promise<void>) => {
  let ended = false;
  let thread: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;
  let gone: Promise<void> = Promise.resolve();
  const start = (): void => {
    const { databaseUrl, dataDir } = settings;
    const workerData: WatchThreadSettings = {
      dataDir,
      databaseUrl: databaseUrl && exposePlaintext(databaseUrl),
    };
    const worker = new Worker(new URL('./watch-thread.ts', import.meta.url), { workerData });
    thread = worker;
    worker.on('message', (told: Told) =>
      'lead' in told ? hooks.onLead(told.lead) : hooks.onTrouble(told.trouble),
    );
    worker.on('error', (thrown) => hooks.onTrouble(thrown instanceof Error ? thrown.message : 'unknown'));
    gone = new Promise((resolve) =>
      worker.once('exit', () => {
        resolve();
        if (!ended) timer = setTimeout(start, restartMs);
      }),
    );
  };
  start();
  return async () => {
    ended = true;
    clearTimeout(timer);
    thread?.postMessage('stop');
    // A thread that cannot end by itself must not keep the server from ending: what it kept last still holds.
    const force = setTimeout(() => void thread?.terminate(), stopMs);
    await gone;
    clearTimeout(force);
  };
};
