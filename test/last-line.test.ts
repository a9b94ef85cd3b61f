import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshClone } from './support/fresh-clone.ts';
import { projectDir, runPackage } from './support/run-program.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';

/** Runs vitest on the given test files with our reporter and answers the last line that is printed. */
const verdictOn = async (...files: string[]): Promise<string> => {
  const folder = temporaryDirectory();
  symlinkSync(join(projectDir, 'node_modules'), join(folder, 'node_modules'));
  for (const [at, text] of files.entries())
    writeFileSync(
      join(folder, `${at}.test.ts`),
      `import { afterAll, beforeAll, describe, expect, it } from 'vitest';\n${text}\n`,
    );
  const reporter = join(projectDir, 'test/support/last-line-reporter.ts');
  const { said } = await runPackage('vitest/vitest.mjs', [
    'run',
    `--root=${folder}`,
    `--reporter=${reporter}`,
  ]);
  return lastLine(said);
};

describe('the last line of a test run', { timeout: 180_000 }, () => {
  const passing = "it('p', () => {});";
  const failing = "it('f', () => { expect(1).toBe(2); });";
  const passedOver = `it.${'skip'}('s', () => {});`;

  it('counts tests, and those that were passed over', async () => {
    expect(await verdictOn(passing + failing + passedOver, passing)).toBe('2 passed, 1 failed, 1 skipped');
  });

  it('counts a file that breaks on import and a group that breaks in its hooks', async () => {
    const broken = "import './nowhere.ts';";
    const hook = `describe('d', () => { beforeAll(() => { throw new Error('x'); }); ${passing} });`;
    const after = `describe('d', () => { afterAll(() => { throw new Error('x'); }); ${passing} });`;
    expect(await verdictOn(broken + passing, hook, after)).toBe('1 passed, 3 failed, 1 skipped');
  });

  it('counts errors that nobody caught, and a worker that died', async () => {
    const loose =
      "it('l', async () => { setTimeout(() => { throw new Error('x'); }, 0); await new Promise((r) => setTimeout(r, 50)); });";
    const killed = "it('k', () => { process.kill(process.pid, 'SIGKILL'); });";
    expect(await verdictOn(loose, killed)).toMatch(/^1 passed, 2 failed/);
  });
});

describe('npm test', () => {
  const runTests = (over: Record<string, string>) => {
    const clone = freshClone();
    return { ...clone, ended: clone.start(['src/a', '-t', 'b c'], over, join(clone.root, 'bin/test')).ended };
  };

  it('sets up, passes its words on, and prints the verdict last', async () => {
    const { status, out } = await runTests({ FAKE_VERDICT: '3 passed, 0 failed' }).ended;
    expect(status).toBe(0);
    expect(out).toBe('ran node_modules/vitest/vitest.mjs run src/a -t b c\n3 passed, 0 failed\n');
  });

  it.each([
    [{ FAKE_VERDICT: '3 passed, 2 failed', FAKE_STATUS: '1' }, 1, '3 passed, 2 failed'],
    [
      { FAKE_VERDICT: '10 passed, 0 failed, 1 skipped', FAKE_STATUS: '1' },
      1,
      '10 passed, 1 failed, 1 skipped',
    ],
    [{ FAKE_STATUS: '1' }, 1, '0 passed, 1 failed'],
    [{ FAKE_STATUS: '0' }, 1, '0 passed, 1 failed'],
    [{ FAKE_NPM: 'no-network' }, 69, '0 passed, 1 failed'],
  ])('with %j ends with status %i and "%s"', async (over: Record<string, string>, status, line) => {
    const ended = await runTests(over).ended;
    expect([ended.status, lastLine(ended.out)]).toEqual([status, line]);
  });
});

describe('the browser of the tests', () => {
  const aptGet = (bin: string): string =>
    `#!/bin/sh\necho "apt-get $*" >>"${bin}/asked"\ncase $* in *install*) printf '#!/bin/sh\\n' >"${bin}/chromium"; chmod +x "${bin}/chromium" ;; esac\n`;

  const cloneWithBrowserTest = () => {
    const clone = freshClone();
    mkdirSync(join(clone.root, 'test'));
    writeFileSync(join(clone.root, 'test/a.test.ts'), "import { chromium } from 'playwright-core';\n");
    const test = (over: Record<string, string> = {}) =>
      clone.start([], { FAKE_VERDICT: '1 passed, 0 failed', ...over }, join(clone.root, 'bin/test')).ended;
    return { ...clone, test };
  };

  it('is fetched once, when it is missing and we may', async () => {
    const { bin, putProgram, test } = cloneWithBrowserTest();
    putProgram('id', '#!/bin/sh\necho 0\n');
    putProgram('apt-get', aptGet(bin));
    const first = await test();
    expect(first).toMatchObject({
      status: 0,
      out: expect.stringContaining(`with browser ${bin}/chromium\n`),
    });
    expect(first.told).toContain('casebound: installing Chromium for the browser tests (once)\n');
    expect((await test()).told).toBe('');
  });

  it('is asked for in one line when we may not fetch it', async () => {
    const { putProgram, test } = cloneWithBrowserTest();
    putProgram('id', '#!/bin/sh\necho 1000\n');
    const { status, out, told } = await test();
    expect({ status, out }).toEqual({ status: 69, out: '0 passed, 1 failed\n' });
    expect(lastLine(told)).toMatch(
      /^casebound: the browser tests need Chromium: install it .*CASEBOUND_CHROMIUM/,
    );
  });

  it('may be named, and is then not looked for', async () => {
    const { test } = cloneWithBrowserTest();
    expect((await test({ CASEBOUND_CHROMIUM: '/opt/other' })).out).toContain('with browser /opt/other\n');
  });
});
