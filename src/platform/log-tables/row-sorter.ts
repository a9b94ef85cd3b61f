import { Fault } from '../../model/fault.ts';
import { type Column, type ColumnForm, formBytes, newColumn } from './columns.ts';
import { leaveOutDuplicates } from './duplicates.ts';
import { ascendingOrder } from './order-rows.ts';
import { memoryRun, type RunCursor, RunFile } from './run-file.ts';

const runRowsMax = 1 << 19;
const chunkRows = 1 << 16;

const gather = (to: Column, from: Column, order: Uint32Array): void => {
  for (let at = 0; at < order.length; at += 1) to[at] = from[order[at] as number] as number;
};

/** Where each row of the next chunk comes from. */
interface Picked {
  readonly run: Uint16Array;
  readonly row: Uint32Array;
}

const fill = (
  to: Column,
  sources: readonly Column[],
  picked: Picked,
  rows: { from: number; to: number },
): void => {
  for (let at = rows.from; at < rows.to; at += 1)
    to[at] = (sources[picked.run[at] as number] as Column)[picked.row[at] as number] as number;
};

/**
 * Puts rows in ascending order of their first column, equal ones in the order they came, and leaves out exact
 * duplicates. A merge sort whose sorted runs go to a temporary file beyond a limit of memory.
 */
export class RowSorter {
  readonly #forms: readonly ColumnForm[];
  readonly #memoryBytesMax: number;
  readonly #rowBytes: number;
  #run: Column[];
  #runRows = 0;
  #kept: (readonly Column[])[] = [];
  #keptBytes = 0;
  #file: RunFile | undefined;
  #duplicates = 0;

  /** @param forms the first is `float64`: the time */
  constructor(forms: readonly ColumnForm[], memoryBytesMax: number) {
    this.#forms = forms;
    this.#memoryBytesMax = memoryBytesMax;
    this.#rowBytes = forms.reduce((sum, form) => sum + formBytes[form], 0);
    this.#run = forms.map((form) => newColumn(form, 1 << 12));
  }

  /** Rows left out so far because an equal one had come. */
  get duplicates(): number {
    return this.#duplicates;
  }

  async add(rows: number, columns: readonly Column[]): Promise<void> {
    let from = 0;
    while (from < rows) {
      const part = Math.min(rows - from, runRowsMax - this.#runRows);
      this.#reserve(this.#runRows + part);
      for (const [at, column] of columns.entries())
        this.#run[at]?.set(column.subarray(from, from + part), this.#runRows);
      this.#runRows += part;
      from += part;
      if (this.#runRows === runRowsMax) await this.#endRun();
    }
  }

  async *inOrder(): AsyncGenerator<readonly Column[]> {
    await this.#endRun();
    const cursors = [...this.#kept.map((columns) => memoryRun(columns)), ...(this.#file?.cursors() ?? [])];
    this.#kept = [];
    for (const cursor of cursors) await cursor.load();
    yield* this.#merge(cursors);
  }

  async close(): Promise<void> {
    this.#kept = [];
    await this.#file?.close();
    this.#file = undefined;
  }

  #reserve(rows: number): void {
    const held = this.#run[0]?.length ?? 0;
    if (rows <= held) return;
    const wider = Math.min(runRowsMax, Math.max(rows, held * 2));
    this.#run = this.#run.map((column, at) => {
      const next = newColumn(this.#forms[at] ?? 'int32', wider);
      next.set(column.subarray(0, this.#runRows));
      return next;
    });
  }

  async #endRun(): Promise<void> {
    const rows = this.#runRows;
    if (rows === 0) return;
    const order = ascendingOrder(this.#run[0] as Float64Array, rows);
    const sorted = this.#run.map((column, at) => {
      if (!order) return column.subarray(0, rows) as Column;
      const to = newColumn(this.#forms[at] ?? 'int32', rows);
      gather(to, column, order.subarray(0, rows));
      return to;
    });
    this.#runRows = 0;
    if (!this.#file && this.#keptBytes + rows * this.#rowBytes <= this.#memoryBytesMax) {
      this.#kept.push(order ? sorted : sorted.map((column) => column.slice() as Column));
      this.#keptBytes += rows * this.#rowBytes;
      return;
    }
    this.#file ??= await RunFile.create(this.#forms);
    for (const columns of this.#kept) await this.#file.append(columns);
    this.#kept = [];
    await this.#file.append(sorted);
  }

  async *#merge(cursors: readonly RunCursor[]): AsyncGenerator<readonly Column[]> {
    if (cursors.length > 65_535)
      throw new Fault('unprocessable', 'more rows than can be put in order: split the file');
    const order = new RunOrder(cursors);
    let capacity = chunkRows;
    let out = this.#forms.map((form) => newColumn(form, capacity));
    let picked = { run: new Uint16Array(capacity), row: new Uint32Array(capacity) };
    let rows = 0;
    let filled = 0;
    const gatherPicked = (): void => {
      for (const [at, column] of out.entries())
        fill(
          column,
          cursors.map((cursor) => cursor.columns[at] as Column),
          picked,
          { from: filled, to: rows },
        );
      filled = rows;
    };
    for (let run = order.first(); run >= 0; run = order.first()) {
      const cursor = cursors[run] as RunCursor;
      rows = order.pick(run, picked, rows);
      if (cursor.at === cursor.rows) {
        gatherPicked();
        await cursor.load();
      }
      order.settle();
      if (rows < capacity) continue;
      gatherPicked();
      const whole = lastGroup(out[0] as Float64Array, rows);
      if (whole > 0) yield this.#unique(out, whole);
      if (whole === 0) capacity *= 2;
      const next = this.#forms.map((form) => newColumn(form, capacity));
      for (const [at, column] of next.entries()) column.set((out[at] as Column).subarray(whole, rows));
      out = next;
      picked = { run: new Uint16Array(capacity), row: new Uint32Array(capacity) };
      rows -= whole;
      filled = rows;
    }
    gatherPicked();
    if (rows > 0) yield this.#unique(out, rows);
  }

  #unique(columns: readonly Column[], rows: number): readonly Column[] {
    const kept = leaveOutDuplicates(columns, rows);
    this.#duplicates += rows - kept;
    return columns.map((column) => column.subarray(0, kept) as Column);
  }
}

/** Where the last group of equal times begins: it may go on in the next chunk. */
const lastGroup = (keys: Float64Array, rows: number): number => {
  let at = rows - 1;
  while (at > 0 && keys[at - 1] === keys[rows - 1]) at -= 1;
  return at;
};

/** Runs by the time of their next row: a binary heap. Of equal times the earlier run comes first. */
class RunOrder {
  readonly #cursors: readonly RunCursor[];
  readonly #heap: number[];
  readonly #heads: Float64Array;

