import { type FileHandle, open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { Fault } from '../../model/fault.ts';
import { splitHeader } from './header.ts';
import { type FileMap, strayWord } from './log-map.ts';
import { type ColumnSchema, type LogKind, logSchemas } from './log-schema.ts';
import type { CellPlan, ParsePlan } from './parse-plan.ts';

/** A file that was looked at: what it is, and how its rows are read. */
export interface LogFile {
  readonly path: string;
  /** Where its text is read: the file itself, or what was made of it. */
  readonly textPath: string;
  readonly kind: LogKind;
  readonly isGzip: boolean;
  readonly bytesTotal: number;
  /** Bytes of the text before the first row: the mark of byte order, and the names of the columns. */
  readonly rowsFrom: number;
  readonly plan: ParsePlan;
  /** Our columns that have one value throughout. */
  readonly constants: ReadonlyMap<string, string>;
  /** The number of the first row, as a person counts. */
  readonly firstRow: number;
}

/** What the beginning of a file tells: a header longer than this is none. */
const headBytesMax = 1_048_576;
const columnsMax = 4096;
const headLinesMax = 20_000;

const unusable = (path: string, why: string): Fault => new Fault('unprocessable', `${path}: ${why}`);

/** @throws Fault `unprocessable` that names the file and the fix */
export const openHandle = async (path: string): Promise<{ handle: FileHandle; bytesTotal: number }> => {
  const handle = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw unusable(
      path,
      `cannot be read (${cause.code ?? 'unknown reason'}): check the path and its permissions`,
    );
  });
  const about = await handle.stat();
  if (about.isFile()) return { handle, bytesTotal: about.size };
  await handle.close();
  throw unusable(path, 'is not a file: name a CSV, NDJSON or Parquet file');
};

/** The first bytes of the text, unpacked if need be. */
const readHead = async (handle: FileHandle, isGzip: boolean, path: string): Promise<Buffer> => {
  const head = Buffer.alloc(headBytesMax);
  if (!isGzip) {
    const { bytesRead } = await handle.read(head, 0, headBytesMax, 0);
    return head.subarray(0, bytesRead);
  }
  const gunzip = createGunzip();
  const chunks: Buffer[] = [];
  let bytes = 0;
  const packed = handle.createReadStream({ start: 0, autoClose: false });
  packed.once('error', (fault) => gunzip.destroy(fault));
  try {
    for await (const chunk of packed.pipe(gunzip) as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= headBytesMax) break;
    }
  } catch {
    if (bytes === 0) throw unusable(path, 'is not a gzip file, or it is damaged: pack it again');
  } finally {
    packed.destroy();
    gunzip.destroy();
  }
  return Buffer.concat(chunks).subarray(0, headBytesMax);
};

export interface SniffedFile {
  readonly form: 'csv' | 'ndjson' | 'parquet';
  readonly isGzip: boolean;
  readonly head: Buffer;
  /** Bytes of a byte order mark before `head`. */
  readonly markBytes: number;
  readonly bytesTotal: number;
}

/** Finds out by its content what a file is. */
export const sniffFile = async (path: string): Promise<SniffedFile> => {
  const { handle, bytesTotal } = await openHandle(path);
  try {
    if (bytesTotal === 0) throw unusable(path, 'is empty: it needs at least a line that names the columns');
    const magic = Buffer.alloc(4);
    await handle.read(magic, 0, 4, 0);
    const isGzip = magic[0] === 0x1f && magic[1] === 0x8b;
    if (!isGzip && path.endsWith('.gz'))
      throw unusable(path, 'is called .gz but is not packed: name it without .gz');
    const head = await readHead(handle, isGzip, path);
    if (head.subarray(0, 4).toString('latin1') === 'PAR1')
      return { form: 'parquet', isGzip, head, markBytes: 0, bytesTotal };
    if (/\.parquet(\.gz)?$/i.test(path))
      throw unusable(
        path,
        'is called .parquet but is none (it does not begin with PAR1): name it .csv or .ndjson if it is text',
      );
    const start = head.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0;
    if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff))
      throw unusable(path, 'is UTF-16: save it as UTF-8');
    if (head.subarray(0, 8192).includes(0))
      throw unusable(path, 'is not text: name a CSV, NDJSON or Parquet file');
    const form = head.subarray(start).toString('latin1').trimStart().startsWith('{') ? 'ndjson' : 'csv';
    return { form, isGzip, head: head.subarray(start), markBytes: start, bytesTotal };
  } finally {
    await handle.close();
  }
};

/** The names of a file's columns, and where its rows begin. */
interface Header {
  readonly names: readonly string[];
  readonly delimiter: number;
  readonly bytes: number;
  readonly rows: number;
}

const csvHeader = (path: string, head: Buffer): Header => {
  const { names, delimiter, bytes, rows, problem } = splitHeader(head);
  if (problem !== undefined) throw unusable(path, problem);
  if (names.length > columnsMax) throw unusable(path, `names more than ${columnsMax} columns`);
  return { names, delimiter, bytes, rows };
};

