/** One row with the line it began on, or a line that is no row and why. Problems hold no values. */
export type Row =
  | { readonly line: number; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly line: number; readonly problem: string };

export const isBadRow = (row: Row): row is Extract<Row, { problem: string }> => 'problem' in row;
