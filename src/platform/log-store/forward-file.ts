import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault, isFault } from '../../model/fault.ts';
import type { Chance } from '../../model/ports.ts';
import { FolderLogStore } from './folder-log-store.ts';

/** What a forward file holds, and how many times it has gone forward. */
export interface Step {
  readonly no: number;
  readonly bytes: Buffer;
}

const nameOf = (no: number): string => String(no).padStart(15, '0');

/**
 * A file that only goes forward. Each content is a file of its own, numbered, made by a `link` that fails when the
 * number is taken: of two processes that go forward from the same step one wins, without any lock, and whichever is
 * killed leaves either the old content or the new.
 */
export class ForwardFile {
  readonly #folder: string;
  readonly #store: FolderLogStore;

  constructor(folder: string, chance: Chance) {
    this.#folder = folder;
    this.#store = new FolderLogStore(folder, chance);
  }

  /** The newest content, or undefined while there is none. @throws Fault `storage-down` */
  async read(): Promise<Step | undefined> {
    const no = (await this.#numbers()).at(-1);
    if (no === undefined) return undefined;
    const bytes = await this.#store.read(nameOf(no));
    // Another process went forward and cleared away between the two looks.
    return bytes === undefined ? this.read() : { no, bytes };
  }

  /**
   * Goes from step `from` (0: the first) to its next one. Durable when it answers true; false: somebody else was
   * faster, and nothing has changed.
   * @throws Fault `storage-full`, `storage-down`
   */
  async advance(from: number, bytes: Uint8Array): Promise<boolean> {
    const next = from + 1;
    try {
      await this.#store.add([{ path: nameOf(next), bytes }]);
    } catch (thrown) {
      if (isFault(thrown) && thrown.code === 'ledger-stopped') return false;
      throw thrown;
    }
    // A step below one that stands already is none: whoever made that one has cleared this number away before.
    const numbers = await this.#numbers();
    if (numbers.at(-1) !== next) return false;
    for (const old of numbers.slice(0, -1)) await rm(join(this.#folder, nameOf(old)), { force: true });
    return true;
  }

  async #numbers(): Promise<number[]> {
    const names = await readdir(this.#folder).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return [];
      throw new Fault('storage-down', `${this.#folder} cannot be read (${cause.code})`, { cause });
    });
    return names
      .filter((name) => /^\d{15}$/.test(name))
      .map(Number)
      .sort((left, right) => left - right);
  }
}
