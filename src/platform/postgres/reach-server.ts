import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../../model/fault.ts';
import { directoryFault } from './data-directory.ts';
import {
  findServerPid,
  markServerLog,
  readServerLog,
  type ServerLaunch,
  type ServerProcess,
  spawnServer,
  stopServer,
} from './server-process.ts';
import { openServerSession, type ServerSession } from './server-session.ts';

export interface ReachOptions {
  readonly socketDirectory: string;
  /** The longest to wait for a server that does not answer at all. */
  readonly answerWaitMs: number;
  readonly isStopping: () => boolean;
  /** Told of every process that is started, before it answers. */
  readonly onSpawn: (started: ServerProcess) => void;
}

const pollMsMin = 20;
const pollMsMax = 200;
const recoveryWaitMs = 900_000;
const leavingWaitMs = 40_000;
const deafWaitMs = 3_000;

// What a killed server leaves behind for a second or two, until its last processes are gone.
const passing = /lock file ".*" already exists|pre-existing shared memory block|Address already in use/;

export const saysStorageFull = (words: string): boolean =>
  /No space left on device|Disk quota exceeded/.test(words);

export const fullFault = (path: string): Fault =>
  new Fault('storage-full', `no space left in ${path}: free some, Casebound then goes on`);

const pickLine = (words: string): string =>
  words
    .split('\n')
    .findLast((line) => /FATAL|PANIC|ERROR|could not/.test(line))
    ?.replace(/^.*?(FATAL|PANIC|ERROR):\s*/, '') ?? 'it left no word in its log';

type Answer = 'recovering' | 'leaving' | 'absent' | 'closed' | 'unclear';

const readAnswer = (error: unknown): Answer => {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  // The server speaks English: its locale is C.
  if (code === '57P03') return message.includes('shutting down') ? 'leaving' : 'recovering';
  if (code === 'ECONNREFUSED' || code === 'ENOENT') return 'absent';
  return code === 'EACCES' || code === 'EPERM' ? 'closed' : 'unclear';
};

/** @throws Fault when the server that we started has ended for a reason that will not pass by itself. */
const judgeEnd = (launch: ServerLaunch, child: ServerProcess, logMark: number): void => {
  const words = readServerLog(launch.directory, logMark);
  const { path } = launch.directory;
  if (saysStorageFull(words)) throw fullFault(path);
  if (passing.test(words)) return;
  const why = child.startError() ?? pickLine(words);
  throw new Fault(
    'storage-unusable',
    `the database in ${path} does not start: ${why} (more in ${launch.directory.serverLog})`,
  );
};

const spawnOrFault = (launch: ServerLaunch): ServerProcess => {
  try {
    return spawnServer(launch);
  } catch (thrown) {
    throw directoryFault(launch.directory.path, thrown);
  }
};

const silentFault = (launch: ServerLaunch, silentMs: number): Fault =>
  new Fault(
    'storage-unusable',
    `the database in ${launch.directory.path} has not answered for ${Math.round(silentMs / 1_000)} s (its log: ${launch.directory.serverLog})`,
  );

// One try to connect lasts 10 s at most. More is time in which we ourselves stood still, as in a suspended machine.
const tryMsMax = 11_000;

/** Adds up how long, without a break, something has been so; of one step, `stepMsMax` counts at most. */
const makeStopwatch = (stepMsMax: number): ((holds: boolean) => number) => {
  let lastAt = performance.now();
  let sumMs = 0;
  return (holds) => {
    const now = performance.now();
    sumMs = holds ? sumMs + Math.min(stepMsMax, now - lastAt) : 0;
    lastAt = now;
    return sumMs;
  };
};

/**
 * Connects to the server, starting it if none runs. A server that another process started, or left behind, is
 * used as it is; one whose socket was lost, or that hangs on its way out, is stopped and started again.
 * @throws Fault `storage-full`, or `storage-unusable` with the server's own reason.
 */
export const reachServer = async (launch: ServerLaunch, options: ReachOptions): Promise<ServerSession> => {
  const { directory } = launch;
  const waiting = makeStopwatch(tryMsMax);
  const silent = makeStopwatch(tryMsMax);
  const deaf = makeStopwatch(pollMsMax);
  const leaving = makeStopwatch(tryMsMax);
  let started: ServerProcess | undefined;
  let logMark = 0;
  for (let pollMs = pollMsMin; ; pollMs = Math.min(pollMsMax, pollMs * 1.2)) {
    if (options.isStopping()) throw new Fault('storage-down', 'the database is being stopped');
    const answer = await openServerSession(options.socketDirectory).catch(readAnswer);
    if (typeof answer !== 'string') return answer;
    if (answer === 'closed')
      throw new Fault('storage-unusable', `no permission for the socket in ${options.socketDirectory}`);
    const silentMs = silent(answer !== 'recovering');
    if (silentMs > options.answerWaitMs || waiting(true) > recoveryWaitMs)
      throw silentFault(launch, silentMs);
    if (leaving(answer === 'leaving') > leavingWaitMs) await stopServer(directory, 'recovering');
    const noneOfOurs = answer === 'absent' && !started?.isRunning();
    if (deaf(noneOfOurs && findServerPid(directory) !== undefined) > deafWaitMs)
      await stopServer(directory, 'serving');
    if (noneOfOurs) {
      if (started) judgeEnd(launch, started, logMark);
      logMark = markServerLog(directory);
      started = spawnOrFault(launch);
      options.onSpawn(started);
    }
    await pause(pollMs);
  }
};
