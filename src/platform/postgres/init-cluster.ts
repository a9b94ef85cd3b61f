import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../model/fault.ts';
import type { DataDirectory } from './data-directory.ts';
import { isProcessAlive } from './is-process-alive.ts';
import { runProgram } from './run-program.ts';
import type { ServerAccount } from './server-account.ts';
import type { ServerPrograms } from './server-programs.ts';

/** The role that owns the cluster. Only the supervisor uses it. */
export const superuserName = 'supervisor';

const initWaitMs = 120_000;
const abandonedAfterMs = 600_000;
const draftShape = /^cluster\.new-(\d+)-/;
const ownDrafts = new Set<string>();
let draftCount = 0;

/** A draft is left over when its maker is gone, or bears our own number without being ours, or is old. */
const removeLeftOverDrafts = (directory: DataDirectory): void => {
  for (const name of readdirSync(directory.path)) {
    const maker = Number(draftShape.exec(name)?.[1]);
    if (!maker || ownDrafts.has(name)) continue;
    const path = join(directory.path, name);
    const changedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    const working =
      maker !== process.pid && isProcessAlive(maker) && Date.now() - changedMs < abandonedAfterMs;
    if (!working) rmSync(path, { recursive: true, force: true, maxRetries: 10 });
  }
};

const syncDirectory = (path: string): void => {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

const initFault = (directory: DataDirectory, output: string): Fault => {
  if (output.includes('No space left on device') || output.includes('Disk quota exceeded'))
    return new Fault('storage-full', `no space left in ${directory.path}: free some, then start again`);
  const line =
    output.split('\n').find((text) => /error|fatal|panic/i.test(text)) ?? 'initdb ended without a word';
  return new Fault('storage-unusable', `the database in ${directory.path} could not be made: ${line.trim()}`);
};

export interface InitOptions {
  readonly programs: ServerPrograms;
  readonly account: ServerAccount | undefined;
  /** False only where losing the cluster in a power cut costs nothing: throw-away clusters of tests. */
  readonly durable: boolean;
}

/**
 * Makes the cluster, unless it is there. initdb works in a draft beside it that is synced and then renamed, so a
 * crash at any instant leaves a whole cluster or none; of two processes that do this at once, one wins.
 * @throws Fault `storage-full`, `storage-unusable`.
 */
export const initCluster = async (directory: DataDirectory, options: InitOptions): Promise<void> => {
  removeLeftOverDrafts(directory);
  if (existsSync(directory.cluster)) return;
  draftCount += 1;
  const name = `cluster.new-${process.pid}-${draftCount}`;
  const draft = join(directory.path, name);
  ownDrafts.add(name);
  try {
    const result = await runProgram(
      options.programs.initdb,
      [
        '--pgdata',
        draft,
        `--username=${superuserName}`,
        '--data-checksums',
        '--encoding=UTF8',
        // Built into PostgreSQL: the order of text cannot change with the machine's libraries.
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
        // Whoever reaches the socket is let in; the socket's directory is for its owner alone, and there is no TCP.
        '--auth-local=trust',
        '--auth-host=reject',
        '--no-instructions',
        ...(process.platform === 'linux' ? ['--sync-method=syncfs'] : []),
        ...(options.durable ? [] : ['--no-sync']),
      ],
      { account: options.account, waitMs: initWaitMs },
    );
    if (result.status !== 0) throw initFault(directory, result.startError ?? result.stderr);
    try {
      renameSync(draft, directory.cluster);
    } catch (error) {
      if (!existsSync(directory.cluster)) throw error;
    }
    if (options.durable) syncDirectory(directory.path);
  } finally {
    rmSync(draft, { recursive: true, force: true });
    ownDrafts.delete(name);
  }
};
