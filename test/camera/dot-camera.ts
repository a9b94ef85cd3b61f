import { type RgbImage, shrinkImage } from '../../src/analysis/watermark/rgb-image.ts';
import type { Dice } from './dice.ts';
import { linear, type Scene, type Screen, type Shot, sceneOf } from './scene.ts';

/**
 * Camera two: an OLED whose red and blue dots stand on every second pixel (or an LCD with blue-green-red stripes
 * and a black matrix), a lens with two radial terms, decentring and lateral colour, one BGGR site a sensor pixel,
 * gradient-corrected demosaicing (Malvar, He and Cutler, ICASSP 2004), a colour matrix, an S-shaped tone curve,
 * smoothing of colour by a wide Gaussian and unsharp masking with a wide radius. The sensor has `density` times
 * the photo's resolution.
 */
interface Panel {
  readonly kind: 'dots' | 'bgr';
  /** How dark the gaps between lights are: 0 none, 1 black. */
  readonly depth: number;
}

/** A round light of mean 1 over its pixel: soft edges, as glass and the lens leave them. */
const spot = (offX: number, offY: number): number =>
  (1 + Math.cos(2 * Math.PI * offX)) * (1 + Math.cos(2 * Math.PI * offY));

const lightAt = (screen: Screen, panel: Panel, at: { x: number; y: number; c: number }): number => {
  const column = Math.floor(at.x);
  const row = Math.floor(at.y);
  if (column < 0 || row < 0 || column >= screen.width || row >= screen.height) return 0.01;
  const fx = at.x - column;
  const fy = at.y - row;
  const value = (x: number): number =>
    linear[screen.rgb[(row * screen.width + Math.max(0, x)) * 3 + at.c] as number] as number;
  const gaps = (shape: number): number => 1 - panel.depth + panel.depth * shape;
  if (panel.kind === 'bgr') {
    const stripe = Math.max(0, Math.cos(2 * Math.PI * (fx - (2.5 - at.c) / 3))) ** 2 * 4;
    return value(column) * gaps(stripe * (fy < 0.9 ? 1.11 : 0));
  }
  if (at.c === 1) return value(column) * gaps(spot(fx - 0.75, fy - 0.5));
  const mine = ((column + row) & 1) === (at.c === 0 ? 0 : 1);
  return ((value(column) + value(column - 1)) / 2) * gaps(mine ? 2 * spot(fx - 0.5, fy - 0.5) : 0);
};

/** Nine points of a square light's footprint, in units of its half edge. */
const footprint = [-0.8, 0, 0.8];

const sense = (
  screen: Screen,
  scene: Scene,
  wish: { shot: Shot; dice: Dice; density: number },
): { mosaic: Float32Array; width: number; height: number } => {
  const { shot, dice, density } = wish;
  const panel: Panel = { kind: dice.next() < 0.6 ? 'dots' : 'bgr', depth: dice.between(0.5, 0.95) };
  const width = Math.round((scene.width * density) / 2) * 2;
  const height = Math.round((scene.height * density) / 2) * 2;
  const mosaic = new Float32Array(width * height);
  const [k1, k2, p1, p2] = [
    dice.between(-0.03, 0.015),
    dice.between(-0.01, 0.01),
    dice.between(-0.004, 0.004),
    dice.between(-0.004, 0.004),
  ];
  const lateral = [dice.between(0.9985, 1.0015), 1, dice.between(0.9985, 1.0015)];
  const reach = Math.hypot(scene.width, scene.height) / 2;
  const spread = Math.hypot(0.55 / density, 1.25 * shot.blurPx);
  const balance = [dice.between(0.8, 1.1), 1, dice.between(0.8, 1.1)];
  const falloff = dice.between(0.05, 0.35);
  const at = new Float64Array(2);
  for (let y = 0; y < height; y += 1) {
    const rowNoise = dice.normal() * 0.0012 * shot.noise;
    for (let x = 0; x < width; x += 1) {
      const c = 2 - ((y & 1) + (x & 1));
      const ux = ((x + 0.5) / density - scene.width / 2) / reach;
      const uy = ((y + 0.5) / density - scene.height / 2) / reach;
      const squared = ux * ux + uy * uy;
      const swell = (1 + k1 * squared + k2 * squared * squared) * (lateral[c] as number);
      const lx = scene.width / 2 + reach * (ux * swell + 2 * p1 * ux * uy + p2 * (squared + 2 * ux * ux));
      const ly = scene.height / 2 + reach * (uy * swell + 2 * p2 * ux * uy + p1 * (squared + 2 * uy * uy));
      let light = 0;
      scene.look(lx, ly, at);
      const x0 = at[0] as number;
      const y0 = at[1] as number;
      scene.look(lx + spread, ly, at);
      const rightX = (at[0] as number) - x0;
      const rightY = (at[1] as number) - y0;
      scene.look(lx, ly + spread, at);
      const downX = (at[0] as number) - x0;
      const downY = (at[1] as number) - y0;
      for (const right of footprint)
        for (const down of footprint)
          light +=
            lightAt(screen, panel, {
              x: x0 + right * rightX + down * downX,
              y: y0 + right * rightY + down * downY,
              c,
            }) / 9;
      light = (light + 0.004) * shot.exposure * (balance[c] as number) * (1 - falloff * squared);
      const grain = shot.noise * Math.sqrt(0.00003 + 0.0006 * light);
      mosaic[y * width + x] = Math.max(0, Math.min(1, light + grain * dice.normal() + rowNoise));
    }
  }
  return { mosaic, width, height };
};

