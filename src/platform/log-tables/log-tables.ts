import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { AccessChunk, AccessColumnName, CaseChangeChunk, LogNames } from '../../model/access-columns.ts';
import { Fault } from '../../model/fault.ts';
import { AbsentColumns, chunkShape, heldShape, type ShapedRows, shapeRows } from './chunk-shape.ts';
import type { Column } from './columns.ts';
import { FileReading, type Parsing, parseHere } from './file-rows.ts';
import { type LogFile, planLogFile, sniffFile } from './log-file.ts';
import { type FileMap, type LogMap, noMap, parseLogMap } from './log-map.ts';
import { type ColumnSchema, type LogKind, logSchemas } from './log-schema.ts';
import { NameBook } from './name-book.ts';
import type { TextFolder } from './parquet-file.ts';
import { ParseThreads } from './parse-threads.ts';
import { type FileAccount, RunningAccount } from './row-account.ts';
import { RowSorter } from './row-sorter.ts';

/** Which files are read. Paths are taken as they stand: a `*` in a name is a character of it. */
export interface LogFiles {
  readonly accesses?: readonly string[];
  readonly cases?: readonly string[];
  readonly reports?: readonly string[];
  readonly sample?: readonly string[];
  /** A map (formats/log-map.md), for all of them. */
  readonly map?: string | undefined;
}

export interface LogReading {
  /** Read only these columns of the accesses, and the required ones: what is left out costs little. */
  readonly columns?: readonly AccessColumnName[];
  /**
   * False: accesses come in the order of their files, at once, and duplicates are not looked for. True (when left
   * out): all rows are read first, then come in ascending order of time without exact duplicates.
   */
  readonly ordered?: boolean;
  /** Rows kept in memory while they are put in order; more go to a temporary folder. */
  readonly memoryBytesMax?: number;
  /** Threads that parse large files; 1: this one. */
  readonly threadsMax?: number;
  readonly onProgress?: (progress: LogProgress) => void;
  readonly signal?: AbortSignal;
}

/** How far the reading of files has come. */
export interface LogProgress {
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly rows: number;
}

/** What became of all rows read so far. */
export interface LogAccount {
  readonly files: readonly FileAccount[];
  /** Rows equal to another in every column that was read, and left out; undefined: not looked for. */
  readonly duplicates: { readonly accesses: number | undefined; readonly cases: number | undefined };
}

/** Reports, in the order of their files. Times in milliseconds since 1970; NaN is not known. */
export interface ReportRows {
  readonly rows: number;
  readonly atMs: Float64Array;
  /** Places in `names.customers`. */
  readonly customer: Int32Array;
  /** Places in `reportKinds`. */
  readonly kind: Uint8Array;
  readonly contactedAtMs: Float64Array;
  /** Places in `reportAuthentications`. */
  readonly authenticated: Uint8Array;
}

/** A sample, in the order of its files. NaN: not known. */
export interface SampleRows {
  readonly rows: number;
  readonly customer: Int32Array;
  readonly asOfFromMs: Float64Array;
  readonly asOfToMs: Float64Array;
}

/**
 * Logs, opened and looked at. The four readings may be asked for in any order, each as often as wanted; read reports
 * or the sample first and their customers have the lowest places. Places mean the same in all of them.
 */
export interface LogTables {
  /** Lists grow while files are read. A list that nobody asks for is never made. */
  readonly names: LogNames;
  /** Columns that the access files have (all of them, when there are several), constants of the map included. */
  readonly accessColumns: ReadonlySet<AccessColumnName>;
  readonly caseColumns: ReadonlySet<string>;
  readonly reportColumns: ReadonlySet<string>;
  accesses(): AsyncGenerator<AccessChunk>;
  /** Always in ascending order of time. */
  caseChanges(): AsyncGenerator<CaseChangeChunk>;
  reports(): Promise<ReportRows>;
  sample(): Promise<SampleRows>;
  account(): LogAccount;
  /** Ends threads and deletes temporary files. */
  close(): Promise<void>;
}

const orderedBytesMax = 96 << 20;
/** Beyond, the thread that collects the rows is what takes the time. */
const threadsMax = 4;
/** For smaller files it takes longer to start threads than to parse. */
const threadedBytesMin = 16 << 20;

