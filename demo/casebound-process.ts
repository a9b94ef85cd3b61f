import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const main = join(import.meta.dirname, '..', 'src', 'interfaces', 'cli', 'main.ts');

export type ChildEnvironment = Readonly<Record<string, string>>;

/** A command of ours that failed, with the line it said. */
export class CommandFailed extends Error {}

/** Runs one command to its end, as an operator would. @throws CommandFailed with what it said on standard error */
export const runCasebound = (
  args: readonly string[],
  onLine: (line: string) => void = () => {},
): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let last = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n').filter(Boolean)) {
        last = line;
        onLine(line);
      }
    });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new CommandFailed(`casebound ${args.slice(0, 2).join(' ')}: ${last}`)),
    );
  });

export interface ServeProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Resolves when it has ended, whoever ended it. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Starts the production server as a process of its own and resolves when it says that it is ready. */
export const serveCasebound = (
  args: readonly string[],
  environment: ChildEnvironment,
): Promise<ServeProcess> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, 'serve', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    let complaint = '';
    const ended = new Promise<void>((end) => child.once('exit', () => end()));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = text.trim().split('\n').at(-1) ?? complaint;
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const url = /ready (\S+)/.exec(text)?.[1];
      if (!url) return;
      const stop = async (): Promise<void> => {
        child.kill('SIGTERM');
        await ended;
      };
      resolve({ url, child, ended, stop });
    });
    void ended.then(() =>
      reject(new CommandFailed(complaint || 'casebound serve ended before it was ready')),
    );
  });
