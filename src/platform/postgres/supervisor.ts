import { setTimeout as pause } from 'node:timers/promises';
import { Fault, isFault } from '../../model/fault.ts';
import { isProcessAlive } from './is-process-alive.ts';
import { fullFault, reachServer, saysStorageFull } from './reach-server.ts';
import {
  findServerPid,
  limitServerLog,
  markServerLog,
  readServerLog,
  type ServerLaunch,
  type ServerProcess,
  stopServer,
} from './server-process.ts';
import type { ServerSession } from './server-session.ts';

/** What a supervisor tells whoever wants to write it down. */
export type ServerNotice =
  | { readonly kind: 'started'; readonly adopted: boolean; readonly pid: number | undefined }
  | { readonly kind: 'lost' }
  | { readonly kind: 'storage-full' }
  | { readonly kind: 'failed'; readonly fault: Fault };

export interface SupervisorOptions {
  readonly launch: ServerLaunch;
  readonly socketDirectory: string;
  /** The database, and the role that owns it, which are made when they are not there. */
  readonly databaseName: string;
  /** A guest neither restarts the server nor stops it while others use it. */
  readonly guest: boolean;
  readonly answerWaitMs: number;
  readonly onNotice: (notice: ServerNotice) => void;
}

const claimWaitMs = 5_000;
const claimPollMs = 50;
const lossesMax = 5;
const lossWindowMs = 60_000;
const backOffMs = [0, 100, 400, 1_000, 2_000] as const;
const fullRetryMs = 2_000;
const logCheckMs = 600_000;
const arrivalsMax = 5;
const arrivalWaitMs = 100;

/** Waits out a supervisor that was killed; another that lives keeps its place. */
const claim = async (session: ServerSession, path: string): Promise<void> => {
  for (let waitedMs = 0; !(await session.trySupervise()); waitedMs += claimPollMs) {
    const pid = await session.findSupervisorPid();
    if (waitedMs >= claimWaitMs || (pid !== undefined && isProcessAlive(pid)))
      throw new Fault(
        'storage-unusable',
        `the database in ${path} is in use by process ${pid ?? 'unknown'}: stop that one first, or give another directory with --data`,
      );
    await pause(claimPollMs);
  }
};

