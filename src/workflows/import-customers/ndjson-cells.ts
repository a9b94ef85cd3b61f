import type { RowFlaw } from './bad-row.ts';

/** From this many characters on, a number in JSON may have been rounded while it was read. */
const exactCharsMax = 15;
const namesMax = 500;

/** The names and values of one NDJSON row, or why it is none. `null` is an absent value. */
export const ndjsonCells = (line: string): readonly (readonly [string, string])[] | RowFlaw => {
  const row = parseObject(line);
  if (row === undefined) return { reason: 'not-json', field: undefined };
  const names = Object.keys(row);
  if (names.length > namesMax) return { reason: 'column-count', field: undefined };
  const cells: (readonly [string, string])[] = [];
  for (const name of names) {
    const value = row[name];
    if (value === null) continue;
    if (typeof value === 'string') cells.push([name, value]);
    else if (typeof value === 'number' || typeof value === 'boolean') cells.push([name, String(value)]);
    else return { reason: 'value-not-text', field: plainName(name) };
    if (typeof value === 'number' && String(value).length > exactCharsMax)
      return { reason: 'number-not-exact', field: plainName(name) };
  }
  return cells;
};

/** A name as it may be repeated: only what looks like the name of a field, for it could be anything. */
export const plainName = (name: string): string | undefined =>
  /^[A-Za-z][\w .-]{0,39}$/.test(name) ? name : undefined;

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
