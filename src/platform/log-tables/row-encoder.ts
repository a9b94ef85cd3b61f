import type { ByteSource } from './byte-source.ts';
import { type CellTarget, encodeCounts, IdCells, TimeCells, WordCells } from './cells.ts';
import { type Column, newColumn } from './columns.ts';
import { type CellPlan, type EncodedBlock, examplesMax, type ParsePlan } from './parse-plan.ts';
import { batchRowsMax, RowBatch } from './row-batch.ts';

type Cells = IdCells | WordCells | TimeCells | undefined;

const cellsOf = (plan: CellPlan, seed: number): Cells => {
  if (plan.kind === 'time') return new TimeCells(plan);
  if (plan.kind === 'word') return new WordCells(plan, seed);
  return plan.kind === 'count' ? undefined : new IdCells(plan, seed);
};

const formOf = ({ kind }: CellPlan) =>
  kind === 'time' ? 'float64' : kind === 'word' ? 'uint8' : ('int32' as const);

/** What may set a row aside comes first: a broken row adds nothing to the lists. */
const rankOf = ({ kind, filled }: CellPlan): number =>
  ({ time: 0, word: 1, id: filled ? 2 : 3, fields: 3, count: 4 })[kind];

const startRows = 1 << 14;

/**
 * Turns rows, given as places in bytes, into columns. One for each thread that reads a file. Whoever cuts the rows
 * writes the places of the next row's values into `batch` at `nextRow()` and says `endRow`.
 */
export class RowEncoder {
  readonly batch: RowBatch;
  readonly #plan: ParsePlan;
  readonly #cells: readonly Cells[];
  /** Cells in the order in which they are encoded. */
  readonly #order: readonly number[];
  readonly #trimmed: readonly number[];
  #columns: Column[];
  #capacity = startRows;
  #rows = 0;
  #read = 0;
  #numbered = 0;
  readonly #problems = new Map<string, { readonly place: number; rows: number }>();
  #examples: [number, number][] = [];

  constructor(plan: ParsePlan) {
    this.#plan = plan;
    this.batch = new RowBatch(plan.sources);
    this.#cells = plan.cells.map((cell) => cellsOf(cell, plan.seed));
    this.#order = plan.cells
      .map((_, at) => at)
      .toSorted((a, b) => rankOf(plan.cells[a] as CellPlan) - rankOf(plan.cells[b] as CellPlan));
    this.#trimmed = [...new Set(plan.cells.map(({ source }) => source))];
    this.#columns = plan.cells.map((cell) => newColumn(formOf(cell), this.#capacity));
  }

  begin(): void {
    for (const cells of this.#cells) if (cells instanceof IdCells) cells.begin();
  }

  /** Where the next row's first value goes in the batch. Values of one batch lie in one source. */
  nextRow(source: ByteSource): number {
    const { batch } = this;
    if (batch.rows === batchRowsMax || batch.source !== source) {
      this.flush();
      batch.source = source;
    }
    return batch.rows * batch.sources;
  }

  endRow(): void {
    const { batch } = this;
    batch.numbers[batch.rows] = this.#numbered;
    batch.rows += 1;
    this.#numbered += 1;
    this.#read += 1;
  }

  /** An empty line has a number and is no row. */
  emptyLine(): void {
    this.#numbered += 1;
  }

  /** A row that is broken as a whole. */
  brokenRow(problem: string): void {
    this.#read += 1;
    this.#setAside(this.#numbered, problem);
    this.#numbered += 1;
  }

  /** Encodes the batch: its source may be written over afterwards. */
  flush(): void {
    const { batch } = this;
    if (batch.rows === 0) return;
    if (this.#rows + batch.rows > this.#capacity) this.#grow();
    batch.problems.fill(0);
    let isWhole = true;
    const target: CellTarget = {
      at: this.#rows,
      setAside: (row, problem) => {
        isWhole = false;
        batch.problems[row] = 1;
        this.#setAside(batch.numbers[row] as number, problem);
      },
    };
    if (batch.hasSpaces) for (const value of this.#trimmed) batch.trim(value);
    batch.hasSpaces = false;
    for (const at of this.#order) this.#encode(at, target);
    this.#rows += isWhole ? batch.rows : this.#closeGaps();
    batch.rows = 0;
  }

  /** The block so far; the next one begins. */
  take(endedAt: number, inLongLine: boolean): EncodedBlock {
    this.flush();
    const block: EncodedBlock = {
      rows: this.#rows,
      columns: this.#columns.map((column) => column.slice(0, this.#rows)),
      names: this.#cells.map((cells) => (cells instanceof IdCells ? cells.takeNames() : undefined)),
      read: this.#read,
      numbered: this.#numbered,
      problems: [...this.#problems].map(([problem, { rows }]) => [problem, rows]),
      examples: this.#examples.toSorted((a, b) => a[0] - b[0]).slice(0, examplesMax),
      unknownWords: this.#cells.flatMap((cells, at) =>
        cells instanceof WordCells ? cells.takeUnknown(at) : [],
      ),
      endedAt,
      inLongLine,
    };
    this.#rows = 0;
    this.#read = 0;
    this.#numbered = 0;
    this.#problems.clear();
    this.#examples = [];
    return block;
  }

  #encode(at: number, target: CellTarget): void {
    const cells = this.#cells[at];
    const column = this.#columns[at];
    if (cells instanceof IdCells) cells.encode(this.batch, column as Int32Array, target);
    else if (cells instanceof WordCells) cells.encode(this.batch, column as Uint8Array, target);
    else if (cells instanceof TimeCells) cells.encode(this.batch, column as Float64Array, target);
    else encodeCounts(this.#plan.cells[at] as CellPlan, this.batch, column as Int32Array, target);
  }

  /** Rows that are used move over those that are not; returns how many are used. */
  #closeGaps(): number {
    const { problems, rows } = this.batch;
    let used = 0;
    for (let row = 0; row < rows; row += 1) {
      if (problems[row] !== 0) continue;
      if (used < row)
        for (const column of this.#columns) column[this.#rows + used] = column[this.#rows + row] as number;
      used += 1;
    }
    return used;
  }

  /** Examples come a batch later than broken rows: twice as many are kept until they are put in order. */
  #setAside(number: number, problem: string): void {
    const known = this.#problems.get(problem) ?? { place: this.#problems.size, rows: 0 };
    known.rows += 1;
    this.#problems.set(problem, known);
    if (this.#examples.length < 2 * examplesMax) this.#examples.push([number, known.place]);
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#columns = this.#columns.map((column, at) => {
      const wider = newColumn(formOf(this.#plan.cells[at] as CellPlan), this.#capacity);
      wider.set(column);
      return wider;
    });
  }
}
