/**
 * The values of one CSV row (RFC 4180) that a RowSplitter has cut out, so its quotes are balanced. A quoted value is
 * taken without its quotes, doubled quotes as one.
 */
export const csvCells = (row: string, delimiter: string): string[] => {
  if (!row.includes('"')) return row.split(delimiter);
  const cells: string[] = [];
  let at = 0;
  while (at <= row.length) {
    const quoted = row[at] === '"';
    const end = quoted ? endOfQuoted(row, at) : endOfPlain(row, at, delimiter);
    cells.push(quoted ? row.slice(at + 1, end - 1).replaceAll('""', '"') : row.slice(at, end));
    at = end + 1;
  }
  return cells;
};

const endOfQuoted = (row: string, open: number): number => {
  let close = row.indexOf('"', open + 1);
  while (row[close + 1] === '"') close = row.indexOf('"', close + 2);
  return close + 1;
};

const endOfPlain = (row: string, start: number, delimiter: string): number => {
  const end = row.indexOf(delimiter, start);
  return end < 0 ? row.length : end;
};