const readMap = async (path: string | undefined): Promise<LogMap> => {
  if (path === undefined) return noMap;
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Fault(
      'unprocessable',
      `${path}: the map cannot be read (${cause.code ?? 'unknown reason'}): check the path and its permissions`,
    );
  });
  return parseLogMap(path, text);
};

/** Columns that every file has. */
const commonColumns = (files: readonly LogFile[]): ReadonlySet<string> => {
  const [first, ...others] = files.map(
    (file) => new Set([...file.plan.cells.map(({ name }) => name), ...file.constants.keys()]),
  );
  return new Set([...(first ?? [])].filter((name) => others.every((other) => other.has(name))));
};

interface Opened {
  readonly files: readonly LogFile[];
  readonly book: NameBook;
  /** Where files of other forms lie as text. */
  readonly folder: TextFolder | undefined;
}

class OpenLogTables implements LogTables {
  readonly #files: readonly LogFile[];
  readonly #book: NameBook;
  readonly #folder: TextFolder | undefined;
  readonly #reading: LogReading;
  readonly #here: Parsing = parseHere();
  #threads: ParseThreads | undefined;
  readonly #accounts = new Map<LogKind, readonly RunningAccount[]>();
  readonly #duplicates = new Map<LogKind, number>();
  readonly #sorters = new Set<RowSorter>();
  readonly #absent = new AbsentColumns();

  constructor(opened: Opened, reading: LogReading) {
    this.#files = opened.files;
    this.#book = opened.book;
    this.#folder = opened.folder;
    this.#reading = reading;
  }

