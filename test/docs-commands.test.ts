import { spawn } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectDir } from './support/run-program.ts';
import { shellBlocks } from './support/shell-blocks.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { readTracked, trackedFiles } from './support/tracked-files.ts';

const pages = trackedFiles().filter((path) => /^([A-Z]+|docs\/.*)\.md$/.test(path));
const blocks = pages.flatMap((page) => shellBlocks(readTracked(page)).map((block) => ({ page, ...block })));

/** A folder in which a command of the documentation works as in a clone, and what it writes is thrown away. */
const cloneOfLinks = (): string => {
  const folder = temporaryDirectory();
  const top = new Set(trackedFiles().map((path) => path.split('/')[0] ?? ''));
  for (const name of top) if (!name.startsWith('.')) symlinkSync(join(projectDir, name), join(folder, name));
  return folder;
};

const runScript = async (
  script: string,
  secondsMax: number,
): Promise<{ status: number | string; said: string }> => {
  const child = spawn('sh', ['-eu', '-c', script], {
    cwd: cloneOfLinks(),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      CASEBOUND_INSTALL: 'never',
      PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
    },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  let late = false;
  const bound = setTimeout(() => {
    late = true;
    // The whole group: a server that the script started must not outlive it.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, secondsMax * 1_000);
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(bound);
  return { status: late ? `not done within ${secondsMax} s` : (status ?? 'killed'), said };
};

describe('the commands in the documentation', () => {
  for (const { page, line, script, notRun, secondsMax } of blocks) {
    if (notRun !== undefined) continue;
    it(`work as written: ${page}, line ${line}`, { timeout: (secondsMax + 10) * 1_000 }, async () => {
      const { status, said } = await runScript(script, secondsMax);
      expect(status, said).toBe(0);
    });
  }

  it('stand in blocks that either run or say why not', () => {
    const page = [
      '<!-- run: no, because it never ends -->',
      '```sh',
      'a',
      '```',
      '```sh',
      'b',
      'c',
      '```',
    ].join('\n');
    expect(shellBlocks(page)).toEqual([
      { line: 2, script: 'a', notRun: 'it never ends', secondsMax: 20 },
      { line: 5, script: 'b\nc', notRun: undefined, secondsMax: 20 },
    ]);
    expect(shellBlocks('<!-- run: within 5 s -->\n```sh\n```')).toMatchObject([{ secondsMax: 5 }]);
    expect(() => shellBlocks('<!-- run: no -->\n```sh\n```')).toThrow('line 1: write');
    expect(() => shellBlocks('<!-- run: no, because it is old -->\n\n```sh\n```')).toThrow(
      'line 1: no sh block',
    );
    expect(() => shellBlocks('```sh\na')).toThrow('line 1: this block has no end');
  });

  it('fail the test when they fail or take too long', async () => {
    expect(await runScript('echo broken; false; echo more', 5)).toEqual({ status: 1, said: 'broken\n' });
    expect(await runScript('sleep 30', 1)).toMatchObject({ status: 'not done within 1 s' });
  });

  it('find the project in their folder', async () => {
    expect(await runScript('bin/casebound version', 20)).toMatchObject({
      status: 0,
      said: expect.stringMatching(/^casebound /),
    });
  });
});
