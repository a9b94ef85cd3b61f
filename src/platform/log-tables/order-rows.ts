const digitBits = 11;
const digits = 1 << digitBits;

const isAscending = (keys: Float64Array, rows: number): boolean => {
  for (let at = 1; at < rows; at += 1) if ((keys[at] as number) < (keys[at - 1] as number)) return false;
  return true;
};

/**
 * The order in which rows stand by ascending key, equal keys in the order they came: a radix sort over whole numbers.
 * @returns undefined when they stand so already
 */
export const ascendingOrder = (keys: Float64Array, rows: number): Uint32Array | undefined => {
  if (isAscending(keys, rows)) return undefined;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < rows; at += 1) {
    const key = keys[at] as number;
    if (key < least) least = key;
    if (key > most) most = key;
  }
  const half = 2 ** (2 * digitBits);
  const low = new Uint32Array(rows);
  const high = new Uint32Array(rows);
  for (let at = 0; at < rows; at += 1) {
    const above = Math.floor((keys[at] as number) - least);
    const upper = Math.floor(above / half);
    high[at] = upper;
    low[at] = above - upper * half;
  }
  let order = new Uint32Array(rows);
  for (let at = 0; at < rows; at += 1) order[at] = at;
  let next = new Uint32Array(rows);
  const counts = new Uint32Array(digits);
  const span = most - least;
  for (let digit = 0; digit < 4 && span >= 2 ** (digit * digitBits); digit += 1) {
    const part = digit < 2 ? low : high;
    const shift = (digit % 2) * digitBits;
    counts.fill(0);
    for (let at = 0; at < rows; at += 1) {
      const place = ((part[at] as number) >>> shift) & (digits - 1);
      counts[place] = (counts[place] as number) + 1;
    }
    for (let place = 0, sum = 0; place < digits; place += 1) {
      const count = counts[place] as number;
      counts[place] = sum;
      sum += count;
    }
    for (let at = 0; at < rows; at += 1) {
      const row = order[at] as number;
      const place = ((part[row] as number) >>> shift) & (digits - 1);
      const to = counts[place] as number;
      next[to] = row;
      counts[place] = to + 1;
    }
    [order, next] = [next, order];
  }
  return order;
};
