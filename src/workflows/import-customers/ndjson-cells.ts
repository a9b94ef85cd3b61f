import type { RowFlaw } from './bad-row.ts';
import type { Column } from './import-columns.ts';
import type { Cell } from './read-row.ts';

/** From this many characters on, a number in JSON may have been rounded while it was read. */
const exactCharsMax = 15;
const namesMax = 500;

/**
 * The values of one NDJSON row that are to be taken, or why it is none. `null` is an absent value; what stands under a
 * name that is left out is not looked at, whatever it is.
 * @param columnOf what a name is for
 */
export const ndjsonCells = (line: string, columnOf: (name: string) => Column): readonly Cell[] | RowFlaw => {
  const row = parseObject(line);
  if (row === undefined) return { reason: 'not-json', field: undefined };
  const names = Object.keys(row);
  if (names.length > namesMax) return { reason: 'column-count', field: undefined };
  const cells: Cell[] = [];
  for (const name of names) {
    const value = row[name];
    const column = columnOf(name);
    if (column.kind === 'left-out' || value === null) continue;
    const field = column.kind === 'field' ? column.field.name : column.kind;
    if (typeof value === 'object') return { reason: 'value-not-text', field };
    const text = String(value);
    if (typeof value === 'number' && text.length > exactCharsMax)
      return { reason: 'number-not-exact', field };
    cells.push([column, text]);
  }
  return cells;
};

const parseObject = (line: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const row: unknown = JSON.parse(line);
    return typeof row === 'object' && row !== null && !Array.isArray(row)
      ? (row as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
};
