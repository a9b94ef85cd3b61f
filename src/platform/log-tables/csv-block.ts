import { ByteSource } from './byte-source.ts';
import { type EncodedBlock, type ParsePlan, recordBytesMax, recordLinesMax } from './parse-plan.ts';
import type { RowEncoder } from './row-encoder.ts';

const lineFeed = 10;
const carriageReturn = 13;
const quote = 34;
const space = 32;

const isEnd = (byte: number | undefined, delimiter: number): boolean =>
  byte === delimiter || byte === lineFeed || byte === carriageReturn || byte === undefined;

/** A piece of a file. */
export interface Block {
  readonly bytes: Uint8Array;
  /** The first byte that is read. */
  readonly from: number;
  /** Records that begin before this are read, to their ends, which may lie beyond. */
  readonly to: number;
  /** Nothing comes after these bytes. */
  readonly isLast: boolean;
  /** `from` lies within a line that was given up: it goes on after the next line end. */
  readonly inLongLine: boolean;
}

const openQuote = 'opens a quote that is not closed: close or double it';
const strayQuote = 'has a quote inside a quoted field: double it';
const tooLong = `is longer than ${recordBytesMax} bytes`;
const tooFew = 'has fewer fields than the first line names';
const tooMany = 'has more fields than the first line names';

/** Where a record ends that has quotes; or why it is none, and where the next line begins. */
interface Quoted {
  readonly next: number;
  readonly problem: string | undefined;
}

/**
 * Reads the records of a block by RFC 4180. A quote that is never closed costs its own line and no other: reading
 * goes on at the next line, where a plain streaming parser would swallow the rest of the file as one field.
 */
export class CsvBlocks {
  readonly #delimiter: number;
  readonly #sources: number;
  readonly #encoder: RowEncoder;
  /** Fields of this record that hold doubled quotes. */
  readonly #doubled: number[] = [];
  /** Records without their doubled quotes. */
  readonly #scratch = new ByteSource(new Uint8Array(2 * recordBytesMax));
  #scratchUsed = 0;

  constructor(plan: ParsePlan, encoder: RowEncoder) {
    this.#delimiter = plan.delimiter;
    this.#sources = plan.sources;
    this.#encoder = encoder;
  }

  read({ bytes, from, to, isLast, inLongLine }: Block): EncodedBlock {
    this.#encoder.begin();
    const source = new ByteSource(bytes);
    let at = from;
    if (inLongLine) {
      at = this.#afterLine(bytes, at);
      if (at < 0) return this.#encoder.take(bytes.length, !isLast);
    }
    while (at < to) {
      const next = this.#record(source, at, isLast);
      if (next < 0) {
        this.#encoder.brokenRow(tooLong);
        return this.#encoder.take(bytes.length, true);
      }
      at = next;
    }
    return this.#encoder.take(at, false);
  }

