import { createHash } from 'node:crypto';
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Fault } from '../../model/fault.ts';
import { runProgram } from './run-program.ts';
import type { ServerAccount } from './server-account.ts';

/** The one directory that an embedded database lives in, and what is where inside. */
export interface DataDirectory {
  readonly path: string;
  /** The cluster as PostgreSQL knows it. It exists whole or not at all. */
  readonly cluster: string;
  readonly serverLog: string;
}

export const dataDirectoryAt = (path: string): DataDirectory => ({
  path,
  cluster: join(path, 'cluster'),
  serverLog: join(path, 'server.log'),
});

const ownEntries = /^(cluster|socket|programs-|server\.log|lost\+found$)/;
// sockaddr_un.sun_path has 108 bytes; the socket's own name and its lock file need the rest.
const socketDirectoryBytesMax = 107 - '/.s.PGSQL.5432.lock'.length;

const reasons: Record<string, string> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'part of the path is a file, not a directory',
  EEXIST: 'it is a file, not a directory',
  ELOOP: 'its symbolic links go round in circles',
  ENAMETOOLONG: 'the path is too long',
};

/** One clear line for an operator. Full disks are a fault of their own: freeing space is the cure. */
export const directoryFault = (path: string, thrown: unknown): Fault => {
  if (thrown instanceof Fault) return thrown;
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown';
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new Fault('storage-full', `no space left in ${path}: free some, Casebound then goes on`);
  return new Fault(
    'storage-unusable',
    `cannot use ${path} for the database (${reasons[code] ?? code}): give another directory with --data, or correct this one`,
  );
};

const checkContent = (path: string): void => {
  const stranger = readdirSync(path).find((name) => !ownEntries.test(name));
  if (stranger !== undefined)
    throw new Fault(
      'storage-unusable',
      `cannot use ${path} for the database (it holds other things, such as ${stranger}): give an empty or new directory with --data`,
    );
};

const checkOwner = (path: string, account: ServerAccount | undefined): void => {
  const owner = statSync(path).uid;
  const wanted = account?.uid ?? process.geteuid?.() ?? owner;
  if (owner === wanted) return;
  const fix =
    account !== undefined
      ? `chown -R ${account.uid}:${account.gid} ${path}`
      : `run as the account with uid ${owner}, or chown it`;
  throw new Fault(
    'storage-unusable',
    `cannot use ${path} for the database (it belongs to uid ${owner}): ${fix}`,
  );
};

/** Can the server's account enter every directory on the way? Asked of the kernel, as that account. */
const checkReachable = async (path: string, account: ServerAccount): Promise<void> => {
  const way: string[] = [];
  for (let at = path; at !== dirname(at); at = dirname(at)) way.unshift(at);
  const script = 'for d in "$@"; do cd "$d" 2>/dev/null || { printf %s "$d"; exit 1; }; done';
  const result = await runProgram('/bin/sh', ['-c', script, 'sh', ...way], { account, waitMs: 10_000 });
  if (result.status === 0) return;
  throw new Fault(
    'storage-unusable',
    `cannot use ${path} for the database (root may not run PostgreSQL, so ${account.label} does, and that account cannot enter ${result.stdout || path}): give a directory that it can reach with --data, such as /var/lib/casebound, or run as an ordinary account`,
  );
};

/**
 * Makes the directory if need be and checks that the server can live in it.
 * @returns the directory by its real path, so that two names of one directory mean the same database.
 * @throws Fault `storage-unusable` naming the directory and the fix; `storage-full` when there is no room.
 */
export const prepareDataDirectory = async (
  path: string,
  chooseAccount: (cluster: string) => ServerAccount | undefined,
): Promise<{ directory: DataDirectory; account: ServerAccount | undefined }> => {
  const wanted = resolve(path);
  try {
    mkdirSync(wanted, { recursive: true, mode: 0o755 });
    const directory = dataDirectoryAt(realpathSync(wanted));
    checkContent(directory.path);
    const account = chooseAccount(directory.cluster);
    if (statSync(directory.cluster, { throwIfNoEntry: false })) checkOwner(directory.cluster, account);
    if (account) {
      chownSync(directory.path, account.uid, account.gid);
      await checkReachable(directory.path, account);
    }
    chmodSync(directory.path, 0o700);
    return { directory, account };
  } catch (thrown) {
    throw directoryFault(wanted, thrown);
  }
};

/**
 * The private directory of the socket: inside the data directory, or, when that path is too long for a socket,
 * in /tmp under a name made from it. Another's directory of that name is refused: it could hold a false server.
 */
export const prepareSocketDirectory = (
  directory: DataDirectory,
  account: ServerAccount | undefined,
): string => {
  const inside = join(directory.path, 'socket');
  const name = createHash('sha256').update(directory.path).digest('hex').slice(0, 20);
  const path = Buffer.byteLength(inside) <= socketDirectoryBytesMax ? inside : `/tmp/casebound-${name}`;
  const owner = account?.uid ?? process.geteuid?.();
  try {
    try {
      mkdirSync(path, { mode: 0o700 });
      if (account) chownSync(path, account.uid, account.gid);
    } catch (thrown) {
      if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
    }
    const found = lstatSync(path);
    if (!found.isDirectory() || found.uid !== owner)
      throw new Fault('storage-unusable', `${path} is not ours (it belongs to uid ${found.uid}): remove it`);
    chmodSync(path, 0o700);
    return path;
  } catch (thrown) {
    throw directoryFault(path, thrown);
  }
};
