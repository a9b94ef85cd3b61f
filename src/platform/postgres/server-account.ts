import { readFileSync, statSync } from 'node:fs';

/** Whom the database server runs as, when that is not whoever we are. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
  /** As operators read it: `postgres (uid 101)`. */
  readonly label: string;
}

const accountFile = '/etc/passwd';
const preferredNames = ['postgres', 'nobody'];

const readAccounts = (): readonly { name: string; uid: number; gid: number }[] => {
  try {
    return readFileSync(accountFile, 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .map(([name = '', , uid = '', gid = '']) => ({ name, uid: Number(uid), gid: Number(gid) }));
  } catch {
    return [];
  }
};

/**
 * PostgreSQL refuses to run as root, so root steps down: to the owner of a cluster that is there already, else to
 * `postgres`, else to `nobody`. Undefined for everyone else: they run it as themselves.
 */
export const chooseServerAccount = (clusterDirectory: string): ServerAccount | undefined => {
  if (process.geteuid?.() !== 0) return undefined;
  const accounts = readAccounts();
  const owner = statSync(clusterDirectory, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) {
    const name = accounts.find((account) => account.uid === owner.uid)?.name;
    return { uid: owner.uid, gid: owner.gid, label: `${name ?? 'an account'} (uid ${owner.uid})` };
  }
  for (const name of preferredNames) {
    const found = accounts.find((account) => account.name === name && account.uid > 0);
    if (found) return { uid: found.uid, gid: found.gid, label: `${name} (uid ${found.uid})` };
  }
  // The overflow ids of Linux: an account without a name and without files.
  return { uid: 65_534, gid: 65_534, label: 'nobody (uid 65534)' };
};

export const accountIds = (account: ServerAccount | undefined): { uid?: number; gid?: number } =>
  account ? { uid: account.uid, gid: account.gid } : {};
