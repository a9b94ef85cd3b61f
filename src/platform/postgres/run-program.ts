import { spawn } from 'node:child_process';
import { accountIds, type ServerAccount } from './server-account.ts';

export interface ProgramResult {
  /** The exit status; undefined when it could not be started or a signal ended it. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it could not be started: EACCES, ENOENT. */
  readonly startError: string | undefined;
}

const outputCharsMax = 64_000;

/** What every program here gets: nothing of our own environment, which holds secrets. */
export const bareEnvironment = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } as const;

/** Runs a short program to its end as the server's account. Never rejects. */
export const runProgram = (
  path: string,
  args: readonly string[],
  options: { readonly account: ServerAccount | undefined; readonly waitMs: number },
): Promise<ProgramResult> =>
  new Promise((resolve) => {
    let stdout = '';
    let stderr = '';
    const child = spawn(path, args, {
      cwd: '/',
      env: bareEnvironment,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.waitMs,
      killSignal: 'SIGKILL',
      ...accountIds(options.account),
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(-outputCharsMax);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-outputCharsMax);
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      resolve({ status: undefined, stdout, stderr, startError: error.code ?? 'unknown' });
    });
    child.once('close', (status) => {
      resolve({ status: status ?? undefined, stdout, stderr, startError: undefined });
    });
  });
