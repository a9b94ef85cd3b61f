import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { SocketConnection } from '../../src/platform/postgres/database-connection.ts';

export interface HeldServer {
  readonly process: ChildProcess;
  /** The database server's process id. */
  readonly serverPid: number;
  readonly connection: SocketConnection;
}

export interface HoldOptions {
  readonly share?: boolean;
  /** It ends itself in its own order, and has a process group of its own, as under a terminal. */
  readonly handlesSignals?: boolean;
  /** The account to run as. */
  readonly uid?: number;
  readonly gid?: number;
}

interface Line {
  readonly ready?: { readonly pid: number; readonly connection: SocketConnection };
  readonly fault?: { readonly code?: string; readonly message: string };
}

export const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

/** Resolves when the process has ended. */
export const ended = async (child: ChildProcess): Promise<void> => {
  if (!hasEnded(child)) await once(child, 'exit');
};

/** Starts hold-server.ts as `account` and waits until its server answers, or tells why it does not. */
export const tryHoldServer = async (
  dataDir: string,
  options: HoldOptions = {},
): Promise<HeldServer | { readonly fault: { readonly code?: string; readonly message: string } }> => {
  const script = join(import.meta.dirname, 'hold-server.ts');
  const { share, handlesSignals, ...account } = options;
  const words = [...(share ? ['share'] : []), ...(handlesSignals ? ['handles-signals'] : [])];
  const child = spawn(process.execPath, [script, dataDir, ...words], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: handlesSignals === true,
    ...account,
  });
  onTestFinished(async () => {
    if (!hasEnded(child)) child.kill('SIGTERM');
    await ended(child);
  });
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line;
    if (line.ready) return { process: child, serverPid: line.ready.pid, connection: line.ready.connection };
    if (line.fault) return { fault: line.fault };
  }
  throw new Error('the process ended without a word');
};

export const holdServer = async (dataDir: string, options: HoldOptions = {}): Promise<HeldServer> => {
  const held = await tryHoldServer(dataDir, options);
  if ('fault' in held) throw new Error(held.fault.message);
  return held;
};
