import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export interface DemoDirectory {
  readonly path: string;
  /** Shared by the made-up help desk and Casebound. */
  readonly caseSecret: string;
  /** Shared by Casebound and the made-up telephone. */
  readonly contactSecret: string;
  /** True once the made-up organisation has been imported whole. */
  readonly filled: boolean;
  setFilled(): void;
}

const everyoneMayEnter = (path: string): boolean => {
  for (let at = resolve(path); ; at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
};

/**
 * Where the demo lives when nobody says: beside the program. Started as root, the database runs under another
 * account; when that account could not get there (a checkout under /root), it lives under /var/lib instead.
 */
export const usualDemoPath = (): string => {
  const beside = join(import.meta.dirname, '..', 'data', 'demo');
  return process.getuid?.() === 0 && !everyoneMayEnter(dirname(dirname(beside)))
    ? '/var/lib/casebound-demo'
    : beside;
};

const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

/** Opens the demo's directory, and makes it the first time. */
export const openDemoDirectory = (path: string): DemoDirectory => {
  mkdirSync(path, { recursive: true, mode: 0o755 });
  const secretsFile = join(path, 'demo-secrets.json');
  if (!existsSync(secretsFile)) {
    const made = { caseSecret: newSecret(), contactSecret: newSecret() };
    writeFileSync(secretsFile, JSON.stringify(made), { mode: 0o600 });
  }
  const secrets = JSON.parse(readFileSync(secretsFile, 'utf8')) as {
    caseSecret: string;
    contactSecret: string;
  };
  const filledFile = join(path, 'demo-filled');
  return {
    path,
    caseSecret: secrets.caseSecret,
    contactSecret: secrets.contactSecret,
    filled: existsSync(filledFile),
    setFilled: () => writeFileSync(filledFile, ''),
  };
};
