import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Fault } from '../../model/fault.ts';
import { CsvRowReader, readHeader } from './csv-row-reader.ts';
import { type FileLine, LineCutter } from './file-lines.ts';
import { readNdjsonRow } from './ndjson-row.ts';
import type { Row } from './row.ts';

export interface RowFileOptions {
  /** Columns that a CSV file must name, in lower case. */
  readonly requiredColumns: readonly string[];
  /** The longest line that is read. */
  readonly lineBytesMax?: number;
}

/** A CSV or NDJSON file, read as a stream, also when compressed with gzip. */
export interface RowFile {
  /** The file's name without its folder, for messages. */
  readonly name: string;
  readonly bytesTotal: number;
  /** How much of the file has been read, compressed bytes as they lie on disk. */
  bytesRead(): number;
  /**
   * The rows, many at a time, once. Bad lines are among them.
   * @throws Fault `unprocessable` for a broken gzip file or a first line that does not name the columns.
   */
  batches(): AsyncGenerator<readonly Row[]>;
}

const lineBytesMaxDefault = 65_536;
const sniffedBytes = 4;
const byteOrderMark = '\ufeff';

const unusable = (name: string, problem: string): Fault => {
  const detail = `${name}: ${problem}.`;
  return new Fault('unprocessable', detail, { detail });
};

const formatOf = (name: string): 'csv' | 'ndjson' => {
  const plainName = name.toLowerCase().replace(/\.gz$/, '');
  if (plainName.endsWith('.csv')) return 'csv';
  if (/\.(ndjson|jsonl)$/.test(plainName)) return 'ndjson';
  throw unusable(name, 'is neither .csv nor .ndjson (nor either with .gz); rename it to what it is');
};

const sniff = async (
  file: FileHandle,
  name: string,
): Promise<{ readonly gzip: boolean; readonly bytes: number }> => {
  const { size } = await file.stat();
  const { buffer, bytesRead } = await file.read(Buffer.alloc(sniffedBytes), 0, sniffedBytes, 0);
  const head = buffer.subarray(0, bytesRead);
  if (head.subarray(0, 2).equals(Buffer.of(0xff, 0xfe)) || head.subarray(0, 2).equals(Buffer.of(0xfe, 0xff)))
    throw unusable(name, 'is UTF-16; save it as UTF-8');
  return { gzip: head.subarray(0, 2).equals(Buffer.of(0x1f, 0x8b)), bytes: size };
};

async function* linesOf(
  bytes: AsyncIterable<Buffer>,
  lineBytesMax: number,
): AsyncGenerator<readonly FileLine[]> {
  const cutter = new LineCutter(lineBytesMax);
  for await (const chunk of bytes) yield cutter.cut(chunk);
  yield cutter.end();
}

const withoutMark = (lines: readonly FileLine[]): readonly FileLine[] =>
  lines.map((line) =>
    line.no === 1 && line.text.startsWith(byteOrderMark) ? { ...line, text: line.text.slice(1) } : line,
  );

async function* csvRows(
  name: string,
  batches: AsyncIterable<readonly FileLine[]>,
  requiredColumns: readonly string[],
): AsyncGenerator<readonly Row[]> {
  let reader: CsvRowReader | undefined;
  for await (const raw of batches) {
    let lines = raw;
    if (!reader) {
      const first = raw.findIndex((line) => line.problem !== undefined || line.text.trim() !== '');
      const header = withoutMark(raw)[first];
      if (!header) continue;
      const read =
        header.problem === undefined ? readHeader(header.text, requiredColumns) : { problem: header.problem };
      if ('problem' in read) throw unusable(`${name}, line ${header.no}`, read.problem);
      reader = new CsvRowReader(read);
      lines = raw.slice(first + 1);
    }
    yield reader.read(lines);
  }
  if (!reader)
    throw unusable(name, `is empty; its first line must name the columns ${requiredColumns.join(', ')}`);
  yield reader.end();
}

async function* ndjsonRows(batches: AsyncIterable<readonly FileLine[]>): AsyncGenerator<readonly Row[]> {
  for await (const lines of batches)
    yield withoutMark(lines)
      .map(readNdjsonRow)
      .filter((row) => row !== undefined);
}

const asFileFault = (name: string, thrown: unknown): unknown => {
  const code = (thrown as { readonly code?: unknown } | null)?.code;
  if (typeof code !== 'string') return thrown;
  if (code.startsWith('Z_')) return unusable(name, 'is a broken or cut-off gzip file; copy it again');
  if (code === 'ENOENT') return unusable(name, 'does not exist; check the path');
  if (code === 'EACCES' || code === 'EPERM') return unusable(name, 'may not be read; check its permissions');
  if (code === 'EISDIR') return unusable(name, 'is a folder; name a file');
  return thrown;
};

/**
 * Opens a file of rows by its name: `.csv`, `.ndjson` or `.jsonl`, with or without `.gz`; whether it really is
 * compressed is read from its first bytes.
 * @throws Fault `unprocessable` naming the file and the fix.
 */
export const openRowFile = async (path: string, options: RowFileOptions): Promise<RowFile> => {
  const name = basename(path);
  const format = formatOf(name);
  const lineBytesMax = options.lineBytesMax ?? lineBytesMaxDefault;
  try {
    await using file = await open(path, 'r');
    const { gzip, bytes } = await sniff(file, name);
    let source: ReturnType<typeof createReadStream> | undefined;
    async function* batches(): AsyncGenerator<readonly Row[]> {
      source = createReadStream(path, { highWaterMark: 262_144 });
      const gunzip = gzip ? createGunzip() : undefined;
      // A failing read must end the decompression too, or reading would wait for ever.
      if (gunzip) source.on('error', (error) => gunzip.destroy(error)).pipe(gunzip);
      const content: Readable = gunzip ?? source;
      try {
        const lines = linesOf(content as AsyncIterable<Buffer>, lineBytesMax);
        yield* format === 'csv' ? csvRows(name, lines, options.requiredColumns) : ndjsonRows(lines);
      } catch (thrown) {
        throw asFileFault(name, thrown);
      } finally {
        source.destroy();
        gunzip?.destroy();
      }
    }
    return { name, bytesTotal: bytes, bytesRead: () => source?.bytesRead ?? 0, batches };
  } catch (thrown) {
    throw asFileFault(name, thrown);
  }
};
