import { readFileSync, writeFileSync } from 'node:fs';

/** One package of package-lock.json (version 3), as far as we look at it. */
export interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
export interface LockFile {
  packages: Record<string, LockedPackage>;
}

export interface MissingPackage {
  readonly name: string;
  readonly version: string;
  readonly dev: boolean;
}

/**
 * Optional packages that some package asks for and the lock file lacks. npm leaves them out when the registry that it
 * asked has no build for a foreign platform; `npm ci` then refuses the lock file everywhere.
 */
export const missingOptionalPackages = (lock: LockFile): readonly MissingPackage[] =>
  Object.entries(lock.packages).flatMap(([place, locked]) =>
    Object.entries(locked.optionalDependencies ?? {})
      .filter(
        ([name]) =>
          !(`node_modules/${name}` in lock.packages) && !(`${place}/node_modules/${name}` in lock.packages),
      )
      .map(([name, version]) => ({ name, version, dev: locked.dev === true })),
  );

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'];

/** The platform that a package is for, read from its name: `binding-linux-riscv64-musl` */
const platformOf = (name: string): { os: string[]; cpu: string[]; libc?: string[] } => {
  const words = name.split(/[/-]/);
  const os = systems.filter((system) => words.includes(system));
  const cpu = processors.filter((processor) => words.includes(processor));
  if (os.length !== 1 || cpu.length !== 1)
    throw new Error(`${name}: no platform in this name; lock it by hand`);
  if (os[0] !== 'linux') return { os, cpu };
  return { os, cpu, libc: [words.some((word) => word.startsWith('musl')) ? 'musl' : 'glibc'] };
};

/** Adds the missing packages with version and platform, so that npm knows them and passes them over. */
export const completeLock = (lock: LockFile): void => {
  for (const { name, version, dev } of missingOptionalPackages(lock)) {
    const { os, cpu, libc } = platformOf(name);
    // In npm's own order of words, so that npm does not reorder them the next time.
    lock.packages[`node_modules/${name}`] = {
      version,
      cpu,
      ...(dev ? { dev } : {}),
      ...(libc ? { libc } : {}),
      optional: true,
      os,
    };
  }
};

if (import.meta.main) {
  const file = new URL('../../package-lock.json', import.meta.url);
  const lock = JSON.parse(readFileSync(file, 'utf8')) as LockFile;
  completeLock(lock);
  lock.packages = Object.fromEntries(
    Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, 'en')),
  );
  writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`);
}