  get names(): LogNames {
    return this.#book.names;
  }
  get accessColumns(): ReadonlySet<AccessColumnName> {
    return commonColumns(this.#of('accesses')) as ReadonlySet<AccessColumnName>;
  }
  get caseColumns(): ReadonlySet<string> {
    return commonColumns(this.#of('cases'));
  }
  get reportColumns(): ReadonlySet<string> {
    return commonColumns(this.#of('reports'));
  }

  accesses(): AsyncGenerator<AccessChunk> {
    const rows = this.#reading.ordered === false ? this.#rows('accesses') : this.#ordered('accesses');
    return rows as AsyncGenerator<ShapedRows> as unknown as AsyncGenerator<AccessChunk>;
  }

  caseChanges(): AsyncGenerator<CaseChangeChunk> {
    return this.#ordered('cases') as unknown as AsyncGenerator<CaseChangeChunk>;
  }

  async reports(): Promise<ReportRows> {
    return (await this.#whole('reports')) as unknown as ReportRows;
  }

  async sample(): Promise<SampleRows> {
    return (await this.#whole('sample')) as unknown as SampleRows;
  }

  account(): LogAccount {
    return {
      files: [...this.#accounts.values()].flatMap((accounts) => accounts.map((account) => account.state())),
      duplicates: { accesses: this.#duplicates.get('accesses'), cases: this.#duplicates.get('cases') },
    };
  }

  async close(): Promise<void> {
    for (const sorter of this.#sorters) await sorter.close();
    await this.#threads?.close();
    this.#threads = undefined;
    await this.#folder?.close();
  }

  #parsingOf(file: LogFile): Parsing {
    const count = this.#reading.threadsMax ?? Math.min(threadsMax, availableParallelism());
    if (count < 2 || file.bytesTotal < threadedBytesMin) return this.#here;
    this.#threads ??= new ParseThreads(count);
    return this.#threads;
  }

  #of(kind: LogKind): readonly LogFile[] {
    return this.#files.filter((file) => file.kind === kind);
  }

  async *#rows(kind: LogKind): AsyncGenerator<ShapedRows> {
    const files = this.#of(kind);
    const accounts = files.map(({ path, firstRow }) => new RunningAccount(path, kind, firstRow));
    this.#accounts.set(kind, accounts);
    const bytesTotal = files.reduce((sum, file) => sum + file.bytesTotal, 0);
    let bytesBefore = 0;
    let rows = 0;
    for (const [at, file] of files.entries()) {
      const account = accounts[at] as RunningAccount;
      const reading = new FileReading(file, this.#book, { parsing: this.#parsingOf(file), account });
      for await (const part of reading.rows()) {
        this.#reading.signal?.throwIfAborted();
        rows += part.rows;
        this.#reading.onProgress?.({ bytesDone: bytesBefore + reading.bytesRead(), bytesTotal, rows });
        yield shapeRows(file, part, { book: this.#book, absent: this.#absent });
      }
      bytesBefore += file.bytesTotal;
    }
  }

  async *#ordered(kind: 'accesses' | 'cases'): AsyncGenerator<ShapedRows> {
    const shape = heldShape(kind, this.#of(kind));
    const absent = chunkShape(kind).filter((column) => !shape.includes(column));
    const sorter = new RowSorter(
      shape.map(({ form }) => form),
      this.#reading.memoryBytesMax ?? orderedBytesMax,
    );
    this.#sorters.add(sorter);
    try {
      for await (const rows of this.#rows(kind))
        await sorter.add(
          rows.rows,
          shape.map(({ key }) => rows[key] as Column),
        );
      for await (const columns of sorter.inOrder()) {
        this.#reading.signal?.throwIfAborted();
        const rows = columns[0]?.length ?? 0;
        const chunk: Record<string, unknown> = { rows };
        for (const [at, { key }] of shape.entries()) chunk[key] = columns[at];
        for (const column of absent) chunk[column.key] = this.#absent.of(column, rows);
        this.#duplicates.set(kind, sorter.duplicates);
        yield chunk as ShapedRows;
      }
      this.#duplicates.set(kind, sorter.duplicates);
    } finally {
      this.#sorters.delete(sorter);
      await sorter.close();
    }
  }

  async #whole(kind: 'reports' | 'sample'): Promise<ShapedRows> {
    const parts: ShapedRows[] = [];
    for await (const part of this.#rows(kind)) parts.push(part);
    return joinRows(chunkShape(kind), parts);
  }
}

const joinRows = (shape: ReturnType<typeof chunkShape>, parts: readonly ShapedRows[]): ShapedRows => {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const joined: Record<string, unknown> = { rows };
  for (const { key, create } of shape) {
    const column = create(rows);
    let at = 0;
    for (const part of parts) {
      column.set(part[key] as Float64Array, at);
      at += part.rows;
    }
    joined[key] = column;
  }
  return joined as ShapedRows;
};

/** Which columns of a file feed the wanted ones of ours. */
const wantedColumns = ({
  kind,
  map,
  wanted,
}: {
  kind: LogKind;
  map: FileMap;
  wanted: LogReading['columns'];
}) => {
  const ours = (logSchemas[kind] as readonly ColumnSchema[])
    .filter(({ name, required }) => !wanted || required || (wanted as readonly string[]).includes(name))
    .map(({ name }) => (map.columns.get(name)?.column ?? name).toLowerCase());
  return (column: string): boolean => ours.includes(column.toLowerCase());
};

/**
 * Opens logs and looks at their columns. Rows are read when they are asked for.
 * @throws Fault `unprocessable`: one line that names the file, the column or the key, and the fix
 */
export const openLogTables = async (files: LogFiles, reading: LogReading = {}): Promise<LogTables> => {
  const map = await readMap(files.map);
  const seed = randomInt(2 ** 31);
  const opened: LogFile[] = [];
  let folder: TextFolder | undefined;
  try {
    for (const kind of ['reports', 'sample', 'cases', 'accesses'] as const)
      for (const path of files[kind] ?? []) {
        const wanted = kind === 'accesses' ? reading.columns : undefined;
        const sought = { path, kind, map: map[kind], wanted };
        const sniffed = await sniffFile(path);
        if (sniffed.form !== 'parquet') opened.push(planLogFile(sought, sniffed, seed));
        else {
          // DuckDB takes a quarter of a second to load: only who has a Parquet file waits for it.
          folder ??= await (await import('./parquet-file.ts')).TextFolder.create();
          const text = await folder.csvOf(path, sniffed.isGzip, wantedColumns(sought));
          opened.push({ ...planLogFile(sought, await sniffFile(text), seed), textPath: text });
        }
      }
    return new OpenLogTables({ files: opened, folder, book: new NameBook(seed) }, reading);
  } catch (thrown) {
    await folder?.close();
    throw thrown;
  }
};
