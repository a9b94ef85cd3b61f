import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectDir } from './run-program.ts';
import { temporaryDirectory } from './temporary-directory.ts';

type Files = ReadonlyMap<string, Uint8Array>;
const script = join(projectDir, 'verifier', 'verify-plain.sh');

const unpack = (files: Files): string => {
  const folder = temporaryDirectory();
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
};
/** What the shell says: exit status and text. */
export const inShell = (files: Files, words: readonly string[]): { status: number | null; said: string } => {
  const { status, stdout, stderr } = spawnSync('sh', [script, ...words, unpack(files)], { encoding: 'utf8' });
  return { status, said: stdout + stderr };
};
