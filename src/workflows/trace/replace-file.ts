import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Fault } from '../../model/fault.ts';

const linesAtOnce = 4096;

/**
 * Writes a file beside its place and moves it there when it is whole: nobody ever reads half a file, and an older
 * one stays when this fails.
 * @throws Fault that names the file and the fix
 */
export const replaceFile = async (path: string, lines: Iterable<string>): Promise<void> => {
  const staged = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  try {
    const handle = await open(staged, 'wx', 0o600);
    try {
      let batch: string[] = [];
      for (const line of lines) {
        batch.push(line);
        if (batch.length < linesAtOnce) continue;
        await handle.write(batch.join(''));
        batch = [];
      }
      await handle.write(batch.join(''));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(staged, path);
  } catch (thrown) {
    await rm(staged, { force: true });
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown reason';
    if (code === 'ENOSPC' || code === 'EDQUOT')
      throw new Fault('storage-full', `${path} cannot be written: the disk is full`);
    throw new Fault(
      'unprocessable',
      `${path} cannot be written (${code}): name a file in a folder you may write to`,
    );
  }
};
