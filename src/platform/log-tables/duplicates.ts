import type { Column } from './columns.ts';

const hashOf = (columns: readonly Column[], row: number): number => {
  let hash = 17;
  for (let at = 1; at < columns.length; at += 1)
    hash = Math.imul(hash ^ ((columns[at] as Column)[row] as number), 0x5bd1e995) ^ (hash >>> 13);
  return hash;
};

const isEqual = (columns: readonly Column[], a: number, b: number): boolean => {
  for (let at = 0; at < columns.length; at += 1) {
    const column = columns[at] as Column;
    if (!Object.is(column[a], column[b])) return false;
  }
  return true;
};

/** Marks rows of one group (equal in the first column) that equal an earlier one of it; returns how many. */
const markGroup = (
  columns: readonly Column[],
  group: { from: number; to: number },
  marks: Uint8Array,
): number => {
  const { from, to } = group;
  let marked = 0;
  if (to - from <= 8) {
    for (let row = from + 1; row < to; row += 1)
      for (let other = from; other < row; other += 1)
        if (isEqual(columns, row, other)) {
          marks[row] = 1;
          marked += 1;
          break;
        }
    return marked;
  }
  const seen = new Map<number, number[]>();
  for (let row = from; row < to; row += 1) {
    const hash = hashOf(columns, row);
    const same = seen.get(hash);
    if (!same) seen.set(hash, [row]);
    else if (same.some((other) => isEqual(columns, row, other))) {
      marks[row] = 1;
      marked += 1;
    } else same.push(row);
  }
  return marked;
};

/**
 * Leaves out, in place, rows equal to an earlier one in every column. Rows are in order of the first column, and no
 * group of equals is cut.
 * @returns how many rows are left
 */
export const leaveOutDuplicates = (columns: readonly Column[], rows: number): number => {
  const keys = columns[0] as Float64Array;
  let marks: Uint8Array | undefined;
  let marked = 0;
  for (let from = 0; from < rows; ) {
    let to = from + 1;
    while (to < rows && keys[to] === keys[from]) to += 1;
    if (to - from > 1) {
      marks ??= new Uint8Array(rows);
      marked += markGroup(columns, { from, to }, marks);
    }
    from = to;
  }
  if (!marks || marked === 0) return rows;
  for (const column of columns) {
    let kept = 0;
    for (let row = 0; row < rows; row += 1)
      if (marks[row] === 0) {
        column[kept] = column[row] as number;
        kept += 1;
      }
  }
  return rows - marked;
};
