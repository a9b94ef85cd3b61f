import { type FileHandle, open } from 'node:fs/promises';
import { type BadRow, formatBadRow } from './bad-row.ts';
import { importFlaw } from './import-file.ts';

/** The file of rows that were not kept, one JSON object a line. It says where and why, never which value. */
export class RejectsFile {
  readonly #handle: FileHandle;
  #bytes: number;

  private constructor(handle: FileHandle, bytes: number) {
    this.#handle = handle;
    this.#bytes = bytes;
  }

  /**
   * Opens the file as it was when it was `bytes` long; what stands behind that was never part of the import. A file
   * that is shorter or gone begins anew, and `complete` is then false.
   */
  static async open(path: string, bytes: number): Promise<{ rejects: RejectsFile; complete: boolean }> {
    const handle = await open(path, 'a', 0o600).catch((thrown: unknown) => {
      const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown error';
      throw importFlaw(`${path} cannot be written (${code}): name another file for rejected rows`);
    });
    const { size } = await handle.stat();
    const kept = size >= bytes ? bytes : 0;
    await handle.truncate(kept);
    return { rejects: new RejectsFile(handle, kept), complete: kept === bytes };
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Writes rows durably: the import's position counts on them. */
  async write(rows: readonly BadRow[]): Promise<void> {
    if (rows.length === 0) return;
    const text = rows.map(formatBadRow).join('');
    await this.#handle.appendFile(text);
    await this.#handle.datasync();
    this.#bytes += Buffer.byteLength(text);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
