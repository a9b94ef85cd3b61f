import { Buffer } from 'node:buffer';
import type { BadRow, BadRowReason } from './bad-row.ts';

/** Where to cut, and where in the file the first chunk begins. */
export interface RowSplitting {
  /** The delimiter of a CSV file as a byte; undefined for one row a line (NDJSON). */
  readonly delimiter: number | undefined;
  readonly rowBytesMax: number;
  readonly batchRowsMax: number;
  readonly batchBytesMax: number;
  readonly startBytes: number;
  readonly startLine: number;
}

/** Whole rows that stand together in the file. */
export interface RowBatch {
  /** Memory of its own, so that it can be handed to a thread. */
  readonly bytes: Buffer;
  /** Start, end (without the line end) and line of each row: three numbers a row. */
  readonly places: Uint32Array;
  /** Rows that cannot even be cut out. */
  readonly bad: readonly BadRow[];
  /** Where the file goes on after this batch, and at which line. */
  readonly endBytes: number;
  readonly endLine: number;
}

const lineFeed = 10;
const carriageReturn = 13;
const quote = 34;
const more = -1;
const unbalanced = -2;

/**
 * Cuts a stream of bytes into batches of whole rows, as RFC 4180 quotes them: a quoted value may hold line ends.
 * A row with unbalanced quotes costs its first line and no more: the next row is looked for right behind that.
 */
export class RowSplitter {
  readonly #options: RowSplitting;
  #buffer: Buffer = Buffer.alloc(0);
  /** Where in the buffer the next row begins. */
  #at = 0;
  #endBytes: number;
  #line: number;
  #places: number[] = [];
  #bad: BadRow[] = [];
  /** True while the rest of a line that was too long is thrown away. */
  #skipping = false;
  #nextQuote = -1;

  constructor(options: RowSplitting) {
    this.#options = options;
    this.#endBytes = options.startBytes;
    this.#line = options.startLine;
  }

  /** Takes the next chunk; `last` with the last one (which may be empty). */
  *push(chunk: Buffer, last: boolean): Generator<RowBatch> {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    this.#nextQuote = -1;
    const { batchRowsMax, batchBytesMax } = this.#options;
    while (this.#takeRow(last)) {
      const rows = this.#places.length / 3 + this.#bad.length;
      if (rows >= batchRowsMax || this.#at >= batchBytesMax) yield this.#cut();
    }
    if (last && this.#endBytes > this.#options.startBytes) yield this.#cut();
  }

  /** Takes one row, or the rest of one that was too long. Answers false when it needs more bytes. */
  #takeRow(last: boolean): boolean {
    const buffer = this.#buffer;
    if (this.#at >= buffer.length) return false;
    const lineEnd = buffer.indexOf(lineFeed, this.#at);
    if (this.#skipping) {
      this.#skipping = lineEnd < 0;
      this.#drop(lineEnd < 0 ? buffer.length : lineEnd + 1);
      if (!this.#skipping || last) this.#line += 1;
      return !this.#skipping;
    }
    const end = this.#findEnd(lineEnd, last);
    const { rowBytesMax } = this.#options;
    const fits = (until: number): boolean => until - this.#at <= rowBytesMax;
    const lineKnown = lineEnd >= 0 || last;
    if (end >= 0 && fits(end)) this.#keep(end);
    else if (end < 0 && !(end === unbalanced && lineKnown) && fits(buffer.length)) return false;
    else if (lineKnown && fits(lineEnd < 0 ? buffer.length : lineEnd))
      this.#refuse('quotes-unbalanced', lineEnd < 0 ? buffer.length : lineEnd + 1);
    else {
      this.#bad.push({ line: this.#line, field: undefined, reason: 'line-too-long' });
      this.#skipping = true;
    }
    return true;
  }

  #keep(end: number): void {
    const { delimiter } = this.#options;
    const crlf = end > this.#at && this.#buffer[end - 1] === carriageReturn;
    const textEnd = crlf ? end - 1 : end;
    if (textEnd > this.#at) this.#places.push(this.#at, textEnd, this.#line);
    this.#line += delimiter === undefined ? 1 : 1 + this.#lineFeedsUntil(end);
    this.#advance(Math.min(end + 1, this.#buffer.length));
  }

  #lineFeedsUntil(end: number): number {
    let count = 0;
    let at = this.#buffer.indexOf(lineFeed, this.#at);
    while (at >= 0 && at < end) {
      count += 1;
      at = this.#buffer.indexOf(lineFeed, at + 1);
    }
    return count;
  }

  #refuse(reason: BadRowReason, next: number): void {
    this.#bad.push({ line: this.#line, field: undefined, reason });
    this.#line += 1;
    this.#advance(next);
  }

  #advance(next: number): void {
    this.#endBytes += next - this.#at;
    this.#at = next;
  }

  /** Throws away what stands between the next row's place and `until`, so that a long line fills no memory. */
  #drop(until: number): void {
    this.#endBytes += until - this.#at;
    this.#buffer = Buffer.concat([this.#buffer.subarray(0, this.#at), this.#buffer.subarray(until)]);
    this.#nextQuote = -1;
  }

  /** Where the row that begins at `#at` ends: its line feed, or the end of the file. */
  #findEnd(lineEnd: number, last: boolean): number {
    const buffer = this.#buffer;
    const plainEnd = lineEnd >= 0 ? lineEnd : last ? buffer.length : more;
    if (this.#options.delimiter === undefined) return plainEnd;
    if (this.#nextQuote < this.#at) {
      const found = buffer.indexOf(quote, this.#at);
      this.#nextQuote = found < 0 ? buffer.length : found;
    }
    if (plainEnd >= 0 && this.#nextQuote > plainEnd) return plainEnd;
    return plainEnd === more && this.#nextQuote >= buffer.length ? more : this.#findQuotedEnd(last);
  }

  /** The same for a row that holds a quote: value by value. A quote inside an unquoted value is a mere sign. */
  #findQuotedEnd(last: boolean): number {
    const buffer = this.#buffer;
    const delimiter = this.#options.delimiter;
    let at = this.#at;
    while (at < buffer.length) {
      if (buffer[at] === quote) {
        at = closingQuote(buffer, at) + 1;
        if (at === 0) return last ? unbalanced : more;
        if (at === buffer.length) return last ? at : more;
        const crlf = buffer[at] === carriageReturn;
        if (crlf) at += 1;
        if (at === buffer.length) return last ? at : more;
        if (buffer[at] !== lineFeed && (crlf || buffer[at] !== delimiter)) return unbalanced;
      } else while (at < buffer.length && buffer[at] !== delimiter && buffer[at] !== lineFeed) at += 1;
      if (buffer[at] === lineFeed) return at;
      at += 1;
    }
    return last ? buffer.length : more;
  }

  #cut(): RowBatch {
    const bytes = Buffer.from(new Uint8Array(this.#at).buffer);
    this.#buffer.copy(bytes, 0, 0, this.#at);
    const batch = {
      bytes,
      places: Uint32Array.from(this.#places),
      bad: this.#bad,
      endBytes: this.#endBytes,
      endLine: this.#line,
    };
    this.#buffer = this.#buffer.subarray(this.#at);
    this.#nextQuote -= this.#at;
    this.#at = 0;
    this.#places = [];
    this.#bad = [];
    return batch;
  }
}

/** The quote that closes the one at `open`, passing over doubled ones; -1 when the buffer ends first. */
const closingQuote = (buffer: Buffer, open: number): number => {
  let close = buffer.indexOf(quote, open + 1);
  while (close >= 0 && buffer[close + 1] === quote) close = buffer.indexOf(quote, close + 2);
  return close;
};
