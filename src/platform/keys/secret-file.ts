import { Buffer } from 'node:buffer';
import { type FileHandle, link, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault } from '../../model/fault.ts';
import { exposePlaintext, type Plain, plain } from '../../model/plain.ts';
import type { Chance } from '../../model/ports.ts';

const fileBytesMax = 4_096;

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown error';

const broken = (file: string, why: string, cause?: unknown): Fault =>
  new Fault('ledger-stopped', `${file} ${why}`, cause === undefined ? {} : { cause });

/**
 * Reads a file that holds one secret text. It must be readable by its owner alone, or by root and one group.
 * @returns undefined when there is no such file
 * @throws Fault `ledger-stopped` with what to change
 */
export const readSecretFile = async (file: string): Promise<Plain<string> | undefined> => {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw broken(file, `cannot be read (${codeOf(cause)}): let this process's user read it`, cause);
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw broken(file, 'is not a file');
    if ((stat.mode & (stat.uid === 0 ? 0o027 : 0o077)) !== 0)
      throw broken(file, `is open to others: chmod 600 ${file}`);
    if (stat.size > fileBytesMax) throw broken(file, `is over ${fileBytesMax} bytes`);
    return plain((await handle.readFile('utf8')).trimEnd());
  } finally {
    await handle.close();
  }
};

const stage = async (file: string, text: Plain<string>, chance: Chance): Promise<string> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const aside = join(dirname(file), `.secret-${Buffer.from(chance.bytes(8)).toString('hex')}`);
  const handle = await open(aside, 'wx', 0o600);
  try {
    await handle.writeFile(`${exposePlaintext(text)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return aside;
};

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/**
 * Makes a secret file, durable when it resolves. Of two processes that do so at once one wins, and both get what
 * the file then holds.
 * @throws Fault `ledger-stopped`
 */
export const createSecretFile = async (
  file: string,
  text: Plain<string>,
  chance: Chance,
): Promise<Plain<string>> => {
  try {
    const aside = await stage(file, text, chance);
    await link(aside, file).catch((cause: unknown) => {
      if (codeOf(cause) !== 'EEXIST') throw cause;
    });
    await unlink(aside);
    await syncFolder(dirname(file));
  } catch (cause) {
    throw broken(file, `cannot be made (${codeOf(cause)}): let this process's user write there`, cause);
  }
  const made = await readSecretFile(file);
  if (!made) throw broken(file, 'vanished while it was made');
  return made;
};

/** Keeps the file that is there under another name, for good, so that a new one can be made in its place. */
export const retireSecretFile = async (file: string, kept: string): Promise<void> => {
  try {
    await rename(file, kept);
    await syncFolder(dirname(file));
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT')
      throw broken(file, `cannot be renamed (${codeOf(cause)}): let this process's user write there`, cause);
  }
};

/** Destroys a secret file: its bytes are overwritten, as far as the file system lets us, and its name is gone. */
export const destroySecretFile = async (file: string): Promise<void> => {
  try {
    const handle = await open(file, 'r+');
    try {
      const { size } = await handle.stat();
      await handle.write(Buffer.alloc(size), 0, size, 0);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await unlink(file);
    await syncFolder(dirname(file));
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT')
      throw broken(
        file,
        `cannot be destroyed (${codeOf(cause)}): let this process's user write there`,
        cause,
      );
  }
};
