import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectDir } from './run-program.ts';

const main = join(projectDir, 'src', 'interfaces', 'cli', 'main.ts');
const cache = join(projectDir, 'node_modules', '.cache', 'compiled');

export interface WitnessProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly vkey: string;
}

/** Starts `casebound witness` and resolves when it answers. */
export const startWitnessProcess = (folder: string, words: readonly string[]): Promise<WitnessProcess> => {
  const child = spawn(process.execPath, [main, 'witness', '--data', folder, '--port', '0', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  });
  return new Promise((resolve, reject) => {
    let said = '';
    let told = '';
    child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      told += piece;
    });
    child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      said += piece;
      const [, url = '', vkey = ''] = /^ready (\S+)\nkey (\S+)\n/.exec(said) ?? [];
      if (vkey !== '') resolve({ child, url, vkey });
    });
    child.on('exit', (status) => reject(new Error(`the witness ended with ${status}: ${told}`)));
  });
};
