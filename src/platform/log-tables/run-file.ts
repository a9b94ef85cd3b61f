import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Column, type ColumnForm, columnOn, formBytes } from './columns.ts';

/** Rows that are read from a file at a time. */
const blockRows = 1 << 13;

/** A sorted run, read from its beginning. `columns` hold `rows` rows; the next is at `at`. */
export interface RunCursor {
  columns: readonly Column[];
  rows: number;
  at: number;
  /** Loads the next rows; at the end of the run there are none. */
  load(): Promise<void>;
}

export const memoryRun = (columns: readonly Column[]): RunCursor => {
  let isLoaded = false;
  return {
    columns,
    rows: 0,
    at: 0,
    async load() {
      this.rows = isLoaded ? 0 : (columns[0]?.length ?? 0);
      this.at = 0;
      isLoaded = true;
    },
  };
};

/** Sorted runs in a temporary file that nobody else can read and that is gone when this process ends. */
export class RunFile {
  readonly #handle: FileHandle;
  readonly #forms: readonly ColumnForm[];
  /** Wide columns first, so that each begins at a multiple of its size. */
  readonly #order: readonly number[];
  readonly #rowBytes: number;
  readonly #runs: { readonly from: number; readonly rows: number }[] = [];
  #end = 0;

  private constructor(handle: FileHandle, forms: readonly ColumnForm[]) {
    this.#handle = handle;
    this.#forms = forms;
    this.#rowBytes = forms.reduce((sum, form) => sum + formBytes[form], 0);
    this.#order = forms
      .map((_, at) => at)
      .toSorted((a, b) => formBytes[forms[b] ?? 'uint8'] - formBytes[forms[a] ?? 'uint8']);
  }

  static async create(forms: readonly ColumnForm[]): Promise<RunFile> {
    const folder = await mkdtemp(join(tmpdir(), 'casebound-'));
    try {
      return new RunFile(await open(join(folder, 'runs'), 'wx+', 0o600), forms);
    } finally {
      // The open file stays usable; its name is gone, so nothing is left behind whatever happens to us.
      await rm(folder, { recursive: true });
    }
  }

  async append(columns: readonly Column[]): Promise<void> {
    const rows = columns[0]?.length ?? 0;
    this.#runs.push({ from: this.#end, rows });
    const perWrite = blockRows * 16;
    const memory = new Uint8Array(Math.min(rows, perWrite) * this.#rowBytes);
    for (let from = 0; from < rows; from += perWrite) {
      let bytes = 0;
      for (let block = from; block < Math.min(rows, from + perWrite); block += blockRows) {
        const count = Math.min(blockRows, rows - block);
        for (const at of this.#order) {
          const column = (columns[at] as Column).subarray(block, block + count);
          memory.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), bytes);
          bytes += column.byteLength;
        }
      }
      let written = 0;
      while (written < bytes)
        written += (await this.#handle.write(memory, written, bytes - written, this.#end + written))
          .bytesWritten;
      this.#end += bytes;
    }
  }

  cursors(): readonly RunCursor[] {
    return this.#runs.map((run) => this.#cursor(run));
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  #cursor({ from, rows }: { readonly from: number; readonly rows: number }): RunCursor {
    const memory = new ArrayBuffer(Math.min(rows, blockRows) * this.#rowBytes);
    let row = 0;
    const read = async (count: number): Promise<Column[]> => {
      const bytes = count * this.#rowBytes;
      const target = new Uint8Array(memory);
      let done = 0;
      while (done < bytes) {
        const position = from + row * this.#rowBytes + done;
        const { bytesRead } = await this.#handle.read(target, done, bytes - done, position);
        if (bytesRead === 0) throw new RangeError('a temporary file ended too early');
        done += bytesRead;
      }
      const columns: Column[] = [];
      let offset = 0;
      for (const at of this.#order) {
        const form = this.#forms[at] ?? 'uint8';
        columns[at] = columnOn(form, memory, { offset, rows: count });
        offset += count * formBytes[form];
      }
      row += count;
      return columns;
    };
    return {
      columns: [],
      rows: 0,
      at: 0,
      async load() {
        const count = Math.min(blockRows, rows - row);
        if (count > 0) this.columns = await read(count);
        this.rows = count;
        this.at = 0;
      },
    };
  }
}
