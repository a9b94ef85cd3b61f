import { constants } from 'node:os';
import type { CommandIo } from './command.ts';
import { commands } from './commands.ts';
import { presentThrown } from './present-thrown.ts';
import { progressLine } from './progress-line.ts';
import { runCommandLine } from './run-command-line.ts';

// Where bin/casebound starts: binds the command line to this process.
const { stdout, stderr, env, argv } = process;

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping.signal.aborted) process.exit(128 + constants.signals[signal]);
    stopping.abort();
  });
}

// `casebound ... | head` closes our output early: nobody reads on, so there is nothing left to do.
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

const io: CommandIo = {
  answer: (line) => void stdout.write(`${line}\n`),
  tell: (line) => void stderr.write(`${stderr.isTTY ? '\r\u001b[K' : ''}${line}\n`),
  showProgress: progressLine({
    isTerminal: stderr.isTTY === true,
    columns: stderr.columns ?? 80,
    write: (text) => void stderr.write(text),
    nowMs: () => performance.now(),
  }),
  environment: env,
  stop: stopping.signal,
};

const breakDown = (thrown: unknown): void => {
  const { line, status } = presentThrown(thrown);
  io.tell(`casebound: ${line}`);
  if (env['CASEBOUND_TRACE'] === '1' && thrown instanceof Error) io.tell(thrown.stack ?? '');
  process.exit(status);
};
process.on('uncaughtException', breakDown);
process.on('unhandledRejection', breakDown);

process.exit(await runCommandLine(argv.slice(2), commands, io));
