import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Fault } from '../../model/fault.ts';
import { csvCells } from './csv-cells.ts';
import type { RowForm } from './parse-batch.ts';
import { RowSplitter } from './row-splitter.ts';

export const importLimits = {
  rowBytesMax: 65_536,
  batchRowsMax: 1_000,
  batchBytesMax: 524_288,
  chunkBytes: 1_048_576,
} as const;

/** A file of customers, opened and recognised. */
export interface ImportFile {
  readonly name: string;
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly hash: string;
  readonly form: RowForm;
  /** Where the first row begins, in bytes of the unpacked file, and at which line. */
  readonly bodyBytes: number;
  readonly bodyLine: number;
  /** The unpacked bytes from a place on. */
  chunksFrom(positionBytes: number): AsyncIterable<Buffer>;
  /** How many bytes of the file as it lies on disk have been read, at most `bytes`. */
  bytesRead(): number;
  /** Is it the same file as the one that `path` names? Such as the file that rejected rows go to. */
  isAt(path: string): Promise<boolean>;
  /** @throws Fault `conflict` when someone wrote to the file since it was opened */
  assertUnchanged(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a CSV or NDJSON file, packed by gzip or not, and reads its header.
 * @throws Fault `unprocessable` with one line that names the file and the fix
 */
export const openImportFile = async (path: string): Promise<ImportFile> => {
  const name = basename(path);
  const handle = await open(path, 'r').catch((thrown: unknown) => {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown error';
    throw importFlaw(`${path} cannot be read (${code})`);
  });
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw importFlaw(`${path} is not a file: name the CSV or NDJSON file itself`);
    if (stat.size === 0) throw importFlaw(`${name} is empty`);
    const source = new ByteSource(handle, stat, name);
    await source.recognise();
    const recognised = recogniseRows(name, await source.head());
    return {
      name,
      bytes: stat.size,
      hash: await source.hash(),
      ...recognised,
      chunksFrom: (positionBytes) => source.chunksFrom(positionBytes),
      bytesRead: () => source.bytesRead,
      isAt: (other) => source.isAt(other),
      assertUnchanged: () => source.assertUnchanged(),
      close: () => handle.close(),
    };
  } catch (thrown) {
    await handle.close();
    throw thrown;
  }
};

/** A fault of the file that its owner can put right: the same line goes out and in. */
export const importFlaw = (sentence: string): Fault =>
  new Fault('unprocessable', sentence, { detail: sentence });

class ByteSource {
  readonly #handle: FileHandle;
  readonly #stat: Stats;
  readonly #name: string;
  #packed = false;
  bytesRead = 0;

  constructor(handle: FileHandle, stat: Stats, name: string) {
    this.#handle = handle;
    this.#stat = stat;
    this.#name = name;
  }

  async recognise(): Promise<void> {
    const { buffer, bytesRead } = await this.#handle.read(Buffer.alloc(2), 0, 2, 0);
    // RFC 1952, 2.3.1: ID1, ID2
    this.#packed = bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  }

  /** The first bytes, enough for any header, and whether that is the whole file. */
  async head(): Promise<{ bytes: Buffer; whole: boolean }> {
    const parts: Buffer[] = [];
    let size = 0;
    for await (const chunk of this.chunksFrom(0)) {
      parts.push(chunk);
      size += chunk.length;
      if (size > importLimits.rowBytesMax) return { bytes: Buffer.concat(parts), whole: false };
    }
    return { bytes: Buffer.concat(parts), whole: true };
  }

  async *chunksFrom(positionBytes: number): AsyncGenerator<Buffer> {
    if (!this.#packed) {
      yield* this.#raw(positionBytes);
      return;
    }
    let skip = positionBytes;
    for await (const chunk of this.#unpacked()) {
      const part = chunk.subarray(Math.min(skip, chunk.length));
      skip -= chunk.length - part.length;
      if (part.length > 0) yield part;
    }
  }

  async *#raw(from: number): AsyncGenerator<Buffer> {
    let at = from;
    this.bytesRead = from;
    while (true) {
      const { buffer, bytesRead } = await this.#handle.read(
        Buffer.allocUnsafeSlow(importLimits.chunkBytes),
        0,
        importLimits.chunkBytes,
        at,
      );
      if (bytesRead === 0) return;
      at += bytesRead;
      this.bytesRead = at;
      yield buffer.subarray(0, bytesRead);
    }
  }

