const bucketMs = 60_000;

/** The rows in ascending order of time; rows of the same instant keep their order. */
export const orderByTime = (atMs: Float64Array): Uint32Array => {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const at of atMs) {
    if (at < first) first = at;
    if (at > last) last = at;
  }
  if (atMs.length === 0) return new Uint32Array(0);
  const bucketOf = (row: number): number => Math.floor(((atMs[row] ?? 0) - first) / bucketMs);
  const starts = new Uint32Array(Math.floor((last - first) / bucketMs) + 2);
  for (let row = 0; row < atMs.length; row += 1) {
    const after = bucketOf(row) + 1;
    starts[after] = (starts[after] ?? 0) + 1;
  }
  for (let bucket = 1; bucket < starts.length; bucket += 1)
    starts[bucket] = (starts[bucket] ?? 0) + (starts[bucket - 1] ?? 0);
  const ends = starts.slice();
  const order = new Uint32Array(atMs.length);
  for (let row = 0; row < atMs.length; row += 1) {
    const bucket = bucketOf(row);
    const start = starts[bucket] ?? 0;
    let place = ends[bucket] ?? 0;
    ends[bucket] = place + 1;
    // Insertion from the end: rows arrive nearly in order, and only strictly later ones step aside.
    while (place > start && (atMs[order[place - 1] ?? 0] ?? 0) > (atMs[row] ?? 0)) {
      order[place] = order[place - 1] ?? 0;
      place -= 1;
    }
    order[place] = row;
  }
  return order;
};