/** Keeps one embedded server running. */
export class Supervisor {
  readonly failed: Promise<Fault>;
  readonly #options: SupervisorOptions;
  readonly #giveUp: (fault: Fault) => void;
  #session: ServerSession | undefined;
  #started: ServerProcess | undefined;
  #whyDown: (() => Fault) | undefined;
  #logMark = 0;
  #lossTimes: readonly number[] = [];
  #stopping: Promise<void> | undefined;
  #logTimer: NodeJS.Timeout | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<Fault>();
    this.failed = promise;
    this.#giveUp = resolve;
  }

  findPid(): number | undefined {
    return findServerPid(this.#options.launch.directory);
  }

  whyDown(): Fault | undefined {
    return this.#whyDown?.();
  }

  /**
   * Connects to the server, or starts it, for the first time.
   * @throws Fault; a server that was started for it is ended again.
   */
  async arrive(): Promise<void> {
    for (let triesLeft = arrivalsMax; ; triesLeft -= 1) {
      try {
        await this.#comeUp();
        return;
      } catch (thrown) {
        // The server may have been on its way out just then, stopped by the last who used it.
        const mayPass = isFault(thrown) && thrown.code === 'storage-down' && triesLeft > 0;
        if (!mayPass) {
          await this.#started?.end();
          throw thrown;
        }
        await pause(arrivalWaitMs);
      }
    }
  }

  /** Restarts the server whenever it is lost, until it is stopped or given up. */
  async keepUp(): Promise<void> {
    this.#logTimer = setInterval(() => limitServerLog(this.#options.launch.directory), logCheckMs).unref();
    while (!this.#stopping) {
      await this.#session?.lost;
      if (this.#stopping) return;
      this.#options.onNotice({ kind: 'lost' });
      const full = saysStorageFull(readServerLog(this.#options.launch.directory, this.#logMark));
      if (full) this.#markFull();
      else if (!(await this.#countLoss())) return;
      if (!(await this.#comeBack())) return;
    }
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Tells the server to end, without waiting. A guest cannot know who else is there, so it does not. */
  signalOnExit(): void {
    const pid = this.#stopping || this.#options.guest ? undefined : this.findPid();
    if (pid !== undefined) process.kill(pid, this.#session?.isLost() ? 'SIGQUIT' : 'SIGINT');
  }

  async #comeUp(): Promise<void> {
    const { launch, guest, databaseName } = this.#options;
    const session = await reachServer(launch, {
      socketDirectory: this.#options.socketDirectory,
      answerWaitMs: this.#options.answerWaitMs,
      isStopping: () => this.#stopping !== undefined,
      onSpawn: (started) => {
        this.#started = started;
      },
    });
    try {
      if (!guest) await claim(session, launch.directory.path);
      await session.markUse();
      await session.ensureDatabase(databaseName);
    } catch (thrown) {
      await session.end().catch(() => undefined);
      if (isFault(thrown)) throw thrown;
      throw new Fault('storage-down', `the database in ${launch.directory.path} went away as it came up`);
    }
    this.#session = session;
    this.#whyDown = undefined;
    this.#logMark = markServerLog(launch.directory);
    const pid = this.findPid();
    this.#options.onNotice({ kind: 'started', adopted: pid !== this.#started?.pid, pid });
  }

  /** Tries until the server is up. False when it was stopped or given up meanwhile. */
  async #comeBack(): Promise<boolean> {
    for (;;) {
      try {
        await this.#comeUp();
        return true;
      } catch (thrown) {
        if (this.#stopping) return false;
        if (isFault(thrown) && thrown.code === 'storage-full') {
          this.#markFull();
          await pause(fullRetryMs);
        } else if (isFault(thrown) && thrown.code === 'storage-unusable') {
          this.#fail(thrown.message);
          return false;
        } else if (!(await this.#countLoss())) return false;
      }
    }
  }

  /** Slows down from loss to loss and in the end gives up. A full disk is no such loss: it is waited out. */
  async #countLoss(): Promise<boolean> {
    const now = performance.now();
    this.#lossTimes = [...this.#lossTimes.filter((at) => now - at < lossWindowMs), now];
    if (this.#lossTimes.length > lossesMax) {
      const { path, serverLog } = this.#options.launch.directory;
      this.#fail(
        `the database in ${path} died ${this.#lossTimes.length} times within a minute: see ${serverLog}`,
      );
      return false;
    }
    await pause(backOffMs[this.#lossTimes.length - 1] ?? 0);
    return true;
  }

  #markFull(): void {
    const { path } = this.#options.launch.directory;
    if (!this.#whyDown) this.#options.onNotice({ kind: 'storage-full' });
    this.#whyDown = () => fullFault(path);
  }

  #fail(text: string): void {
    this.#whyDown = () => new Fault('storage-unusable', text);
    const fault = this.#whyDown();
    this.#options.onNotice({ kind: 'failed', fault });
    this.#giveUp(fault);
  }

  async #stop(): Promise<void> {
    const { directory } = this.#options.launch;
    clearInterval(this.#logTimer);
    if (!this.#options.guest || (await this.#isLeftToUs())) {
      // One that was started a moment ago may not have written its lock file yet.
      if (this.findPid() === undefined) await this.#started?.end();
      const state = (await this.#session?.isAnswering()) ? 'serving' : 'recovering';
      if (!(await stopServer(directory, state)))
        throw new Fault('storage-down', `the database in ${directory.path} does not stop`);
    }
    await this.#session?.end().catch(() => undefined);
  }

  /** As a guest: is everybody else gone? Then the last one out stops the server. */
  async #isLeftToUs(): Promise<boolean> {
    return (await this.#session?.leaveUnused().catch(() => false)) ?? false;
  }
}
