import { setTimeout as pause } from 'node:timers/promises';
import { Fault, isFault } from '../../model/fault.ts';
import { prepareDataDirectory, prepareSocketDirectory } from './data-directory.ts';
import type { SocketConnection } from './database-connection.ts';
import { initCluster } from './init-cluster.ts';
import { type ReachOptions, reachServer, saysStorageFull } from './reach-server.ts';
import { chooseServerAccount } from './server-account.ts';
import {
  findServerPid,
  markServerLog,
  readServerLog,
  type ServerLaunch,
  type ServerProcess,
  stopServer,
} from './server-process.ts';
import { findServerPrograms } from './server-programs.ts';
import type { ServerSession } from './server-session.ts';
import { measureServerSize, type ServerSize, serverSettings, settingArguments } from './server-settings.ts';

/** What the supervisor tells whoever wants to write it down. */
export type ServerNotice =
  | { readonly kind: 'started'; readonly adopted: boolean; readonly pid: number | undefined }
  | { readonly kind: 'lost' }
  | { readonly kind: 'storage-full' }
  | { readonly kind: 'failed'; readonly fault: Fault };

export interface EmbeddedOptions {
  /** The directory that is the database's alone; made when it is not there. */
  readonly dataDir: string;
  /**
   * True for a process that works for a while, beside the one that serves or without it: it uses a server that
   * runs, starts one when none does, and at its end stops the server only when no other process uses it. It does
   * not restart a server that dies.
   */
  readonly share?: boolean;
  readonly size?: Partial<ServerSize>;
  /** The longest to wait for a server that does not answer. */
  readonly answerWaitMs?: number;
  readonly onNotice?: (notice: ServerNotice) => void;
  /** For throw-away clusters only: a power cut may destroy everything in it. */
  readonly withoutDurabilityForTests?: boolean;
}

export interface EmbeddedServer {
  readonly connection: SocketConnection;
  /** The process id of the server that runs now. */
  findPid(): number | undefined;
  /** Set while the server is down for a known reason: for openDatabase, so that queries fail with it. */
  whyDown(): Fault | undefined;
  /** Resolves, if ever, with the reason why the server is given up: the process should then end. */
  readonly failed: Promise<Fault>;
  /** Ends sessions and writes everything out. Safe to call twice. */
  stop(): Promise<void>;
}

export const embeddedDatabaseName = 'casebound';

const claimWaitMs = 5_000;
const lossesMax = 5;
const lossWindowMs = 60_000;
const backOffMs = [0, 100, 400, 1_000, 2_000] as const;
const fullRetryMs = 2_000;

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Waits out a supervisor that was killed; another that lives keeps its place. */
const claim = async (session: ServerSession, path: string): Promise<void> => {
  for (let waitedMs = 0; !(await session.trySupervise()); waitedMs += 50) {
    const pid = await session.findSupervisorPid();
    if (waitedMs >= claimWaitMs || (pid !== undefined && isAlive(pid)))
      throw new Fault(
        'storage-unusable',
        `the database in ${path} is in use by process ${pid ?? 'unknown'}: stop that one first, or give another directory with --data`,
      );
    await pause(50);
  }
};

const asServerFault = (thrown: unknown, path: string): Fault =>
  isFault(thrown)
    ? thrown
    : new Fault('storage-down', `the database in ${path} went away while it was being started`);

/** One embedded server under supervision. */
class Supervisor implements EmbeddedServer {
  readonly connection: SocketConnection;
  readonly failed: Promise<Fault>;
  readonly #launch: ServerLaunch;
  readonly #options: EmbeddedOptions;
  readonly #reach: ReachOptions;
  readonly #giveUp: (fault: Fault) => void;
  #session: ServerSession | undefined;
  #started: ServerProcess | undefined;
  #down: (() => Fault) | undefined;
  #logMark = 0;
  #losses: number[] = [];
  #stopping: Promise<void> | undefined;

