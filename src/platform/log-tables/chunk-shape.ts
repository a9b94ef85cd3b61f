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
    create: (rows) => newColumn(form, rows),
  };
};

const shapes = new Map(
  (Object.keys(logSchemas) as LogKind[]).map((kind) => [kind, logSchemas[kind].map(columnOf)]),
);

/** The columns of the chunks of one kind of file; of accesses and case changes the first is their time. */
export const chunkShape = (kind: LogKind): readonly ChunkColumn[] => shapes.get(kind) ?? [];

const constantOf = (schema: ColumnSchema, text: string, book: NameBook): number => {
  if (schema.kind === 'word') return Math.max(0, schema.words?.indexOf(text) ?? 0);
  if (schema.kind === 'count') return Number.isInteger(Number(text)) ? Number(text) : -1;
  const sorted = schema.kind === 'fields' ? text.split(/\s+/).sort().join(' ') : text;
  return book.placeOfText(schema.list ?? 'agents', sorted);
};

/** Gives a file's rows all the columns of their kind. */
export const shapeRows = (file: LogFile, part: FileRows, book: NameBook): ShapedRows => {
  const shaped: Record<string, Column | number> = { rows: part.rows };
  const schemas: readonly ColumnSchema[] = logSchemas[file.kind];
  for (const [at, { name, key, create }] of chunkShape(file.kind).entries()) {
    const cell = file.plan.cells.findIndex((plan) => plan.name === name);
    const held = part.columns[cell];
    const schema = schemas[at];
    if (held) shaped[key] = held;
    else if (schema) {
      const constant = file.constants.get(name);
      const value = constant === undefined ? notKnown(schema) : constantOf(schema, constant, book);
      shaped[key] = value === 0 ? create(part.rows) : create(part.rows).fill(value);
    }
  }
  return shaped as ShapedRows;
};
