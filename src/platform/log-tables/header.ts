const utf8 = new TextDecoder();
const lineFeed = 10;

/** The first record of a CSV file. */
export interface CsvHeader {
  readonly names: readonly string[];
  /** The byte between two fields. */
  readonly delimiter: number;
  /** Bytes up to the first row. */
  readonly bytes: number;
  /** Lines up to the first row. */
  readonly rows: number;
  readonly problem: string | undefined;
}

const nothing = { names: [], delimiter: 44, bytes: 0, rows: 0 };

/** The fields of one line, quoted or not; undefined when a quote is not closed. */
const fieldsOf = (line: string, delimiter: string): readonly string[] | undefined => {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] === '"') {
      const found = /^"((?:[^"]|"")*)"/.exec(line.slice(at));
      if (!found) return undefined;
      fields.push((found[1] ?? '').replaceAll('""', '"').trim());
      at += found[0].length;
      if (at < line.length && line[at] !== delimiter) return undefined;
    } else {
      const end = line.indexOf(delimiter, at);
      fields.push(line.slice(at, end < 0 ? undefined : end).trim());
      at = end < 0 ? line.length : end;
    }
    if (at >= line.length) return fields;
    at += 1;
  }
};

/** Reads the line that names the columns, whose delimiter is the one that splits it most. */
export const splitHeader = (head: Uint8Array): CsvHeader => {
  let from = 0;
  for (let rows = 1; ; rows += 1) {
    const found = head.indexOf(lineFeed, from);
    const end = found < 0 ? head.length : found;
    const line = utf8.decode(head.subarray(from, end)).replace(/\r$/, '');
    const bytes = Math.min(head.length, end + 1);
    if (line.trim() === '') {
      if (found < 0)
        return { ...nothing, problem: 'is empty: it needs at least a line that names the columns' };
      from = end + 1;
      continue;
    }
    if (found < 0 && head.length >= 1_048_576)
      return {
        ...nothing,
        problem: 'has no line end in its first megabyte: name a CSV, NDJSON or Parquet file',
      };
    const splits = [',', ';', '\t', '|'].map((delimiter) => ({
      delimiter,
      fields: fieldsOf(line, delimiter) ?? [],
    }));
    const most = splits.reduce((best, next) => (next.fields.length > best.fields.length ? next : best));
    if (most.fields.length === 0)
      return { ...nothing, problem: 'row 1: has a quote that is not closed among the names of the columns' };
    return { names: most.fields, delimiter: most.delimiter.charCodeAt(0), bytes, rows, problem: undefined };
  }
};
