import { type Column, type ColumnForm, newColumn } from './columns.ts';
import type { FileRows } from './file-rows.ts';
import type { LogFile } from './log-file.ts';
import { type ColumnSchema, type LogKind, logSchemas } from './log-schema.ts';
import type { NameBook } from './name-book.ts';

/** One column of the chunks that are given out. */
export interface ChunkColumn {
  readonly name: string;
  /** What the chunk calls it. */
  readonly key: string;
  readonly form: ColumnForm;
  /** What stands there when the file does not have it. */
  readonly absent: number;
  create(rows: number): Column;
}

/** Rows by the keys of their chunk. */
export type ShapedRows = { readonly rows: number } & Readonly<Record<string, Column | number>>;

const keys: Readonly<Record<string, string>> = {
  at: 'atMs',
  fields: 'fieldSet',
  initiated_by: 'initiatedBy',
  dwell_ms: 'dwellMs',
  contacted_at: 'contactedAtMs',
  as_of_from: 'asOfFromMs',
  as_of_to: 'asOfToMs',
};

const formOf = (schema: ColumnSchema): ColumnForm =>
  schema.kind === 'time' ? 'float64' : schema.kind === 'word' ? 'uint8' : 'int32';

/** What stands in a column that the file does not have. */
const notKnown = (schema: ColumnSchema): number =>
  schema.kind === 'time' ? Number.NaN : schema.kind === 'count' ? -1 : 0;

const columnOf = (schema: ColumnSchema): ChunkColumn => {
  const form = formOf(schema);
  return {
    name: schema.name,
    key: keys[schema.name] ?? schema.name,
    form,
    absent: notKnown(schema),
    create: (rows) => newColumn(form, rows),
  };
};

const shapes = new Map(
  (Object.keys(logSchemas) as LogKind[]).map((kind) => [kind, logSchemas[kind].map(columnOf)]),
);

/** The columns of the chunks of one kind of file; of accesses and case changes the first is their time. */
export const chunkShape = (kind: LogKind): readonly ChunkColumn[] => shapes.get(kind) ?? [];

/** The columns that any of the files has: only these are worth putting in order. */
export const heldShape = (kind: LogKind, files: readonly LogFile[]): readonly ChunkColumn[] =>
  chunkShape(kind).filter(({ name }) =>
    files.some(({ plan, constants }) => plan.cells.some((cell) => cell.name === name) || constants.has(name)),
  );

/** Columns in which nothing is known: one memory for all chunks. */
export class AbsentColumns {
  readonly #columns = new Map<string, Column>();

  of({ key, absent, create }: ChunkColumn, rows: number): Column {
    let held = this.#columns.get(key);
    if (!held || held.length < rows) {
      held = create(rows).fill(absent);
      this.#columns.set(key, held);
    }
    return held.subarray(0, rows) as Column;
  }
}

const constantOf = (schema: ColumnSchema, text: string, book: NameBook): number => {
  if (schema.kind === 'word') return Math.max(0, schema.words?.indexOf(text) ?? 0);
  if (schema.kind === 'count') return Number.isInteger(Number(text)) ? Number(text) : -1;
  const sorted = schema.kind === 'fields' ? text.split(/\s+/).sort().join(' ') : text;
  return book.placeOfText(schema.list ?? 'agents', sorted);
};

/** Gives a file's rows all the columns of their kind. */
export const shapeRows = (file: LogFile, part: FileRows, parts: ShapeParts): ShapedRows => {
  const shaped: Record<string, Column | number> = { rows: part.rows };
  const schemas: readonly ColumnSchema[] = logSchemas[file.kind];
  for (const [at, column] of chunkShape(file.kind).entries()) {
    const { name, key, create } = column;
    const held = part.columns[file.plan.cells.findIndex((plan) => plan.name === name)];
    const constant = file.constants.get(name);
    const schema = schemas[at];
    if (held) shaped[key] = held;
    else if (constant === undefined || !schema) shaped[key] = parts.absent.of(column, part.rows);
    else shaped[key] = create(part.rows).fill(constantOf(schema, constant, parts.book));
  }
  return shaped as ShapedRows;
};

export interface ShapeParts {
  readonly book: NameBook;
  readonly absent: AbsentColumns;
}
