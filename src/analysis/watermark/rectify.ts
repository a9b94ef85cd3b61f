import type { InkPlane } from './ink-plane.ts';
import { tileCssPx } from './mark-layout.ts';
import { type Point, type Pose, toPage, toPhoto } from './pose.ts';

/** CSS pixels between samples of the flattened page: the shortest wave of the mark spans more than five. */
export const samplePitchCssPx = 2;
/** Samples along the edge of a tile, and of a block. Blocks fill tiles evenly. */
export const tileSamples = tileCssPx / samplePitchCssPx;
export const blockSamples = 16;
const samplesMax = 1_600_000;

/** The ink of a photo laid flat: sample (0, 0) is the top left corner of a tile, up to one common shift. */
export interface FlatInk {
  readonly width: number;
  readonly height: number;
  /** Page coordinates of sample (0, 0) in CSS pixels; multiples of the tile. */
  readonly left: number;
  readonly top: number;
  readonly ink: Float32Array;
  readonly trust: Float32Array;
}

/**
 * A smooth correction of the page coordinates: cubic polynomials in x and y, in CSS pixels, of coordinates scaled
 * by `half` around the middle. What a homography with one lens term cannot say.
 */
export interface Warp {
  readonly middle: Point;
  readonly half: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
}

export const warpTermCount = 10;
export const warpTerms = (x: number, y: number, terms: Float64Array): Float64Array => {
  terms[0] = 1;
  terms[1] = x;
  terms[2] = y;
  terms[3] = x * x;
  terms[4] = x * y;
  terms[5] = y * y;
  terms[6] = x * x * x;
  terms[7] = x * x * y;
  terms[8] = x * y * y;
  terms[9] = y * y * y;
  return terms;
};

interface Extent {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The bounding box of what the photo shows, in whole tiles; undefined when it is absurdly large. */
export const extentOf = (
  pose: Pose,
  frame: { readonly width: number; readonly height: number },
): Extent | undefined => {
  const edge = [0, 0.25, 0.5, 0.75, 1];
  const rim = edge.flatMap((t) => [
    toPage(pose, t * frame.width, 0),
    toPage(pose, t * frame.width, frame.height),
    toPage(pose, 0, t * frame.height),
    toPage(pose, frame.width, t * frame.height),
  ]);
  const tiles = (value: number): number => Math.floor(value / tileCssPx);
  const left = tiles(Math.min(...rim.map(({ x }) => x)));
  const top = tiles(Math.min(...rim.map(({ y }) => y)));
  const right = tiles(Math.max(...rim.map(({ x }) => x))) + 1;
  const bottom = tiles(Math.max(...rim.map(({ y }) => y))) + 1;
  const width = (right - left) * tileSamples;
  const height = (bottom - top) * tileSamples;
  if (!(width * height <= samplesMax)) return undefined;
  return { left: left * tileCssPx, top: top * tileCssPx, width, height };
};

const shiftAt = (warp: Warp | undefined, point: Point, terms: Float64Array): Point => {
  if (!warp) return { x: 0, y: 0 };
  const limited = (value: number): number => Math.max(-1.2, Math.min(1.2, value));
  warpTerms(
    limited((point.x - warp.middle.x) / warp.half),
    limited((point.y - warp.middle.y) / warp.half),
    terms,
  );
  let x = 0;
  let y = 0;
  for (let i = 0; i < warpTermCount; i += 1) {
    x += (warp.x[i] as number) * (terms[i] as number);
    y += (warp.y[i] as number) * (terms[i] as number);
  }
  return { x, y };
};

/** Photo coordinates for the corners of a coarse mesh: in between, straight lines are exact enough. */
const meshPitch = 8;
const meshOf = (
  pose: Pose,
  extent: Extent,
  warp: Warp | undefined,
): { columns: number; x: Float32Array; y: Float32Array } => {
  const columns = extent.width / meshPitch + 1;
  const rows = extent.height / meshPitch + 1;
  const mesh = { columns, x: new Float32Array(columns * rows), y: new Float32Array(columns * rows) };
  const terms = new Float64Array(warpTermCount);
  for (let row = 0, at = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1, at += 1) {
      const pageX = extent.left + column * meshPitch * samplePitchCssPx;
      const pageY = extent.top + row * meshPitch * samplePitchCssPx;
      const shift = shiftAt(warp, { x: pageX, y: pageY }, terms);
      const photo = toPhoto(pose, pageX + shift.x, pageY + shift.y);
      mesh.x[at] = photo.x - 0.5;
      mesh.y[at] = photo.y - 0.5;
    }
  }
  return mesh;
};

interface Span {
  /** The flat sample that the run starts at. */
  readonly to: number;
  /** Photo coordinates of the span's first sample, and the step to the next. */
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
}

/** Copies one run of samples along a straight line through the photo, with bilinear interpolation. */
const copySpan = (plane: InkPlane, flat: FlatInk, { to, x, y, stepX, stepY }: Span): void => {
  const { width, height, ink, trust } = plane;
  for (let i = 0, px = x, py = y; i < meshPitch; i += 1, px += stepX, py += stepY) {
    if (!(px >= 0 && py >= 0 && px < width - 1 && py < height - 1)) continue;
    const column = Math.floor(px);
    const line = Math.floor(py);
    const fx = px - column;
    const fy = py - line;
    const from = line * width + column;
    const under = from + width;
    const b = fx * (1 - fy);
    const d = fx * fy;
    const c = fy - d;
    const a = 1 - fx - c;
    flat.ink[to + i] =
      a * (ink[from] as number) +
      b * (ink[from + 1] as number) +
      c * (ink[under] as number) +
      d * (ink[under + 1] as number);
    flat.trust[to + i] =
      a * (trust[from] as number) +
      b * (trust[from + 1] as number) +
      c * (trust[under] as number) +
      d * (trust[under + 1] as number);
  }
};

/** Lays the ink of a photo flat by `pose` and `warp`. */
export const rectify = (
  plane: InkPlane,
  pose: Pose,
  at: { readonly extent: Extent; readonly warp: Warp | undefined },
): FlatInk => {
  const { extent, warp } = at;
  const mesh = meshOf(pose, extent, warp);
  const count = extent.width * extent.height;
  const flat = { ...extent, ink: new Float32Array(count), trust: new Float32Array(count) };
  const outside = (x0: number, x1: number, edge: number): boolean =>
    (x0 < 0 && x1 < 0) || (x0 > edge && x1 > edge);
  for (let y = 0; y < extent.height; y += 1) {
    const down = (y % meshPitch) / meshPitch;
    const row = Math.floor(y / meshPitch) * mesh.columns;
    for (let cell = 0; cell < mesh.columns - 1; cell += 1) {
      const corner = row + cell;
      const below = corner + mesh.columns;
      const mix = (grid: Float32Array, right: number): number =>
        (grid[corner + right] as number) * (1 - down) + (grid[below + right] as number) * down;
      const x = mix(mesh.x, 0);
      const nextX = mix(mesh.x, 1);
      if (outside(x, nextX, plane.width)) continue;
      const lineY = mix(mesh.y, 0);
      const nextY = mix(mesh.y, 1);
      if (outside(lineY, nextY, plane.height)) continue;
      const to = y * extent.width + cell * meshPitch;
      const span = { to, x, y: lineY, stepX: (nextX - x) / meshPitch, stepY: (nextY - lineY) / meshPitch };
      copySpan(plane, flat, span);
    }
  }
  return flat;
};
