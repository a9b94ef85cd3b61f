import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LineCutter } from './file-lines.ts';
import type { Row } from './row.ts';
import { openRowFile } from './row-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'row-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
const rowsOf = async (name: string, content: string | Buffer, lineBytesMax?: number): Promise<Row[]> => {
  files += 1;
  const path = join(folder, `${files}-${name}`);
  await writeFile(path, content);
  const file = await openRowFile(path, {
    requiredColumns: ['at', 'case'],
    ...(lineBytesMax === undefined ? {} : { lineBytesMax }),
  });
  const rows: Row[] = [];
  for await (const batch of file.batches()) rows.push(...batch);
  expect(file.bytesRead()).toBe(file.bytesTotal);
  return rows;
};

describe('a file of rows', () => {
  it('is CSV or NDJSON, also compressed, with the line of every row', async () => {
    const csv = 'at,case\r\n1,A\r\n\r\n2,"B, ""x""\nsecond line"\n3,C';
    const expected = [
      { line: 2, fields: { at: '1', case: 'A' } },
      { line: 4, fields: { at: '2', case: 'B, "x"\nsecond line' } },
      { line: 6, fields: { at: '3', case: 'C' } },
    ];
    expect(await rowsOf('a.csv', csv)).toEqual(expected);
    expect(await rowsOf('a.csv.gz', gzipSync(csv))).toEqual(expected);
    expect(await rowsOf('a.csv', gzipSync(csv))).toEqual(expected);
    expect(await rowsOf('a.csv', `\ufeff${csv.replaceAll(',', ';')}`)).toMatchObject([{}, { line: 4 }, {}]);
    expect(await rowsOf('a.ndjson', '{"at":1}\n\n{"at":2}')).toEqual([
      { line: 1, fields: { at: 1 } },
      { line: 3, fields: { at: 2 } },
    ]);
  });

  it('loses one line to a quote that is never closed, and no other', async () => {
    const rows = Array.from({ length: 1_000 }, (_, n) => (n === 10 ? `${n},"never closed` : `${n},C${n}`));
    const read = await rowsOf('quote.csv', ['at,case', ...rows].join('\n'));
    expect(read.filter((row) => 'problem' in row)).toEqual([
      { line: 12, problem: 'opens a quote that is not closed; close or double it' },
    ]);
    expect(read).toHaveLength(1_000);
  });

  it.each([
    ['1,A\n2\n3,C', 3, 'has 1 fields where the first line names 2'],
    ['1,A\n2,B,extra\n3,C', 3, 'has 3 fields where the first line names 2'],
    ['1,A\n2,"B"x\n3,C', 3, 'has a quote inside a quoted field; double it'],
    ['1,A\n2,"B', 3, 'opens a quote that is not closed; close or double it'],
    [`1,A\n2,${'x'.repeat(300)}\n3,C`, 3, 'is longer than 200 bytes'],
  ])('names a bad line and goes on: %#', async (text, line, problem) => {
    const rows = await rowsOf('bad.csv', `at,case\n${text}`, 200);
    expect(rows.filter((row) => 'problem' in row)).toEqual([{ line, problem }]);
    expect(rows.length).toBe(text.split('\n').length);
  });

  it('names lines of NDJSON that are no objects, and bytes that are no UTF-8', async () => {
    const content = Buffer.concat([
      Buffer.from('{"at":1}\n[1]\n{"at":\n'),
      Buffer.of(0x7b, 0xff, 0x7d, 0x0a),
    ]);
    expect(await rowsOf('bad.ndjson', content)).toEqual([
      { line: 1, fields: { at: 1 } },
      { line: 2, problem: 'is not a JSON object' },
      { line: 3, problem: 'is not JSON' },
      { line: 4, problem: 'is not UTF-8; save the file as UTF-8' },
    ]);
  });

  it.each([
    ['empty.csv', '', /empty.csv: is empty; its first line must name the columns at, case/],
    [
      'head.csv',
      'when,case\n1,A',
      /head.csv, line 1: lacks the column at: the first line must name the columns/,
    ],
    ['twice.csv', 'at,case,at\n1,A,2', /twice.csv, line 1: names the column at twice/],
    ['wide.csv', Buffer.from('\ufeffat,case\n', 'utf16le'), /wide.csv: is UTF-16; save it as UTF-8/],
    [
      'cut.csv.gz',
      gzipSync(`at,case\n${'1,A\n'.repeat(9_999)}`).subarray(0, 60),
      /is a broken or cut-off gzip file/,
    ],
    ['rows.xlsx', 'x', /rows.xlsx: is neither .csv nor .ndjson/],
  ])('is refused in one line that names it and the fix: %s', async (name, content, message) => {
    await expect(rowsOf(name, content)).rejects.toMatchObject({ code: 'unprocessable' });
    await expect(rowsOf(name, content)).rejects.toThrow(message);
  });

  it('is refused when there is none', async () => {
    const open = openRowFile(join(folder, 'none.csv'), { requiredColumns: [] });
    await expect(open).rejects.toThrow('none.csv: does not exist; check the path.');
  });
});

describe('cutting bytes into lines', () => {
  it('gives the same lines wherever the chunks end', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '\n', '\r\n', '😀') });
    fc.assert(
      fc.property(text, fc.array(fc.nat(20)), (whole, cuts) => {
        const bytes = Buffer.from(whole);
        const cutter = new LineCutter(1_000);
        const lines = [];
        let from = 0;
        for (const size of cuts) {
          lines.push(...cutter.cut(bytes.subarray(from, from + size)));
          from += size;
        }
        lines.push(...cutter.cut(bytes.subarray(from)), ...cutter.end());
        const expected = whole.split('\n').map((line) => line.replace(/\r$/, ''));
        if (whole.endsWith('\n') || whole === '') expected.pop();
        expect(lines.map((line) => line.text)).toEqual(expected);
        expect(lines.map((line) => line.no)).toEqual(expected.map((_, index) => index + 1));
      }),
    );
  });
});
