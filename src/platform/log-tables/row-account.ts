/** What became of the rows of one file. `read` = `used` + `setAside` + `duplicates`. */
export interface FileAccount {
  readonly file: string;
  readonly kind: 'accesses' | 'cases' | 'reports' | 'sample';
  readonly read: number;
  readonly used: number;
  readonly setAside: number;
  /** Rows equal to another in every column; undefined where rows are read in the order of the file: not looked for. */
  readonly duplicates: number | undefined;
  readonly reasons: readonly { readonly reason: string; readonly rows: number }[];
  /** The first rows that were set aside. The first row after the column names is row 2 (of NDJSON: row 1). */
  readonly examples: readonly { readonly row: number; readonly reason: string }[];
  /** Words that are none of ours, taken as not known. The rows were used. */
  readonly unknownWords: readonly { readonly column: string; readonly word: string; readonly rows: number }[];
}

/** Examples kept of one file. */
const fileExamplesMax = 1000;
const fileWordsMax = 1000;

/** The account of one file while it is read. */
export class RunningAccount {
  readonly file: string;
  readonly kind: FileAccount['kind'];
  #read = 0;
  #used = 0;
  #duplicates: number | undefined;
  #row: number;
  readonly #reasons = new Map<string, number>();
  readonly #examples: { row: number; reason: string }[] = [];
  readonly #words = new Map<string, { column: string; word: string; rows: number }>();

  constructor(file: string, kind: FileAccount['kind'], firstRow: number) {
    this.file = file;
    this.kind = kind;
    this.#row = firstRow;
  }

  get used(): number {
    return this.#used;
  }

  take(
    block: {
      readonly rows: number;
      readonly read: number;
      readonly numbered: number;
      readonly problems: readonly (readonly [string, number])[];
      readonly examples: readonly (readonly [number, number])[];
      readonly unknownWords: readonly (readonly [number, string, number])[];
    },
    columnOf: (cell: number) => string,
  ): void {
    for (const [row, problem] of block.examples) {
      if (this.#examples.length >= fileExamplesMax) break;
      this.#examples.push({ row: this.#row + row, reason: block.problems[problem]?.[0] ?? '' });
    }
    for (const [reason, rows] of block.problems)
      this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + rows);
    for (const [cell, word, rows] of block.unknownWords) this.#unknown(columnOf(cell), word, rows);
    this.#read += block.read;
    this.#used += block.rows;
    this.#row += block.numbered;
  }

  /** Of the rows counted as used, so many were equal to another. */
  setDuplicates(count: number): void {
    this.#duplicates = count;
  }

  state(): FileAccount {
    const reasons = [...this.#reasons].toSorted((a, b) => b[1] - a[1]);
    return {
      file: this.file,
      kind: this.kind,
      read: this.#read,
      used: this.#used - (this.#duplicates ?? 0),
      setAside: this.#read - this.#used,
      duplicates: this.#duplicates,
      reasons: reasons.map(([reason, rows]) => ({ reason, rows })),
      examples: [...this.#examples],
      unknownWords: [...this.#words.values()].toSorted((a, b) => b.rows - a.rows),
    };
  }

  #unknown(column: string, word: string, rows: number): void {
    const key = `${column} ${word}`;
    const known = this.#words.get(key);
    if (known) known.rows += rows;
    else if (this.#words.size < fileWordsMax) this.#words.set(key, { column, word, rows });
  }
}