/** Malvar, He and Cutler's 5 x 5 kernels, figure 2. */
const demosaic = (mosaic: Float32Array, width: number, height: number): Float32Array => {
  const colour = new Float32Array(width * height * 3);
  const mirror = (value: number, edge: number): number =>
    value < 0 ? -value : value >= edge ? 2 * edge - 2 - value : value;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const site = (dx: number, dy: number): number =>
        mosaic[mirror(y + dy, height) * width + mirror(x + dx, width)] as number;
      const to = (y * width + x) * 3;
      const here = site(0, 0);
      const side = site(-1, 0) + site(1, 0);
      const upright = site(0, -1) + site(0, 1);
      const farSide = site(-2, 0) + site(2, 0);
      const farUp = site(0, -2) + site(0, 2);
      const corner = site(-1, -1) + site(1, -1) + site(-1, 1) + site(1, 1);
      if (((x + y) & 1) === 0) {
        const own = 2 - ((y & 1) + (x & 1));
        colour[to + own] = here;
        colour[to + 1] = (4 * here + 2 * (side + upright) - farSide - farUp) / 8;
        colour[to + 2 - own] = (6 * here + 2 * corner - 1.5 * (farSide + farUp)) / 8;
      } else {
        const inRow = (5 * here + 4 * side - corner - farSide + 0.5 * farUp) / 8;
        const inColumn = (5 * here + 4 * upright - corner - farUp + 0.5 * farSide) / 8;
        // BGGR: blue stands beside green in even rows
        colour[to] = (y & 1) === 0 ? inColumn : inRow;
        colour[to + 1] = here;
        colour[to + 2] = (y & 1) === 0 ? inRow : inColumn;
      }
    }
  }
  return colour;
};

const matrix = [1.45, -0.35, -0.1, -0.18, 1.4, -0.22, 0.0, -0.38, 1.38] as const;
const curve = (light: number): number => {
  const display = Math.max(0, Math.min(1, light)) ** 0.44;
  return 255 * (0.7 * display + 0.3 * display * display * (3 - 2 * display));
};

const gaussian = (
  from: Float32Array,
  shape: { width: number; height: number },
  sigma: number,
): Float32Array => {
  const reach = Math.ceil(sigma * 2.2);
  const kernel = Array.from({ length: reach + 1 }, (_, i) => Math.exp((-i * i) / (2 * sigma * sigma)));
  const whole = kernel.reduce((sum, value, i) => sum + value * (i > 0 ? 2 : 1), 0);
  const pass = (grid: Float32Array, stride: number, steps: number): Float32Array =>
    grid.map((value, at) => {
      const here = Math.floor(at / stride) % steps;
      let sum = value * (kernel[0] as number);
      for (let d = 1; d <= reach; d += 1)
        sum +=
          (kernel[d] as number) *
          ((grid[at - Math.min(d, here) * stride] as number) +
            (grid[at + Math.min(d, steps - 1 - here) * stride] as number));
      return sum / whole;
    });
  return pass(pass(from, 1, shape.width), shape.width, shape.height);
};

export const dotCamera = (screen: Screen, shot: Shot, dice: Dice): RgbImage => {
  const density = shot.scale > 1.6 ? 1 : dice.between(1.2, 1.7);
  const scene = sceneOf(screen, shot, dice);
  const { mosaic, width, height } = sense(screen, scene, { shot, dice, density });
  const colour = demosaic(mosaic, width, height);
  const luma = new Float32Array(width * height);
  const blue = new Float32Array(width * height);
  const red = new Float32Array(width * height);
  for (let at = 0; at < luma.length; at += 1) {
    const [r, g, b] = [colour[at * 3] as number, colour[at * 3 + 1] as number, colour[at * 3 + 2] as number];
    const tone = [0, 1, 2].map((c) =>
      curve(
        (matrix[c * 3] as number) * r + (matrix[c * 3 + 1] as number) * g + (matrix[c * 3 + 2] as number) * b,
      ),
    );
    luma[at] = 0.299 * (tone[0] as number) + 0.587 * (tone[1] as number) + 0.114 * (tone[2] as number);
    blue[at] = (tone[2] as number) - (luma[at] as number);
    red[at] = (tone[0] as number) - (luma[at] as number);
  }
  const shape = { width, height };
  const softBlue = gaussian(blue, shape, dice.between(1, 1.8));
  const softRed = gaussian(red, shape, 1.4);
  const soft = gaussian(luma, shape, 2);
  const amount = dice.between(0.3, 0.9);
  const rgb = new Uint8Array(width * height * 3);
  for (let at = 0; at < luma.length; at += 1) {
    const detail = Math.max(-18, Math.min(18, (luma[at] as number) - (soft[at] as number)));
    const bright = (luma[at] as number) + amount * detail;
    const r = bright + (softRed[at] as number);
    const b = bright + (softBlue[at] as number);
    const g = bright - (0.299 * (softRed[at] as number) + 0.114 * (softBlue[at] as number)) / 0.587;
    rgb[at * 3] = Math.max(0, Math.min(255, r));
    rgb[at * 3 + 1] = Math.max(0, Math.min(255, g));
    rgb[at * 3 + 2] = Math.max(0, Math.min(255, b));
  }
  return shrinkImage({ width, height, rgb }, scene.width / width);
};
