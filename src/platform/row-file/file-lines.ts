import { isUtf8 } from 'node:buffer';

/** One line of a file, without its end. `problem` says why its text cannot be used. */
export interface FileLine {
  /** Counted from 1. */
  readonly no: number;
  readonly text: string;
  readonly problem: string | undefined;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Cuts bytes into lines, chunk by chunk. A line longer than `lineBytesMax` is given up, not collected, so that a
 * file of one endless line costs no memory. Bytes that are no UTF-8 are a problem of their line alone.
 */
export class LineCutter {
  readonly #lineBytesMax: number;
  #rest: Buffer[] = [];
  #restBytes = 0;
  #no = 0;

  constructor(lineBytesMax: number) {
    this.#lineBytesMax = lineBytesMax;
  }

  /** The lines that end within this chunk. */
  cut(chunk: Buffer): FileLine[] {
    const lines: FileLine[] = [];
    let from = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, from)) {
      lines.push(this.#finish(chunk.subarray(from, end)));
      from = end + 1;
    }
    this.#keep(chunk.subarray(from));
    return lines;
  }

  /** The last line, when the file does not end with a line feed. */
  end(): FileLine[] {
    return this.#restBytes > 0 ? [this.#finish(Buffer.alloc(0))] : [];
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#restBytes += bytes.length;
    if (this.#restBytes > this.#lineBytesMax) this.#rest = [];
    // A copy: the stream may use the chunk's memory again.
    else this.#rest.push(Buffer.from(bytes));
  }

  #finish(tail: Buffer): FileLine {
    const bytes = this.#restBytes + tail.length;
    const whole = this.#rest.length > 0 ? Buffer.concat([...this.#rest, tail]) : tail;
    this.#rest = [];
    this.#restBytes = 0;
    this.#no += 1;
    if (bytes > this.#lineBytesMax)
      return { no: this.#no, text: '', problem: `is longer than ${this.#lineBytesMax} bytes` };
    const line = whole.at(-1) === carriageReturn ? whole.subarray(0, -1) : whole;
    if (!isUtf8(line)) return { no: this.#no, text: '', problem: 'is not UTF-8; save the file as UTF-8' };
    return { no: this.#no, text: line.toString('utf8'), problem: undefined };
  }
}