/** Keys of the rows in the first megabyte; one that comes later only is not seen, unless the map names it. */
const ndjsonHeader = (path: string, head: Buffer): Header => {
  const names = new Set<string>();
  const lines = head.toString('utf8').split('\n').slice(0, headLinesMax);
  for (const line of lines) {
    try {
      const row: unknown = JSON.parse(line);
      if (typeof row === 'object' && row !== null) for (const key of Object.keys(row)) names.add(key);
    } catch {
      // A broken row is counted when it is read.
    }
    if (names.size > columnsMax) throw unusable(path, `has more than ${columnsMax} keys`);
  }
  return { names: [...names], delimiter: 0, bytes: 0, rows: 0 };
};

/** What became of our columns: those with cells, and those with one value throughout. */
interface Planned {
  readonly cells: CellPlan[];
  readonly keys: string[];
  readonly constants: Map<string, string>;
}

const cellOf = (schema: ColumnSchema, source: number, map: FileMap): CellPlan => {
  const column = map.columns.get(schema.name);
  return {
    name: schema.name,
    kind: schema.kind,
    source,
    filled: schema.filled === true,
    list: schema.list,
    words: schema.words,
    values: column?.values ?? [],
    unknown: map.unknown,
    time: schema.kind === 'time' ? map.time : undefined,
    day: schema.day,
    factor: column?.factor ?? 1,
    match: column?.match,
  };
};

interface Sought {
  readonly path: string;
  readonly kind: LogKind;
  readonly map: FileMap;
  readonly form: 'csv' | 'ndjson';
  /** Left out: all. */
  readonly wanted: readonly string[] | undefined;
}

const planColumns = ({ path, kind, map, form, wanted }: Sought, names: readonly string[]): Planned => {
  const planned: Planned = { cells: [], keys: [], constants: new Map() };
  const folded = names.map((name) => name.trim().toLowerCase());
  const shown = names.slice(0, 40).join(', ');
  for (const schema of logSchemas[kind] as readonly ColumnSchema[]) {
    const column = map.columns.get(schema.name);
    const stray = column && schema.words ? strayWord(column, schema.words) : undefined;
    if (stray !== undefined)
      throw unusable(
        path,
        `the map gives ${schema.name} the word "${stray}"; it is one of ${schema.words?.slice(1).join(', ')}`,
      );
    if (column?.constant !== undefined) {
      if (schema.kind === 'time')
        throw unusable(path, `the map gives ${schema.name} a constant; name their column`);
      if (column.constant !== '') planned.constants.set(schema.name, column.constant);
      else if (schema.required) throw unusable(path, `the map leaves out ${schema.name}, which is needed`);
      continue;
    }
    const theirs = column?.column ?? schema.name;
    const exact = names.indexOf(theirs);
    const source = exact >= 0 ? exact : folded.indexOf(theirs.toLowerCase());
    const nested = form === 'ndjson' && column?.column !== undefined;
    if (source < 0 && !nested) {
      if (column?.column !== undefined)
        throw unusable(
          path,
          `the map reads ${schema.name} from the column "${theirs}", which is not there; the file has ${shown}`,
        );
      if (schema.required)
        throw unusable(
          path,
          `has no column "${schema.name}": name it so in the first line, or say in a map (--map) which column it is; the file has ${shown}`,
        );
      continue;
    }
    if (wanted && !schema.required && !wanted.includes(schema.name)) continue;
    const key = source >= 0 ? (names[source] ?? theirs) : theirs;
    if (form === 'ndjson' && !planned.keys.includes(key)) planned.keys.push(key);
    planned.cells.push(cellOf(schema, form === 'ndjson' ? planned.keys.indexOf(key) : source, map));
  }
  return planned;
};

/**
 * Looks at a text file: its form, its columns, and how they become ours.
 * @throws Fault `unprocessable` that names the file, the column and the fix
 */
export const planLogFile = (sought: Omit<Sought, 'form'>, sniffed: SniffedFile, seed: number): LogFile => {
  const { path, kind } = sought;
  const { form, head, isGzip, bytesTotal, markBytes } = sniffed;
  if (form === 'parquet') throw new Fault('bug', 'a Parquet file is turned into text first');
  const header = form === 'csv' ? csvHeader(path, head) : ndjsonHeader(path, head);
  const { cells, keys, constants } = planColumns({ ...sought, form }, header.names);
  const plan: ParsePlan = {
    format: form,
    delimiter: header.delimiter,
    sources: form === 'csv' ? header.names.length : keys.length,
    keys,
    cells,
    seed,
  };
  return {
    path,
    textPath: path,
    kind,
    isGzip,
    bytesTotal,
    rowsFrom: header.bytes + markBytes,
    plan,
    constants,
    firstRow: header.rows + 1,
  };
};
