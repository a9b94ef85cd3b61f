import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Fault } from '../../model/fault.ts';
import type { Block } from './csv-block.ts';
import { type LogFile, openHandle } from './log-file.ts';
import { recordBytesMax } from './parse-plan.ts';

const lineFeed = 10;
/** Bytes of a file that one thread reads at a time. */
export const blockBytesUsual = 2 << 20;

/** A block, and where it lies in the text of its file. */
export interface PlacedBlock extends Block {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly offset: number;
}

/** Gives bytes of a text in order; fewer than asked only at its end. */
interface TextBytes {
  read(into: Uint8Array, at: number): Promise<number>;
  /** Bytes of the file itself, packed or not, that have been read. */
  bytesRead(): number;
  close(): Promise<void>;
}

const plainText = async (file: LogFile): Promise<TextBytes> => {
  const { handle } = await openHandle(file.textPath);
  let position = file.rowsFrom;
  return {
    async read(into, at) {
      let filled = at;
      while (filled < into.length) {
        const { bytesRead } = await handle.read(into, filled, into.length - filled, position);
        if (bytesRead === 0) break;
        filled += bytesRead;
        position += bytesRead;
      }
      return filled - at;
    },
    bytesRead: () => position,
    close: () => handle.close(),
  };
};

const packedText = async (file: LogFile): Promise<TextBytes> => {
  const { handle } = await openHandle(file.textPath);
  const packed = handle.createReadStream({ start: 0, autoClose: false, highWaterMark: 1 << 18 });
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  packed.once('error', (fault) => gunzip.destroy(fault));
  const chunks = (packed.pipe(gunzip) as Readable)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let skip = file.rowsFrom;
  let chunk: Uint8Array = new Uint8Array(0);
  const next = async (): Promise<boolean> => {
    const { value, done } = await chunks.next().catch((cause: unknown) => {
      throw new Fault(
        'unprocessable',
        `${file.path}: the gzip file is damaged or cut off after ${packed.bytesRead} bytes: pack it again`,
        { cause },
      );
    });
    if (done) return false;
    const skipped = Math.min(skip, value.length);
    skip -= skipped;
    chunk = value.subarray(skipped);
    return true;
  };
  return {
    async read(into, at) {
      let filled = at;
      while (filled < into.length) {
        if (chunk.length === 0) {
          if (!(await next())) break;
          continue;
        }
        const part = chunk.subarray(0, into.length - filled);
        into.set(part, filled);
        filled += part.length;
        chunk = chunk.subarray(part.length);
      }
      return filled - at;
    },
    bytesRead: () => packed.bytesRead,
    async close() {
      packed.destroy();
      gunzip.destroy();
      await handle.close();
    },
  };
};

/**
 * Cuts a file into blocks at line ends. Each block carries the beginning of the next, as far as a record may reach;
 * whether its first line is the beginning of a record shows only when the block before it has been read.
 */
export class BlockReader {
  readonly #text: TextBytes;
  readonly #blockBytes: number;
  #offset: number;
  #rest: Uint8Array = new Uint8Array(0);
  #isAtEnd = false;

  private constructor(text: TextBytes, offset: number, blockBytes: number) {
    this.#text = text;
    this.#offset = offset;
    this.#blockBytes = blockBytes;
  }

  static async open(file: LogFile, blockBytes: number): Promise<BlockReader> {
    return new BlockReader(
      await (file.isGzip ? packedText(file) : plainText(file)),
      file.rowsFrom,
      blockBytes,
    );
  }

  bytesRead(): number {
    return this.#text.bytesRead();
  }

  async next(): Promise<PlacedBlock | undefined> {
    if (this.#isAtEnd) return undefined;
    const blockBytes = this.#blockBytes;
    const whole = new Uint8Array(blockBytes + recordBytesMax);
    whole.set(this.#rest);
    const size = this.#rest.length + (await this.#text.read(whole, this.#rest.length));
    const isLast = size < whole.length;
    this.#isAtEnd = isLast;
    if (size === 0) return undefined;
    const bytes = isLast ? whole.slice(0, size) : whole;
    const lineEnd = isLast ? -1 : whole.lastIndexOf(lineFeed, blockBytes - 1);
    const to = isLast ? size : lineEnd < 0 ? blockBytes : lineEnd + 1;
    const offset = this.#offset;
    this.#offset += to;
    this.#rest = whole.slice(to, size);
    return { bytes, from: 0, to, isLast, inLongLine: false, offset };
  }

  close(): Promise<void> {
    return this.#text.close();
  }
}
