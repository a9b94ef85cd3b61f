import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from './run-program.ts';

/** Paths of the files that the repository holds, relative to the project's folder. */
export const trackedFiles = (): readonly string[] =>
  execFileSync('git', ['ls-files', '-z'], { cwd: projectDir, encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(projectDir, path)));

export const readTracked = (path: string): string => readFileSync(join(projectDir, path), 'utf8');

/** `path:line: text` for each line of the named files that the pattern finds. */
export const linesWith = (paths: readonly string[], pattern: RegExp): readonly string[] =>
  paths.flatMap((path) =>
    readTracked(path)
      .split('\n')
      .flatMap((line, at) => (pattern.test(line) ? [`${path}:${at + 1}: ${line.trim().slice(0, 120)}`] : [])),
  );
