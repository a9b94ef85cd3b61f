import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowSorter } from './row-sorter.ts';

const row = fc.tuple(
  fc.integer({ min: 0, max: 60 }),
  fc.integer({ min: 0, max: 3 }),
  fc.integer({ min: 0, max: 2 }),
);

const sorted = async (rows: readonly (readonly number[])[], memoryBytesMax: number, part: number) => {
  const sorter = new RowSorter(['float64', 'uint8', 'int32'], memoryBytesMax);
  for (let from = 0; from < rows.length; from += part) {
    const some = rows.slice(from, from + part);
    const column = (at: number): number[] => some.map((values) => values[at] ?? 0);
    await sorter.add(some.length, [
      Float64Array.from(column(0)),
      Uint8Array.from(column(1)),
      Int32Array.from(column(2)),
    ]);
  }
  const out: number[][] = [];
  for await (const [at, word, id] of sorter.inOrder())
    for (const [place, key] of (at ?? new Float64Array()).entries())
      out.push([key, word?.[place] ?? -1, id?.[place] ?? -1]);
  await sorter.close();
  return { out, duplicates: sorter.duplicates };
};

/** Ascending by time, first come first, each row once. */
const plainly = (rows: readonly (readonly number[])[]) => {
  const seen = new Set<string>();
  const unique = rows.filter((values) => !seen.has(values.join()) && seen.add(values.join()));
  return unique.toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
};

describe('rows', () => {
  it('come in order of time, equal times as they came, exact duplicates once, in memory as from a file', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 200 }),
        fc.constantFrom(0, 1 << 20),
        async (rows, memory) => {
          const { out, duplicates } = await sorted(rows, memory, 17);
          expect(out).toEqual(plainly(rows));
          expect(duplicates).toBe(rows.length - out.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of many runs are merged, whether a run lies in memory or in a file', async () => {
    const count = 600_000;
    const at = Float64Array.from(
      { length: count },
      (_, place) => Date.UTC(2026, 0, 1) + ((place * 7_919_317) % 90_000_000_000),
    );
    const word = new Uint8Array(count);
    const id = Int32Array.from({ length: count }, (_, place) => place);
    for (const memory of [0, 1 << 30]) {
      const sorter = new RowSorter(['float64', 'uint8', 'int32'], memory);
      await sorter.add(count, [at, word, id]);
      let rows = 0;
      let before = Number.NEGATIVE_INFINITY;
      let isRight = true;
      for await (const [times, , ids] of sorter.inOrder())
        for (let place = 0; place < (times?.length ?? 0); place += 1) {
          const time = times?.[place] ?? 0;
          isRight &&= time >= before && at[ids?.[place] ?? 0] === time;
          before = time;
          rows += 1;
        }
      await sorter.close();
      expect([rows, isRight]).toEqual([count, true]);
    }
  });

  it('of one and the same moment are all there, however many', async () => {
    const rows = Array.from({ length: 150_000 }, (_, place) => [5, 0, place % 140_000]);
    const { out, duplicates } = await sorted(rows, 1 << 30, 150_000);
    expect([out.length, duplicates]).toEqual([140_000, 10_000]);
  });
});
