/**
 * Columns that grow: a column is a plain typed array, so that a detector's memory is kept by any structured
 * serialiser; whoever needs more places gets a longer copy.
 */
const grownLength = (places: number): number => Math.max(64, Math.ceil(places * 1.5));

export const grownFloats = (column: Float64Array, places: number): Float64Array<ArrayBuffer> => {
  const grown = new Float64Array(grownLength(places));
  grown.set(column);
  return grown;
};

export const grownInts = (column: Int32Array, places: number): Int32Array<ArrayBuffer> => {
  const grown = new Int32Array(grownLength(places));
  grown.set(column);
  return grown;
};

export const grownBytes = (column: Uint8Array, places: number): Uint8Array<ArrayBuffer> => {
  const grown = new Uint8Array(grownLength(places));
  grown.set(column);
  return grown;
};

/** How many of the lowest 32 bits are set. */
export const bitCount = (mask: number): number => {
  let bits = mask - ((mask >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
};