  constructor(cursors: readonly RunCursor[]) {
    this.#cursors = cursors;
    this.#heads = new Float64Array(cursors.length);
    this.#heap = [];
    for (const [run, cursor] of cursors.entries())
      if (cursor.at < cursor.rows) {
        this.#heads[run] = cursor.columns[0]?.[cursor.at] as number;
        this.#heap.push(run);
      }
    for (let at = this.#heap.length - 1; at >= 0; at -= 1) this.#sink(at);
  }

  /** -1 when no run has rows left. */
  first(): number {
    return this.#heap[0] ?? -1;
  }

  /** Picks the rows of the first run that come before any other run's, as far as there is room. */
  pick(run: number, picked: Picked, from: number): number {
    const cursor = this.#cursors[run] as RunCursor;
    const keys = cursor.columns[0] as Float64Array;
    const [, left, right] = this.#heap;
    const second =
      left === undefined ? -1 : right === undefined || this.#isBefore(left, right) ? left : right;
    const bound = second < 0 ? Number.POSITIVE_INFINITY : (this.#heads[second] as number);
    const takesEqual = second < 0 || run < second;
    let rows = from;
    let at = cursor.at;
    do {
      picked.run[rows] = run;
      picked.row[rows] = at;
      rows += 1;
      at += 1;
    } while (
      at < cursor.rows &&
      rows < picked.run.length &&
      ((keys[at] as number) < bound || (takesEqual && keys[at] === bound))
    );
    cursor.at = at;
    return rows;
  }

  /** The first run has moved on. */
  settle(): void {
    const run = this.#heap[0] as number;
    const cursor = this.#cursors[run] as RunCursor;
    if (cursor.at < cursor.rows) this.#heads[run] = cursor.columns[0]?.[cursor.at] as number;
    else {
      const last = this.#heap.pop() as number;
      if (this.#heap.length === 0) return;
      this.#heap[0] = last;
    }
    this.#sink(0);
  }

  #isBefore(a: number, b: number): boolean {
    const [keyA, keyB] = [this.#heads[a] as number, this.#heads[b] as number];
    return keyA < keyB || (keyA === keyB && a < b);
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const run = heap[from] as number;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#isBefore(heap[child + 1] as number, heap[child] as number))
        child += 1;
      if (this.#isBefore(run, heap[child] as number)) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = run;
  }
}
