import { Buffer } from 'node:buffer';
import { type FileHandle, link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault, isFault } from '../../model/fault.ts';
import type { Chance } from '../../model/ports.ts';
import type { LogFile, LogStore } from './log-store.ts';

const stagingName = '.staging';

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown error';

const asStoreFault = (thrown: unknown, path: string): Fault => {
  if (isFault(thrown)) return thrown;
  const code = codeOf(thrown);
  if (code === 'ENOSPC' || code === 'EDQUOT') return new Fault('storage-full', `no space left for ${path}`);
  return new Fault('storage-down', `${path} cannot be read or written (${code})`, { cause: thrown });
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
 * A log in a folder. Every file is written aside, synced, put in place in one step, and the folder that names it
 * is synced too: after a power cut a file is there whole or not at all. Two processes may work on one folder.
 */
export class FolderLogStore implements LogStore {
  readonly #root: string;
  readonly #chance: Chance;

  constructor(root: string, chance: Chance) {
    this.#root = root;
    this.#chance = chance;
  }

  /** What an earlier process left half written. Call only while no other process can be writing. */
  async clearStaging(): Promise<void> {
    await rm(join(this.#root, stagingName), { recursive: true, force: true }).catch((thrown: unknown) => {
      throw asStoreFault(thrown, stagingName);
    });
  }

  async read(path: string): Promise<Buffer | undefined> {
    try {
      return await readFile(join(this.#root, path));
    } catch (thrown) {
      if (codeOf(thrown) === 'ENOENT' || codeOf(thrown) === 'ENOTDIR') return undefined;
      throw asStoreFault(thrown, path);
    }
  }

  async add(files: readonly LogFile[]): Promise<void> {
    const folders = new Set<string>();
    for (const file of files) {
      try {
        const staged = await this.#stage(file);
        await this.#makeFolder(dirname(join(this.#root, file.path)), folders);
        await this.#linkNew(staged, file);
        folders.add(dirname(join(this.#root, file.path)));
      } catch (thrown) {
        throw asStoreFault(thrown, file.path);
      }
    }
    for (const folder of folders)
      await syncFolder(folder).catch((thrown: unknown) => {
        throw asStoreFault(thrown, folder);
      });
  }

  async replace(file: LogFile): Promise<void> {
    try {
      const place = join(this.#root, file.path);
      await rename(await this.#stage(file), place);
      await syncFolder(dirname(place));
    } catch (thrown) {
      throw asStoreFault(thrown, file.path);
    }
  }

  async removeFolder(path: string): Promise<void> {
    await rm(join(this.#root, path), { recursive: true, force: true }).catch((thrown: unknown) => {
      throw asStoreFault(thrown, path);
    });
  }

  /** `link` refuses to replace, so a tile that is there is never overwritten, whoever else writes. */
  async #linkNew(staged: string, { path, bytes }: LogFile): Promise<void> {
    try {
      await link(staged, join(this.#root, path));
    } catch (thrown) {
      if (codeOf(thrown) !== 'EEXIST') throw thrown;
      const there = await readFile(join(this.#root, path));
      if (!there.equals(bytes))
        throw new Fault(
          'ledger-stopped',
          `${path} is there with other bytes than the database now gives: the file is damaged, or the database was restored from a backup. Nothing was overwritten`,
        );
    } finally {
      await rm(staged, { force: true });
    }
  }

  async #stage({ bytes }: LogFile): Promise<string> {
    const folder = join(this.#root, stagingName);
    await mkdir(folder, { recursive: true });
    const staged = join(folder, Buffer.from(this.#chance.bytes(12)).toString('hex'));
    const handle: FileHandle = await open(staged, 'wx', 0o644);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return staged;
  }

  /** Makes a folder and notes every parent that gained a name by it: those must be synced too. */
  async #makeFolder(folder: string, changed: Set<string>): Promise<void> {
    const first = await mkdir(folder, { recursive: true });
    if (first === undefined) return;
    for (let made = folder; made.length >= first.length; made = dirname(made)) changed.add(dirname(made));
  }
}
