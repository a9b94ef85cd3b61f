import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const projectDir = join(import.meta.dirname, '..', '..');

export interface Ran {
  readonly status: number | null;
  /** Standard output and standard error as they came. */
  readonly said: string;
}

/** Runs a program in the project's folder to its end; `input` becomes its standard input. */
export const runProgram = async (program: string, words: readonly string[], input = ''): Promise<Ran> => {
  const child = spawn(program, words, { cwd: projectDir, stdio: 'pipe' });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  return { status, said };
};

/** Runs a JavaScript program of some package on our Node.js. */
export const runPackage = (path: string, words: readonly string[], input = ''): Promise<Ran> =>
  runProgram(process.execPath, [join('node_modules', path), ...words], input);
