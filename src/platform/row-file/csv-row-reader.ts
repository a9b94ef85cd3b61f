import { splitCsvRecord } from './csv-record.ts';
import type { FileLine } from './file-lines.ts';
import type { Row } from './row.ts';

/** A quoted field may run over this many lines; beyond, the quote was never closed. */
export const recordLinesMax = 100;
const recordCharsMax = 65_536;

/** Reads the column names of a file, or says what is wrong with them. */
export const readHeader = (
  text: string,
  required: readonly string[],
): { readonly columns: readonly string[]; readonly delimiter: string } | { readonly problem: string } => {
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: text.split(delimiter).length }));
  const delimiter = counts.reduce((most, next) => (next.count > most.count ? next : most)).delimiter;
  const record = splitCsvRecord(text, delimiter);
  if ('problem' in record) return { problem: 'has a quote that is not closed' };
  const columns = record.fields.map((name) => name.trim().toLowerCase());
  const missing = required.filter((name) => !columns.includes(name));
  if (missing.length > 0)
    return { problem: `lacks the column ${missing.join(' and ')}: the first line must name the columns` };
  const twice = columns.find((name, index) => name !== '' && columns.indexOf(name) !== index);
  if (twice !== undefined && required.includes(twice)) return { problem: `names the column ${twice} twice` };
  return { columns, delimiter };
};

/**
 * Turns lines into rows. A quote that is never closed costs its own line and no other: reading goes on at the
 * next line, where a plain streaming parser would swallow the rest of the file as one field.
 */
export class CsvRowReader {
  readonly #columns: readonly string[];
  readonly #delimiter: string;
  /** Lines of a record whose quotes are still open. */
  #open: FileLine[] = [];

  constructor(header: { readonly columns: readonly string[]; readonly delimiter: string }) {
    this.#columns = header.columns;
    this.#delimiter = header.delimiter;
  }

  read(lines: readonly FileLine[]): Row[] {
    const rows: Row[] = [];
    for (const line of lines) this.#take(line, rows);
    return rows;
  }

  /** What is left when the file ends. */
  end(): Row[] {
    const rows: Row[] = [];
    while (this.#open.length > 0) this.#giveUpFirst(rows);
    return rows;
  }

  #take(line: FileLine, rows: Row[]): void {
    if (this.#open.length === 0) {
      if (line.problem !== undefined) rows.push({ line: line.no, problem: line.problem });
      else if (line.text.trim() !== '') this.#split(line.text, line, rows);
      return;
    }
    this.#open.push(line);
    const joined = this.#open.map((part) => part.text).join('\n');
    const record = splitCsvRecord(joined, this.#delimiter);
    if (!('problem' in record)) {
      const [first] = this.#open;
      this.#open = [];
      if (first) rows.push(this.#row(first.no, record.fields));
    } else if (record.problem === 'stray-quote' || line.problem !== undefined || this.#isTooLong(joined))
      this.#giveUpFirst(rows);
  }

  #isTooLong(joined: string): boolean {
    return this.#open.length >= recordLinesMax || joined.length > recordCharsMax;
  }

  #split(text: string, line: FileLine, rows: Row[]): void {
    const record = splitCsvRecord(text, this.#delimiter);
    if (!('problem' in record)) rows.push(this.#row(line.no, record.fields));
    else if (record.problem === 'open') this.#open = [line];
    else rows.push({ line: line.no, problem: 'has a quote inside a quoted field; double it' });
  }

  /** The first open line is bad; those after it are looked at afresh. */
  #giveUpFirst(rows: Row[]): void {
    const [first, ...others] = this.#open;
    this.#open = [];
    if (first) rows.push({ line: first.no, problem: 'opens a quote that is not closed; close or double it' });
    for (const other of others) this.#take(other, rows);
  }

  #row(line: number, fields: readonly string[]): Row {
    if (fields.length !== this.#columns.length)
      return {
        line,
        problem: `has ${fields.length} fields where the first line names ${this.#columns.length}`,
      };
    const named: Record<string, string> = Object.create(null);
    for (const [index, column] of this.#columns.entries())
      if (column !== '') named[column] = fields[index] ?? '';
    return { line, fields: named };
  }
}
