import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshClone } from './support/fresh-clone.ts';

const mainOf = (root: string): string => join(root, 'src/interfaces/cli/main.ts');

describe('the first start of a clone', () => {
  it('installs the packages without running their scripts, and then does what was asked', async () => {
    const { root, start, installs } = freshClone();
    const first = await start(['import', 'a file']).ended;
    expect(first).toMatchObject({ status: 0, out: `ran ${mainOf(root)} import a file\n` });
    expect(first.told).toMatch(/^casebound: installing packages .*\n$/);
    expect(installs()).toHaveLength(1);
    expect(installs()[0]).toContain(
      `ran in ${root} with ci --include=dev --include=optional --ignore-scripts `,
    );
    expect(await start(['version']).ended).toEqual({
      status: 0,
      out: `ran ${mainOf(root)} version\n`,
      told: '',
    });
    expect(installs()).toHaveLength(1);
  });

  it('is the first again when the lock file changed', async () => {
    const { root, start, installs } = freshClone();
    await start().ended;
    writeFileSync(join(root, 'package-lock.json'), 'two');
    await start().ended;
    expect(installs()).toHaveLength(2);
  });

  it('finds its project from any folder and through links', async () => {
    const { base, root, start } = freshClone();
    symlinkSync(join(root, 'bin/casebound'), join(base, 'absolute'));
    mkdirSync(join(base, 'deep'));
    symlinkSync('../absolute', join(base, 'deep/relative'));
    expect(await start(['x'], {}, join(base, 'deep/relative')).ended).toMatchObject({
      out: `ran ${mainOf(root)} x\n`,
    });
  });

  it('keeps npm away from the Node.js that is being replaced', async () => {
    const { root, bin, start, installs } = freshClone();
    await start([], { PATH: `${join(root, 'node_modules/.bin')}:${bin}` }).ended;
    expect(installs()[0]).toContain(`and PATH ${bin}`);
  });

  it('mends the link to Node.js that some npm versions drop', async () => {
    const { start } = freshClone();
    expect(await start([], { FAKE_NPM: 'no-link' }).ended).toMatchObject({ status: 0 });
  });

  it('leaves out what only tests need when told so, until tests need it', async () => {
    const { start, installs } = freshClone();
    const lean = { CASEBOUND_OMIT_DEV: '1' };
    await start([], lean).ended;
    await start([], lean).ended;
    expect(installs()).toHaveLength(1);
    expect(installs()[0]).toContain('ci --omit=dev');
    await start().ended;
    expect(installs()).toHaveLength(2);
    await start([], lean).ended;
    expect(installs()).toHaveLength(2);
  });
});

describe('two first starts at once', () => {
  it('install once: the second waits, and both then run', async () => {
    const { start, installs } = freshClone();
    const both = await Promise.all([
      start(['1'], { FAKE_NPM: 'slow' }).ended,
      start(['2'], { FAKE_NPM: 'slow' }).ended,
    ]);
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    expect(both.map(({ told }) => told).join('')).toContain(
      'another start is installing packages; waiting for it',
    );
    expect(installs()).toHaveLength(1);
  });
});

describe('a first start that was cut off', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)('by %s is not taken for whole', async (signal) => {
    const { start, installs } = freshClone();
    const cut = start([], { FAKE_NPM: 'slow' });
    while (installs().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    cut.child.kill(signal);
    await cut.ended;
    expect(await start().ended).toMatchObject({ status: 0 });
    expect(installs()).toHaveLength(2);
  });
});

describe('a first start that cannot succeed', () => {
  it.each([
    ['no-network', /npm cannot reach its package registry: connect to the network, or name a mirror/],
    ['full', /the disk is full: free about 1 GB/],
    ['exchanged', /a package is not the one that package-lock\.json names, and was not used/],
    ['missing', /npm's registry lacks a package/],
    ['odd', /npm could not install the packages: npm error something odd/],
    ['no-node', /npm did not deliver the pinned Node\.js/],
    ['no-postgres', /npm did not deliver PostgreSQL/],
  ])(
    '(%s) says what to do in one line, starts nothing, and tries again next time',
    async (FAKE_NPM, line) => {
      const { start, installs } = freshClone();
      const { status, out, told } = await start([], { FAKE_NPM }).ended;
      expect({ status, out }).toEqual({ status: 69, out: '' });
      const lines = told.trim().split('\n');
      expect(lines).toHaveLength(2);
      expect(lines[1]).toMatch(line);
      await start().ended;
      expect(installs()).toHaveLength(2);
    },
  );

  it('says that npm is missing, and how to get it', async () => {
    const { bin, start } = freshClone();
    rmSync(join(bin, 'npm'));
    expect(await start().ended).toEqual({
      status: 69,
      out: '',
      told: 'casebound: npm is missing: install Node.js 18 or newer with npm (Debian: apt-get install npm), then run this again.\n',
    });
  });

  it('names the platforms it runs on when this is none of them', async () => {
    const { putProgram, start } = freshClone();
    putProgram('uname', '#!/bin/sh\necho Plan9\n');
    const { status, told } = await start().ended;
    expect(status).toBe(69);
    expect(told).toMatch(/^casebound: runs on Linux x64 and arm64; this is Plan9 Plan9\. .*\n$/);
  });
});

describe('CASEBOUND_INSTALL=never', () => {
  it('uses the packages that are there, and asks for them when they are not', async () => {
    const { root, start, installs } = freshClone();
    const never = { CASEBOUND_INSTALL: 'never' };
    expect(await start([], never).ended).toMatchObject({
      status: 69,
      told: expect.stringContaining('npm ci --ignore-scripts'),
    });
    await start().ended;
    writeFileSync(join(root, 'package-lock.json'), 'two');
    expect(await start([], never).ended).toMatchObject({ status: 0, told: '' });
    expect(installs()).toHaveLength(1);
  });
});
