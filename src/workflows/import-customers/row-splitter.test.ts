import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvCells } from './csv-cells.ts';
import { RowSplitter, type RowSplitting } from './row-splitter.ts';

const usual: RowSplitting = {
  delimiter: 44,
  rowBytesMax: 200,
  batchRowsMax: 3,
  batchBytesMax: 120,
  startBytes: 0,
  startLine: 1,
};

interface Split {
  readonly rows: { readonly text: string; readonly line: number }[];
  readonly bad: string[];
  readonly ends: { readonly bytes: number; readonly line: number }[];
}

/** Splits a text that arrives in chunks of the given sizes, over and over. */
const split = (
  text: string | Buffer,
  chunkBytes: readonly number[] = [1_000_000],
  over: Partial<RowSplitting> = {},
): Split => {
  const splitter = new RowSplitter({ ...usual, ...over });
  const bytes = Buffer.from(text);
  const result: Split = { rows: [], bad: [], ends: [] };
  let at = 0;
  for (let turn = 0; turn === 0 || at < bytes.length; turn += 1) {
    const size = Math.max(1, chunkBytes[turn % chunkBytes.length] ?? 1);
    const chunk = bytes.subarray(at, at + size);
    at += size;
    for (const batch of splitter.push(chunk, at >= bytes.length)) {
      for (let place = 0; place < batch.places.length; place += 3)
        result.rows.push({
          text: batch.bytes.toString('utf8', batch.places[place], batch.places[place + 1]),
          line: batch.places[place + 2] ?? 0,
        });
      result.bad.push(...batch.bad.map(({ line, reason }) => `${line} ${reason}`));
      result.ends.push({ bytes: batch.endBytes, line: batch.endLine });
    }
  }
  return result;
};

const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;
const value = fc.string({
  unit: fc.constantFrom('a', 'ä', '"', ',', '\n', '\r\n', ' ', ';', '漢'),
  maxLength: 8,
});
const cell = fc.tuple(value, fc.boolean()).map(([text, always]) => ({
  text,
  written: always || /[",\n\r]/.test(text) ? quoted(text) : text,
}));
const table = fc.tuple(
  fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 12 }),
  fc.constantFrom('\n', '\r\n'),
  fc.boolean(),
);
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

