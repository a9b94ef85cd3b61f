import { isUtf8 } from 'node:buffer';
import type { FieldCatalogue } from '../../analysis/catalogue/field-catalogue.ts';
import type { BadRow, RowFlaw } from './bad-row.ts';
import { csvCells } from './csv-cells.ts';
import { type Column, columnOf, type LeftOut } from './import-columns.ts';
import { ndjsonCells } from './ndjson-cells.ts';
import { type Cell, type GoodRow, readRow } from './read-row.ts';

/** How the rows of one file are written. */
export type RowForm =
  | { readonly kind: 'csv'; readonly delimiter: string; readonly header: readonly string[] }
  | { readonly kind: 'ndjson' };

export interface ReadRows {
  readonly good: readonly GoodRow[];
  /** Line of each good row. */
  readonly lines: readonly number[];
  readonly bad: readonly BadRow[];
  readonly leftOut: LeftOut;
}

const leftOutNamesMax = 100;
/** Names that are repeated in the summary: a name can be anything, also a value in the wrong place. */
const printable = /^[A-Za-z][\w .-]{0,39}$/;

/** Reads the rows of cut-out batches. One reader per file: it remembers what the columns are. */
export class BatchReader {
  readonly #catalogue: FieldCatalogue;
  readonly #form: RowForm;
  readonly #columns = new Map<string, Column>();
  readonly #header: readonly Column[];
  readonly #leftOut = { secret: new Set<string>(), 'not-in-catalogue': new Set<string>() };

  constructor(catalogue: FieldCatalogue, form: RowForm) {
    this.#catalogue = catalogue;
    this.#form = form;
    this.#header = form.kind === 'csv' ? form.header.map((name) => this.#columnOf(name)) : [];
  }

  /** @param places start, end and line of each row, as a RowBatch holds them */
  parse(bytes: Buffer, places: Uint32Array): ReadRows {
    const good: GoodRow[] = [];
    const lines: number[] = [];
    const bad: BadRow[] = [];
    const allUtf8 = isUtf8(bytes);
    for (let place = 0; place < places.length; place += 3) {
      const [start, end, line = 0] = places.subarray(place, place + 3);
      const text = bytes.toString('utf8', start, end);
      const row = allUtf8 || isUtf8(bytes.subarray(start, end)) ? this.#readText(text) : flawOf('not-utf8');
      if ('reason' in row) bad.push({ ...row, line });
      else {
        good.push(row);
        lines.push(line);
      }
    }
    const { secret, 'not-in-catalogue': notInCatalogue } = this.#leftOut;
    return { good, lines, bad, leftOut: { secret: [...secret], notInCatalogue: [...notInCatalogue] } };
  }

  #readText(text: string): GoodRow | RowFlaw {
    if (this.#form.kind === 'csv') {
      const values = csvCells(text, this.#form.delimiter);
      if (values.length !== this.#header.length) return flawOf('column-count');
      return readRow(
        this.#catalogue,
        this.#header.map((column, index): Cell => [column, values[index] ?? '']),
      );
    }
    const cells = ndjsonCells(text, (name) => this.#columnOf(name));
    return 'reason' in cells ? cells : readRow(this.#catalogue, cells);
  }

  /** Remembers what it left out, within limits: an NDJSON row can bring any names at all. */
  #columnOf(name: string): Column {
    const known = this.#columns.get(name);
    if (known) return known;
    const column = columnOf(this.#catalogue, name);
    if (column.kind === 'left-out') {
      const names = this.#leftOut[column.why];
      if (names.size < leftOutNamesMax)
        names.add(printable.test(name.trim()) ? name.trim() : '(a name that is none of a field)');
    }
    if (this.#columns.size < leftOutNamesMax * 2) this.#columns.set(name, column);
    return column;
  }
}

const flawOf = (reason: RowFlaw['reason']): RowFlaw => ({ reason, field: undefined });
