import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { Fault } from '../../model/fault.ts';

/** One row that was not kept. The reason names the field and the fix and repeats no value. */
export interface RejectedRow {
  readonly line: number;
  readonly reason: string;
}

/** Most rows that the file names; beyond, they are only counted. */
export const rejectsNamedMax = 100_000;

/** NDJSON, one rejected row a line. The file is written over, and made only when a row is rejected. */
export class RejectsFile {
  readonly #path: string;
  #file: FileHandle | undefined;
  #count = 0;

  constructor(path: string) {
    this.#path = path;
  }

  get count(): number {
    return this.#count;
  }

  /** @throws Fault `unprocessable` when the file cannot be written. */
  async write(rows: readonly RejectedRow[]): Promise<void> {
    if (rows.length === 0) return;
    const room = Math.max(0, rejectsNamedMax - this.#count);
    this.#count += rows.length;
    const text = rows.slice(0, room).map((row) => `${JSON.stringify(row)}\n`);
    try {
      this.#file ??= await open(this.#path, 'w', 0o600);
      await this.#file.appendFile(text.join(''));
    } catch (cause) {
      const detail = `${basename(this.#path)}: the file of rejected rows cannot be written; name another place for it.`;
      throw new Fault('unprocessable', detail, { cause, detail });
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}