  #afterLine(bytes: Uint8Array, at: number): number {
    const end = bytes.indexOf(lineFeed, at);
    return end < 0 ? -1 : end + 1;
  }

  /** Reads one record; returns where the next begins, -1 when this one does not end within the bytes. */
  #record(source: ByteSource, from: number, isLast: boolean): number {
    const { bytes, view } = source;
    const delimiter = this.#delimiter;
    const sources = this.#sources;
    const { batch } = this.#encoder;
    const { starts, ends } = batch;
    const first = this.#encoder.nextRow(source);
    const past = first + sources;
    const size = bytes.length;
    // Comma, quote and line end are below 45, most other bytes are not: four bytes at once are passed over.
    const words = delimiter < 45 ? size - 4 : -1;
    let field = first;
    let start = from;
    let at = from;
    while (at < size) {
      if (at <= words) {
        const word = view.getInt32(at, true);
        const below = (word - 0x2d2d2d2d) & ~word & 0x80808080;
        if (below === 0) {
          at += 4;
          continue;
        }
        at += (31 - Math.clz32(below & -below)) >> 3;
      }
      const byte = bytes[at] as number;
      if (byte === delimiter) {
        if (field < past) {
          starts[field] = start;
          ends[field] = at;
        }
        field += 1;
        start = at + 1;
      } else if (byte === lineFeed) break;
      else if (byte === space) batch.hasSpaces ||= at === start || isEnd(bytes[at + 1], delimiter);
      else if (byte === quote && at === start) return this.#quotedRecord(source, from, isLast);
      at += 1;
    }
    if (at >= size && !isLast) return -1;
    const next = at + 1;
    if (at > from && bytes[at - 1] === carriageReturn) at -= 1;
    if (at === from) this.#encoder.emptyLine();
    else if (next - from > recordBytesMax) this.#encoder.brokenRow(tooLong);
    else if (field + 1 === past) {
      starts[field] = start;
      ends[field] = Math.max(start, at);
      this.#encoder.endRow();
    } else this.#encoder.brokenRow(field + 1 < past ? tooFew : tooMany);
    return next;
  }

  /** The same for a record in which a field begins with a quote. */
  #quotedRecord(source: ByteSource, from: number, isLast: boolean): number {
    const { next, problem } = this.#splitQuoted(source.bytes, from, isLast);
    if (next < 0) return -1;
    if (problem !== undefined) this.#encoder.brokenRow(problem);
    else {
      if (this.#doubled.length > 0) this.#undouble(source.bytes, from, next);
      this.#encoder.batch.hasSpaces = true;
      this.#encoder.endRow();
    }
    return next;
  }

  #splitQuoted(bytes: Uint8Array, from: number, isLast: boolean): Quoted {
    const limit = Math.min(bytes.length, from + recordBytesMax);
    const giveUp = (problem: string): Quoted => {
      const next = this.#afterLine(bytes, from);
      return { next: next < 0 && isLast ? bytes.length : next, problem };
    };
    this.#doubled.length = 0;
    let field = 0;
    let lines = 1;
    let at = from;
    for (;;) {
      let start = at;
      let end: number;
      if (bytes[at] === quote) {
        start = at + 1;
        let isDoubled = false;
        for (at = start; ; at += 1) {
          if (at >= limit) return giveUp(openQuote);
          const byte = bytes[at];
          if (byte === lineFeed) {
            lines += 1;
            if (lines > recordLinesMax) return giveUp(openQuote);
          } else if (byte === quote) {
            if (bytes[at + 1] !== quote || at + 1 >= limit) break;
            isDoubled = true;
            at += 1;
          }
        }
        end = at;
        at += 1;
        if (isDoubled && field < this.#sources) this.#doubled.push(field);
        if (bytes[at] === carriageReturn && (at + 1 >= limit || bytes[at + 1] === lineFeed)) at += 1;
        if (at < limit && bytes[at] !== this.#delimiter && bytes[at] !== lineFeed) return giveUp(strayQuote);
      } else {
        while (at < limit && bytes[at] !== this.#delimiter && bytes[at] !== lineFeed) at += 1;
        end = at > start && bytes[at - 1] === carriageReturn && bytes[at] !== this.#delimiter ? at - 1 : at;
      }
      if (at >= limit && !(isLast && limit === bytes.length)) return giveUp(tooLong);
      if (at >= limit || bytes[at] === lineFeed) return this.#close(field, start, end, at + 1);
      this.#put(field, start, end);
      field += 1;
      at += 1;
    }
  }

  #put(field: number, start: number, end: number): void {
    if (field >= this.#sources) return;
    const { starts, ends, rows } = this.#encoder.batch;
    starts[rows * this.#sources + field] = start;
    ends[rows * this.#sources + field] = end;
  }

  #close(field: number, start: number, end: number, next: number): Quoted {
    this.#put(field, start, end);
    if (field + 1 === this.#sources) return { next, problem: undefined };
    return { next, problem: field + 1 < this.#sources ? tooFew : tooMany };
  }

  /** Moves the record to where its doubled quotes are one: its bytes may have to be read again another way. */
  #undouble(bytes: Uint8Array, from: number, next: number): void {
    const encoder = this.#encoder;
    const values = Array.from({ length: this.#sources }, (_, field) => {
      const at = encoder.batch.rows * this.#sources + field;
      return { start: encoder.batch.starts[at] as number, end: encoder.batch.ends[at] as number };
    });
    const scratch = this.#scratch.bytes;
    if (this.#scratchUsed + next - from > scratch.length) {
      encoder.flush();
      this.#scratchUsed = 0;
    }
    const first = encoder.nextRow(this.#scratch);
    let to = this.#scratchUsed;
    for (const [field, { start, end }] of values.entries()) {
      encoder.batch.starts[first + field] = to;
      const isDoubled = this.#doubled.includes(field);
      for (let at = start; at < end; at += 1) {
        scratch[to] = bytes[at] as number;
        to += 1;
        if (isDoubled && bytes[at] === quote) at += 1;
      }
      encoder.batch.ends[first + field] = to;
    }
    this.#scratchUsed = to;
  }
}
