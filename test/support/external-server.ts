import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { bareEnvironment, runProgram } from '../../src/platform/postgres/run-program.ts';
import { accountIds, chooseServerAccount } from '../../src/platform/postgres/server-account.ts';
import { findServerPrograms } from '../../src/platform/postgres/server-programs.ts';
import { ended } from './server-holder.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export interface ExternalServer {
  /** With the password, for an account that may make databases but is no superuser. */
  readonly url: string;
  /** Takes the server away at once, as a broken machine would. */
  kill(): Promise<void>;
  /** Brings it back with what it had on disk. */
  start(): Promise<void>;
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

const answers = async (url: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
};

/** A PostgreSQL as others run it: on TCP, with a password. It ends with the test. */
export const externalServer = async (): Promise<ExternalServer> => {
  const place = temporaryDirectory();
  const account = chooseServerAccount(place);
  const programs = await findServerPrograms(account, place);
  const data = join(place, 'data');
  mkdirSync(data, { mode: 0o700 });
  const password = randomBytes(12).toString('hex');
  const passwordFile = join(place, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account) for (const path of [data, passwordFile]) chownSync(path, account.uid, account.gid);
  const made = await runProgram(
    programs.initdb,
    [
      '-D',
      data,
      '-U',
      'owner',
      '--pwfile',
      passwordFile,
      '--auth=scram-sha-256',
      '--no-sync',
      '--locale=C',
      '-E',
      'UTF8',
    ],
    { account, waitMs: 60_000 },
  );
  if (made.status !== 0) throw new Error(made.stderr);
  const port = await freePort();
  const owner = `postgres://owner:${password}@127.0.0.1:${port}/postgres`;
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const settings = [
      `port=${port}`,
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'shared_buffers=32MB',
    ];
    child = spawn(programs.postgres, ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
      cwd: '/',
      env: bareEnvironment,
      stdio: 'ignore',
      ...accountIds(account),
    });
    while (!(await answers(owner))) await pause(20);
  };
  const kill = async (): Promise<void> => {
    child?.kill('SIGQUIT');
    if (child) await ended(child);
  };
  onTestFinished(kill);
  await start();
  const client = new pg.Client({ connectionString: owner });
  await client.connect();
  await client.query(`create role desk login createdb password '${password}'`);
  await client.query('create database desk owner desk');
  await client.end();
  return { url: `postgres://desk:${password}@127.0.0.1:${port}/desk`, kill, start };
};
