/** One number a pixel, rows from the top. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

export const planeOf = (width: number, height: number): Plane => ({
  width,
  height,
  values: new Float32Array(width * height),
});

/** Running sums along each row, then along each column: the cost does not grow with the radius. */
const boxRows = (from: Plane, radius: number): Plane => {
  const to = planeOf(from.width, from.height);
  const { width, height } = from;
  for (let y = 0; y < height; y += 1) {
    const row = y * width;
    let sum = 0;
    for (let x = 0; x < Math.min(radius, width); x += 1) sum += from.values[row + x] as number;
    for (let x = 0; x < width; x += 1) {
      if (x + radius < width) sum += from.values[row + x + radius] as number;
      if (x - radius - 1 >= 0) sum -= from.values[row + x - radius - 1] as number;
      to.values[row + x] = sum;
    }
  }
  return to;
};

const boxColumns = (from: Plane, radius: number): Plane => {
  const to = planeOf(from.width, from.height);
  const { width, height } = from;
  const sums = new Float64Array(width);
  const add = (y: number, sign: number): void => {
    if (y < 0 || y >= height) return;
    for (let x = 0; x < width; x += 1)
      sums[x] = (sums[x] as number) + sign * (from.values[y * width + x] as number);
  };
  for (let y = 0; y < Math.min(radius, height); y += 1) add(y, 1);
  for (let y = 0; y < height; y += 1) {
    add(y + radius, 1);
    add(y - radius - 1, -1);
    to.values.set(sums, y * width);
  }
  return to;
};

/** The sum over the square of side `2 * radius + 1` around each pixel; outside the plane counts as nothing. */
const boxSum = (from: Plane, radius: number): Plane => boxColumns(boxRows(from, radius), radius);

const cellPx = 4;

/** Sums of `values` times `weights` (or of `values` alone) over cells of 4 x 4 pixels. */
const cellSums = (values: Plane, weights: Plane | undefined): Plane => {
  const cells = planeOf(Math.ceil(values.width / cellPx), Math.ceil(values.height / cellPx));
  for (let y = 0, at = 0; y < values.height; y += 1) {
    const row = (y >> 2) * cells.width;
    for (let x = 0; x < values.width; x += 1, at += 1) {
      const to = row + (x >> 2);
      const weight = weights ? (weights.values[at] as number) : 1;
      cells.values[to] = (cells.values[to] as number) + (values.values[at] as number) * weight;
    }
  }
  return cells;
};

/** Stretches a plane of cells to full size with bilinear interpolation between the cells' middles. */
const spreadCells = (cells: Plane, width: number, height: number): Plane => {
  const to = planeOf(width, height);
  const lineOf = (y: number): number => Math.max(0, Math.min(cells.height - 1, y)) * cells.width;
  for (let y = 0, at = 0; y < height; y += 1) {
    const exactY = (y + 0.5) / cellPx - 0.5;
    const down = exactY - Math.floor(exactY);
    const upper = lineOf(Math.floor(exactY));
    const lower = lineOf(Math.floor(exactY) + 1);
    for (let x = 0; x < width; x += 1, at += 1) {
      const exactX = (x + 0.5) / cellPx - 0.5;
      const left = Math.max(0, Math.floor(exactX));
      const right = Math.min(cells.width - 1, Math.floor(exactX) + 1);
      const share = exactX < 0 ? 0 : exactX - left;
      const top =
        (cells.values[upper + left] as number) * (1 - share) +
        (cells.values[upper + right] as number) * share;
      const bottom =
        (cells.values[lower + left] as number) * (1 - share) +
        (cells.values[lower + right] as number) * share;
      to.values[at] = top * (1 - down) + bottom * down;
    }
  }
  return to;
};

/**
 * The weighted mean of `values` over about the square of side `2 * radius + 1` around each pixel, worked out on
 * cells of 4 x 4 pixels and interpolated. Where nothing has weight the mean is 0.
 */
export const localMean = (values: Plane, weights: Plane, radius: number): Plane => {
  const cellRadius = Math.max(1, Math.round(radius / cellPx));
  const sums = boxSum(cellSums(values, weights), cellRadius);
  const whole = boxSum(cellSums(weights, undefined), cellRadius);
  for (let at = 0; at < sums.values.length; at += 1) {
    const weight = whole.values[at] as number;
    sums.values[at] = weight > 1e-3 ? (sums.values[at] as number) / weight : 0;
  }
  return spreadCells(sums, values.width, values.height);
};

/** Values smaller than this are no noise but a flat area: a border around the photo, a filled box. */
const flatSize = 0.25;

/** The median size of a sample of the trusted values that are not flat; 0 when there are none. */
export const medianSize = (values: Plane, trust: Plane | undefined): number => {
  const stride = Math.max(1, Math.floor(values.values.length / 40_009));
  const sample: number[] = [];
  for (let at = 0; at < values.values.length; at += stride) {
    const size = Math.abs(values.values[at] as number);
    if (size > flatSize && (!trust || (trust.values[at] as number) > 0.3)) sample.push(size);
  }
  sample.sort((a, b) => a - b);
  return sample[sample.length >> 1] ?? 0;
};