  async *#unpacked(): AsyncGenerator<Buffer> {
    const unpacked = createGunzip({ chunkSize: 262_144 });
    const fed = pipeline(this.#raw(0), unpacked);
    // its errors also reach whoever reads the unpacked bytes
    fed.catch(() => undefined);
    try {
      for await (const chunk of unpacked) yield chunk as Buffer;
    } catch (thrown) {
      const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
      if (!/^Z_|^ERR_ZLIB/.test(code)) throw thrown;
      throw importFlaw(
        `${this.#name} is not a whole gzip file (${code}): copy it again. Rows up to there are kept`,
      );
    } finally {
      unpacked.destroy();
      await fed.catch(() => undefined);
    }
  }

  async hash(): Promise<string> {
    const hash = createHash('sha256');
    for await (const chunk of this.#raw(0)) hash.update(chunk);
    return hash.digest('hex');
  }

  async isAt(path: string): Promise<boolean> {
    const other = await open(path, 'r').catch(() => undefined);
    if (!other) return false;
    const stat = await other.stat();
    await other.close();
    return stat.ino === this.#stat.ino && stat.dev === this.#stat.dev;
  }

  async assertUnchanged(): Promise<void> {
    const { size, mtimeMs } = await this.#handle.stat();
    if (size === this.#stat.size && mtimeMs === this.#stat.mtimeMs) return;
    const detail = `${this.#name} was changed while it was imported: import it again`;
    throw new Fault('conflict', detail, { detail });
  }
}

type Recognised = Pick<ImportFile, 'form' | 'bodyBytes' | 'bodyLine'>;
const utf8Mark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Finds out what the rows look like: by the file's name, or by how it begins. */
const recogniseRows = (name: string, { bytes, whole }: { bytes: Buffer; whole: boolean }): Recognised => {
  const startBytes = bytes.subarray(0, 3).equals(utf8Mark) ? 3 : 0;
  if (/^(\xff\xfe|\xfe\xff)/.test(bytes.toString('latin1', 0, 2)))
    throw importFlaw(`${name} is UTF-16: save it as UTF-8`);
  if (bytes.includes(0)) throw importFlaw(`${name} is not a text file: save it as CSV or NDJSON in UTF-8`);
  const start = bytes.toString('utf8', startBytes, startBytes + 1_000).trimStart();
  if (whole && bytes.toString('utf8', startBytes).trim() === '') throw importFlaw(`${name} is empty`);
  const byName = /\.(ndjson|jsonl|csv|tsv)(\.gz)?$/i.exec(name)?.[1]?.toLowerCase();
  if (byName === 'ndjson' || byName === 'jsonl' || (byName === undefined && start.startsWith('{')))
    return { form: { kind: 'ndjson' }, bodyBytes: startBytes, bodyLine: 1 };
  if (start.startsWith('[') || start.startsWith('{'))
    throw importFlaw(`${name} holds JSON: write one object a line and name the file .ndjson`);
  const delimiter = delimiterOf(start.split('\n', 1)[0] ?? '');
  const splitter = new RowSplitter({
    ...importLimits,
    delimiter: delimiter.charCodeAt(0),
    batchRowsMax: 1,
    startBytes,
    startLine: 1,
  });
  const [head] = [...splitter.push(bytes.subarray(startBytes), whole)];
  const [from, to] = head?.places ?? [];
  if (!head || from === undefined || to === undefined)
    throw importFlaw(`${name} line 1: the header is longer than 64 KiB or its quotes are unbalanced`);
  const header = csvCells(head.bytes.toString('utf8', from, to), delimiter);
  return { form: { kind: 'csv', delimiter, header }, bodyBytes: head.endBytes, bodyLine: head.endLine };
};

const delimiterOf = (header: string): string => {
  const counted = [',', ';', '\t'].map((sign) => ({ sign, count: header.split(sign).length }));
  return counted.toSorted((a, b) => b.count - a.count)[0]?.sign ?? ',';
};