  constructor(launch: ServerLaunch, socketDirectory: string, options: EmbeddedOptions) {
    this.#launch = launch;
    this.#options = options;
    this.#reach = {
      socketDirectory,
      answerWaitMs: options.answerWaitMs ?? 60_000,
      isStopping: () => this.#stopping !== undefined,
    };
    this.connection = {
      kind: 'socket',
      directory: socketDirectory,
      database: embeddedDatabaseName,
      user: embeddedDatabaseName,
    };
    const { promise, resolve } = Promise.withResolvers<Fault>();
    this.failed = promise;
    this.#giveUp = resolve;
  }

  findPid(): number | undefined {
    return findServerPid(this.#launch.directory);
  }

  whyDown(): Fault | undefined {
    return this.#down?.();
  }

  /** Connects or starts, and takes our place at the server. @throws Fault */
  async comeUp(): Promise<void> {
    const { path } = this.#launch.directory;
    const { session, started } = await reachServer(this.#launch, this.#reach);
    this.#started = started ?? this.#started;
    try {
      if (!this.#options.share) await claim(session, path);
      await session.markUse();
      await session.ensureDatabase(embeddedDatabaseName);
    } catch (thrown) {
      await session.end().catch(() => undefined);
      throw asServerFault(thrown, path);
    }
    this.#session = session;
    this.#down = undefined;
    this.#logMark = markServerLog(this.#launch.directory);
    this.#options.onNotice?.({ kind: 'started', adopted: started === undefined, pid: this.findPid() });
  }

  /** Restarts the server whenever it is lost, until it is stopped or given up. */
  async keepUp(): Promise<void> {
    while (!this.#stopping) {
      await this.#session?.lost;
      if (this.#stopping) return;
      this.#options.onNotice?.({ kind: 'lost' });
      if (saysStorageFull(readServerLog(this.#launch.directory, this.#logMark))) this.#markFull();
      if (!(await this.#comeBack())) return;
    }
  }

  async #comeBack(): Promise<boolean> {
    for (;;) {
      const now = performance.now();
      this.#losses = [...this.#losses.filter((at) => now - at < lossWindowMs), now];
      if (this.#losses.length > lossesMax) {
        const { path, serverLog } = this.#launch.directory;
        this.#fail(`the database in ${path} keeps dying (${lossesMax} times a minute): see ${serverLog}`);
        return false;
      }
      await pause(backOffMs[this.#losses.length - 1] ?? 0);
      try {
        await this.comeUp();
        return true;
      } catch (thrown) {
        if (this.#stopping) return false;
        const fault = asServerFault(thrown, this.#launch.directory.path);
        if (fault.code === 'storage-full') {
          // Nobody dies of waiting for space, however long: this is no loss that counts.
          this.#losses = [];
          this.#markFull();
          await pause(fullRetryMs);
        } else if (fault.code === 'storage-unusable') {
          this.#fail(fault.message);
          return false;
        }
      }
    }
  }

  #markFull(): void {
    const text = `no space left in ${this.#launch.directory.path}: free some, Casebound then goes on`;
    if (!this.#down) this.#options.onNotice?.({ kind: 'storage-full' });
    this.#down = () => new Fault('storage-full', text);
  }

  #fail(text: string): void {
    this.#down = () => new Fault('storage-unusable', text);
    const fault = this.#down();
    this.#options.onNotice?.({ kind: 'failed', fault });
    this.#giveUp(fault);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const { directory } = this.#launch;
    const ours = this.#options.share ? await this.#isLeftToUs() : true;
    if (ours) {
      if (this.#started?.isRunning() && this.#started.pid !== undefined && this.findPid() === undefined)
        process.kill(this.#started.pid, 'SIGINT');
      if (!(await stopServer(directory)))
        throw new Fault('storage-down', `the database in ${directory.path} does not stop`);
    }
    await this.#session?.end().catch(() => undefined);
  }

  /** As a guest: is everybody else gone? The last one out stops the server. */
  async #isLeftToUs(): Promise<boolean> {
    return (await this.#session?.leaveUnused().catch(() => false)) ?? false;
  }

  /** The last resort when the process ends without having called stop. A guest cannot know who else is there. */
  readonly signalOnExit = (): void => {
    const pid = this.#stopping || this.#options.share ? undefined : this.findPid();
    if (pid !== undefined) process.kill(pid, 'SIGINT');
  };
}

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Lets the server end with this process, unless the program handles the signal itself and calls stop. */
const endWithProcess = (supervisor: Supervisor): void => {
  process.once('exit', supervisor.signalOnExit);
  for (const signal of endingSignals) {
    const onSignal = (): void => {
      if (process.listenerCount(signal) > 1) return;
      supervisor.stop().finally(() => {
        process.removeListener(signal, onSignal);
        process.kill(process.pid, signal);
      });
    };
    process.on(signal, onSignal);
  }
};

/** A server may be on its way out just as we reach it, stopped by the last who used it. */
const comeUpPatiently = async (supervisor: Supervisor): Promise<void> => {
  for (let triesLeft = 5; ; triesLeft -= 1) {
    try {
      await supervisor.comeUp();
      return;
    } catch (thrown) {
      if (!isFault(thrown) || thrown.code !== 'storage-down' || triesLeft === 0) throw thrown;
      await pause(100);
    }
  }
};

/**
 * Starts (or joins) the embedded PostgreSQL of a directory and keeps it running.
 *
 * It listens on a private Unix socket only. As root the server runs as another account, see chooseServerAccount.
 * A server that a killed process left behind is adopted. When the server dies it is started again; when the disk
 * is full that goes on until there is space; when it keeps dying, `failed` resolves.
 *
 * @throws Fault `storage-unusable` (directory not usable, in use by another process, server does not start) or
 * `storage-full`, each with one line for the operator.
 */
export const startEmbedded = async (options: EmbeddedOptions): Promise<EmbeddedServer> => {
  const { directory, account } = await prepareDataDirectory(options.dataDir, chooseServerAccount);
  const programs = await findServerPrograms(account, directory.path);
  const durable = options.withoutDurabilityForTests !== true;
  await initCluster(directory, { programs, account, durable });
  const socketDirectory = prepareSocketDirectory(directory, account);
  const size = { ...measureServerSize(), ...options.size };
  const args = settingArguments(serverSettings(socketDirectory, size, durable));
  const launch = { postgres: programs.postgres, directory, account, args };
  const supervisor = new Supervisor(launch, socketDirectory, options);
  await comeUpPatiently(supervisor);
  endWithProcess(supervisor);
  if (!options.share) void supervisor.keepUp();
  return supervisor;
};
