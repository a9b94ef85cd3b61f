/** A column of rows in memory. */
export type Column = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;
export type ColumnForm = 'float64' | 'int32' | 'uint8';

export const formBytes = { float64: 8, int32: 4, uint8: 1 } as const;

export const newColumn = (form: ColumnForm, rows: number): Column => {
  if (form === 'float64') return new Float64Array(rows);
  return form === 'int32' ? new Int32Array(rows) : new Uint8Array(rows);
};

/** A window on bytes as a column. `offset` is a multiple of the form's size. */
export const columnOn = (
  form: ColumnForm,
  memory: ArrayBuffer,
  at: { offset: number; rows: number },
): Column => {
  if (form === 'float64') return new Float64Array(memory, at.offset, at.rows);
  return form === 'int32'
    ? new Int32Array(memory, at.offset, at.rows)
    : new Uint8Array(memory, at.offset, at.rows);
};