describe('rows of a CSV file', () => {
  it('are the rows that an independent parser finds, however the bytes arrive', () => {
    fc.assert(
      fc.property(table, sizes, ([rows, lineEnd, ended], chunkBytes) => {
        const lines = rows.map((cells) => cells.map(({ written }) => written).join(','));
        const text = lines.join(lineEnd) + (ended && lines.length > 0 ? lineEnd : '');
        const { rows: found, bad } = split(text, chunkBytes);
        expect(bad).toEqual([]);
        expect(found.map((row) => csvCells(row.text, ','))).toEqual(
          rows.map((cells) => cells.map((one) => one.text)),
        );
        const theirs: string[][] = parse(text, { relax_column_count: true, skip_empty_lines: true });
        expect(found.map((row) => csvCells(row.text, ','))).toEqual(theirs);
      }),
      { numRuns: 500 },
    );
  });
  it('carry the line that they begin at, whatever stands in quotes before them', () => {
    const text = 'a,b\n"x\ny\nz",1\r\n\nc,d\n"q",""""\n';
    expect(split(text).rows.map((row) => row.line)).toEqual([1, 2, 6, 7]);
    expect(split(text).ends.at(-1)).toEqual({ bytes: text.length, line: 8 });
  });
  it('are the same rows when the file is read on from the end of any batch', () => {
    fc.assert(
      fc.property(table, sizes, fc.nat(), ([rows, lineEnd], chunkBytes, pick) => {
        const text = rows.map((cells) => cells.map(({ written }) => written).join(',')).join(lineEnd);
        const whole = split(text, chunkBytes);
        fc.pre(whole.ends.length > 0);
        const from = whole.ends[pick % whole.ends.length];
        fc.pre(from !== undefined);
        const rest = split(Buffer.from(text).subarray(from?.bytes), chunkBytes, {
          startBytes: from?.bytes ?? 0,
          startLine: from?.line ?? 1,
        });
        expect(rest.rows).toEqual(whole.rows.slice(whole.rows.length - rest.rows.length));
        const before = whole.rows.filter((row) => row.line < (from?.line ?? 0));
        expect([...before, ...rest.rows]).toEqual(whole.rows);
        expect(rest.ends.at(-1) ?? from).toEqual(whole.ends.at(-1));
      }),
      { numRuns: 300 },
    );
  });
  it('lose one line to a quote that is never closed, and no more', () => {
    for (const chunkBytes of [[1_000], [1], [7, 3]]) {
      const found = split('a,b\nc,"d\ne,f\ng,h\n', chunkBytes);
      expect(found.rows.map((row) => row.text)).toEqual(['a,b', 'e,f', 'g,h']);
      expect(found.bad).toEqual(['2 quotes-unbalanced']);
      expect(found.rows.map((row) => row.line)).toEqual([1, 3, 4]);
    }
  });
  it('lose one line to text behind a closing quote', () => {
    for (const row of ['c,"d"e', 'c,"d" ,e', 'c,"d"\re', '"d"\r,e'])
      for (const chunkBytes of [[1_000], [1], [5, 2]]) {
        const found = split(`a,b\n${row}\ng,h`, chunkBytes);
        expect([found.rows.map((one) => one.text), found.bad], row).toEqual([
          ['a,b', 'g,h'],
          ['2 quotes-unbalanced'],
        ]);
      }
  });
  it('take a quote inside an unquoted value as a sign', () => {
    expect(split('a,5" pipe,b\nc,d,e').rows.map((row) => csvCells(row.text, ','))).toEqual([
      ['a', '5" pipe', 'b'],
      ['c', 'd', 'e'],
    ]);
  });
  it('lose a line that is too long, however long, and keep those around it', () => {
    for (const long of [201, 5_000, 100_000])
      for (const chunkBytes of [[1_000_000], [64], [1_000, 1]])
        for (const body of ['x'.repeat(long), `"${'x'.repeat(long)}"`]) {
          const found = split(`a,b\n${body}\ng,h\n`, chunkBytes);
          expect(found.rows.map((row) => `${row.line} ${row.text}`)).toEqual(['1 a,b', '3 g,h']);
          expect(found.bad).toEqual(['2 line-too-long']);
          expect(found.ends.at(-1)).toEqual({ bytes: 4 + body.length + 1 + 4, line: 4 });
        }
  });
  it('hold no more than a batch and a row in memory while a line of 50 MB goes by', () => {
    const splitter = new RowSplitter({ ...usual, delimiter: undefined });
    const chunk = Buffer.alloc(1_000_000, 0x78);
    const before = process.memoryUsage().arrayBuffers;
    for (let turn = 0; turn < 50; turn += 1) for (const _ of splitter.push(chunk, false)) expect.fail();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
    const rest = [...splitter.push(Buffer.from('\nok\n'), true)];
    expect(rest.flatMap((batch) => batch.bad)).toEqual([
      { line: 1, field: undefined, reason: 'line-too-long' },
    ]);
    expect(rest.at(-1)?.endBytes).toBe(50_000_004);
  });
});

describe('rows of an NDJSON file', () => {
  it('are its lines, whatever quotes they hold', () => {
    const found = split('{"a":"b\\"\\n"}\r\n\n{"c":"\n"}', [5], { delimiter: undefined });
    expect(found.rows).toEqual([
      { text: '{"a":"b\\"\\n"}', line: 1 },
      { text: '{"c":"', line: 3 },
      { text: '"}', line: 4 },
    ]);
  });
});

describe('an empty file', () => {
  it('has no rows and no batch', () => {
    expect(split('')).toEqual({ rows: [], bad: [], ends: [] });
  });
});
