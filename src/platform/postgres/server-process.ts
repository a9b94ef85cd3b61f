import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  fstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { DataDirectory } from './data-directory.ts';
import { bareEnvironment } from './run-program.ts';
import { accountIds, type ServerAccount } from './server-account.ts';

export interface ServerLaunch {
  readonly postgres: string;
  readonly directory: DataDirectory;
  readonly account: ServerAccount | undefined;
  readonly args: readonly string[];
}

/** A server process that we started ourselves. */
export interface ServerProcess {
  readonly pid: number | undefined;
  isRunning(): boolean;
  /** Why it could not even be started, as a system code. */
  startError(): string | undefined;
  /** Ends it while it comes up, and waits until it is gone. */
  end(): Promise<void>;
}

const logBytesMax = 8_388_608;
const lastWordsBytesMax = 16_384;
const signalPollMs = 20;

/**
 * Moves the log aside when it has grown past its limit, or, where the disk has no room for that, drops it.
 * Truncated in place: a running server keeps its handle.
 */
export const limitServerLog = (directory: DataDirectory): void => {
  const size = statSync(directory.serverLog, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= logBytesMax) return;
  const aside = `${directory.serverLog}.old`;
  try {
    copyFileSync(directory.serverLog, aside);
  } catch {
    rmSync(aside, { force: true });
  }
  truncateSync(directory.serverLog, 0);
};

/**
 * How to stop a server. SIGINT lets it end sessions and write everything out; SIGQUIT leaves that to the recovery
 * of the next start, which loses nothing that was acknowledged. A server that is just recovering must get SIGQUIT:
 * told SIGINT then, PostgreSQL 18 can wait for its own checkpointer without end.
 */
const stopSignals = {
  serving: [
    { signal: 'SIGINT', waitMs: 30_000 },
    { signal: 'SIGQUIT', waitMs: 10_000 },
  ],
  recovering: [
    { signal: 'SIGQUIT', waitMs: 10_000 },
    { signal: 'SIGKILL', waitMs: 5_000 },
  ],
} as const;
export type ServerState = keyof typeof stopSignals;

/** How long the server's log is now: a place to read on from. */
export const markServerLog = (directory: DataDirectory): number =>
  statSync(directory.serverLog, { throwIfNoEntry: false })?.size ?? 0;

/** What the server wrote since `mark`, shortened to its last lines. */
export const readServerLog = (directory: DataDirectory, mark: number): string => {
  try {
    const handle = openSync(directory.serverLog, 'r');
    try {
      const { size } = fstatSync(handle);
      const from = Math.max(0, mark > size ? 0 : mark, size - lastWordsBytesMax);
      const bytes = Buffer.alloc(lastWordsBytesMax);
      return bytes.toString('utf8', 0, readSync(handle, bytes, 0, bytes.length, from));
    } finally {
      closeSync(handle);
    }
  } catch {
    return '';
  }
};

/**
 * Starts the server in a session of its own: Ctrl-C in a terminal must reach only us, who first let open work
 * end. Its log goes straight to a file, so that it can outlive us.
 */
export const spawnServer = (launch: ServerLaunch): ServerProcess => {
  const { directory } = launch;
  limitServerLog(directory);
  const log = openSync(directory.serverLog, 'a', 0o600);
  let child: ChildProcess;
  try {
    child = spawn(launch.postgres, ['-D', directory.cluster, ...launch.args], {
      cwd: '/',
      env: bareEnvironment,
      detached: true,
      stdio: ['ignore', log, log],
      ...accountIds(launch.account),
    });
  } finally {
    closeSync(log);
  }
  let startError: string | undefined;
  child.once('error', (error: NodeJS.ErrnoException) => {
    startError = error.code ?? 'unknown';
  });
  child.unref();
  const isRunning = (): boolean =>
    startError === undefined && child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid,
    isRunning,
    async end() {
      for (const { signal, waitMs } of stopSignals.recovering) {
        if (isRunning()) child.kill(signal);
        const until = performance.now() + waitMs;
        while (isRunning() && performance.now() < until) await pause(signalPollMs);
      }
    },
    startError: () => startError,
  };
};

/** Is this the cluster's server? It works inside its cluster: a stranger who got the same number does not. */
const isServer = (directory: DataDirectory, pid: number): boolean => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === directory.cluster;
  } catch {
    return false;
  }
};

/** The process id in the cluster's lock file, if that process is alive and is this cluster's server. */
export const findServerPid = (directory: DataDirectory): number | undefined => {
  try {
    const pid = Number(readFileSync(join(directory.cluster, 'postmaster.pid'), 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 1 && isServer(directory, pid) ? pid : undefined;
  } catch {
    return undefined;
  }
};

/** Stops the cluster's server, whoever started it. Resolves to false when it would not go. */
export const stopServer = async (directory: DataDirectory, state: ServerState): Promise<boolean> => {
  const pid = findServerPid(directory);
  if (pid === undefined) return true;
  for (const { signal, waitMs } of stopSignals[state]) {
    try {
      process.kill(pid, signal);
    } catch {
      // It went between the look and the signal.
    }
    // Its lock file goes a moment before it does, so that file is not what to wait for.
    const until = performance.now() + waitMs;
    while (isServer(directory, pid) && performance.now() < until) await pause(signalPollMs);
    if (!isServer(directory, pid)) return true;
  }
  return false;
};
