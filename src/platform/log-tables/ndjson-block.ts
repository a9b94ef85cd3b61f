import { isUtf8 } from 'node:buffer';
import { ByteSource } from './byte-source.ts';
import type { Block } from './csv-block.ts';
import { type EncodedBlock, type ParsePlan, recordBytesMax } from './parse-plan.ts';
import type { RowEncoder } from './row-encoder.ts';

const lineFeed = 10;
const quote = 34;
const backslash = 92;
const braceOpen = 123;
const braceClose = 125;
const comma = 44;
const colon = 58;

const tooLong = `is longer than ${recordBytesMax} bytes`;
const isSpace = (byte: number | undefined): boolean => byte === 32 || byte === 9 || byte === 13;

const utf8 = new TextDecoder();
const toUtf8 = new TextEncoder();

/** The value behind a key whose dots lead into objects; a key that holds a dot itself comes first. */
const valueAt = (row: Record<string, unknown>, key: string): unknown => {
  if (Object.hasOwn(row, key)) return row[key];
  let value: unknown = row;
  for (const step of key.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
};

const textOf = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(textOf).join(' ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

/**
 * Reads the rows of a block of NDJSON. A flat object without escapes, as most are, is read from its bytes; any other
 * line goes through JSON.parse.
 */
export class NdjsonBlocks {
  readonly #keys: readonly Uint8Array[];
  readonly #plan: ParsePlan;
  readonly #encoder: RowEncoder;
  readonly #isFlat: boolean;
  /** Values of lines that went through JSON.parse. */
  readonly #scratch = new ByteSource(new Uint8Array(4 * recordBytesMax));
  #scratchUsed = 0;

  constructor(plan: ParsePlan, encoder: RowEncoder) {
    this.#plan = plan;
    this.#encoder = encoder;
    this.#keys = plan.keys.map((key) => toUtf8.encode(key));
    this.#isFlat = plan.keys.every((key) => !key.includes('.'));
  }

  read({ bytes, from, to, isLast, inLongLine }: Block): EncodedBlock {
    this.#encoder.begin();
    const source = new ByteSource(bytes);
    let at = from;
    if (inLongLine) {
      const end = bytes.indexOf(lineFeed, at);
      if (end < 0) return this.#encoder.take(bytes.length, !isLast);
      at = end + 1;
    }
    while (at < to) {
      const end = bytes.indexOf(lineFeed, at);
      if (end < 0 && !isLast) {
        this.#encoder.brokenRow(tooLong);
        return this.#encoder.take(bytes.length, true);
      }
      this.#line(source, at, end < 0 ? bytes.length : end);
      at = (end < 0 ? bytes.length : end) + 1;
    }
    return this.#encoder.take(Math.min(at, bytes.length), false);
  }

  #line(source: ByteSource, from: number, to: number): void {
    const { bytes } = source;
    let start = from;
    let end = to;
    while (start < end && isSpace(bytes[start])) start += 1;
    while (end > start && isSpace(bytes[end - 1])) end -= 1;
    if (start === end) this.#encoder.emptyLine();
    else if (to - from > recordBytesMax) this.#encoder.brokenRow(tooLong);
    else if (this.#isFlat && this.#scan(source, start, end)) this.#endRow();
    else {
      const problem = this.#parse(bytes.subarray(start, end));
      if (problem === undefined) this.#endRow();
      else this.#encoder.brokenRow(problem);
    }
  }

  #endRow(): void {
    this.#encoder.batch.hasSpaces = true;
    this.#encoder.endRow();
  }

  /** Finds the values of a flat object; false when the line needs the whole of JSON. */
  #scan(source: ByteSource, from: number, to: number): boolean {
    const { bytes } = source;
    const { starts, ends } = this.#encoder.batch;
    const first = this.#encoder.nextRow(source);
    starts.fill(0, first, first + this.#keys.length);
    ends.fill(0, first, first + this.#keys.length);
    if (bytes[from] !== braceOpen || bytes[to - 1] !== braceClose) return false;
    let at = from + 1;
    for (;;) {
      while (isSpace(bytes[at])) at += 1;
      if (bytes[at] !== quote) return at === to - 1 && at === from + 1;
      const keyStart = at + 1;
      const keyEnd = this.#stringEnd(bytes, keyStart, to);
      if (keyEnd < 0) return false;
      at = keyEnd + 1;
      while (isSpace(bytes[at])) at += 1;
      if (bytes[at] !== colon) return false;
      at += 1;
      while (isSpace(bytes[at])) at += 1;
      let start = at;
      let end: number;
      if (bytes[at] === quote) {
        start = at + 1;
        end = this.#stringEnd(bytes, start, to);
        if (end < 0) return false;
        at = end + 1;
      } else {
        end = this.#literalEnd(bytes, at, to);
        if (end < 0) return false;
        at = end;
        if (bytes[start] === 110) start = end;
      }
      const key = this.#keyAt(bytes, keyStart, keyEnd);
      if (key >= 0) {
        starts[first + key] = start;
        ends[first + key] = end;
      }
      while (isSpace(bytes[at])) at += 1;
      if (at === to - 1) return true;
      if (bytes[at] !== comma) return false;
      at += 1;
      while (isSpace(bytes[at])) at += 1;
      if (bytes[at] !== quote) return false;
    }
  }

  #stringEnd(bytes: Uint8Array, from: number, to: number): number {
    for (let at = from; at < to; at += 1) {
      const byte = bytes[at] as number;
      if (byte === quote) return at;
      if (byte === backslash || byte < 32) return -1;
    }
    return -1;
  }

  /** The end of a plain number, `true`, `false` or `null`. */
  #literalEnd(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    while (at < to && bytes[at] !== comma && bytes[at] !== braceClose && !isSpace(bytes[at])) at += 1;
    if (at - from > 20) return -1;
    const text = utf8.decode(bytes.subarray(from, at));
    return /^(-?(0|[1-9]\d*)(\.\d+)?|true|false|null)$/.test(text) ? at : -1;
  }

  #keyAt(bytes: Uint8Array, from: number, to: number): number {
    const keys = this.#keys;
    for (let key = 0; key < keys.length; key += 1) {
      const own = keys[key] as Uint8Array;
      if (own.length !== to - from) continue;
      let at = 0;
      while (at < own.length && own[at] === bytes[from + at]) at += 1;
      if (at === own.length) return key;
    }
    return -1;
  }

  /** Reads a line as JSON into the scratch memory; says why it is no row. */
  #parse(line: Uint8Array): string | undefined {
    if (!isUtf8(line)) return 'is not UTF-8: save the file as UTF-8';
    let row: unknown;
    try {
      row = JSON.parse(utf8.decode(line));
    } catch {
      return 'is not JSON: write one object a line';
    }
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      return 'is not a JSON object: write one object a line';
    const texts = this.#plan.keys.map((key) =>
      toUtf8.encode(textOf(valueAt(row as Record<string, unknown>, key))),
    );
    const bytes = texts.reduce((sum, text) => sum + text.length, 0);
    // Two of our columns may read the same long value.
    if (bytes > this.#scratch.bytes.length) return tooLong;
    if (this.#scratchUsed + bytes > this.#scratch.bytes.length) {
      this.#encoder.flush();
      this.#scratchUsed = 0;
    }
    const first = this.#encoder.nextRow(this.#scratch);
    for (const [key, text] of texts.entries()) {
      this.#scratch.bytes.set(text, this.#scratchUsed);
      this.#encoder.batch.starts[first + key] = this.#scratchUsed;
      this.#scratchUsed += text.length;
      this.#encoder.batch.ends[first + key] = this.#scratchUsed;
    }
    return undefined;
  }
}
