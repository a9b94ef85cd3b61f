import { templateWaves } from './mark-layout.ts';
import { blockSamples, type FlatInk, tileSamples } from './rectify.ts';

export const lineCount = templateWaves.length;

/** The template's six waves as they stand in each block of the flattened page. */
export interface BlockPhases {
  readonly columns: number;
  readonly rows: number;
  /** `lineCount` complex amplitudes a block, smoothed over the blocks around. */
  readonly re: Float32Array;
  readonly im: Float32Array;
  /** Trusted samples behind each block, smoothed alike. */
  readonly weight: Float32Array;
}

const waveTables = templateWaves.map(({ k, l }) => {
  const cos = new Float32Array(tileSamples);
  const sin = new Float32Array(tileSamples);
  for (let i = 0; i < tileSamples; i += 1) {
    cos[i] = Math.cos((2 * Math.PI * i) / tileSamples);
    sin[i] = Math.sin((2 * Math.PI * i) / tileSamples);
  }
  const turn = (steps: number): number => ((steps % tileSamples) + tileSamples) % tileSamples;
  return { k: turn(k), l: turn(l), cos, sin };
});

const demodulate = (
  flat: FlatInk,
  corner: { x: number; y: number },
  wave: (typeof waveTables)[number],
): readonly [number, number] => {
  let re = 0;
  let im = 0;
  for (let y = corner.y; y < corner.y + blockSamples; y += 1) {
    let turn = (corner.x * wave.k + y * wave.l) % tileSamples;
    const row = y * flat.width;
    for (let x = corner.x; x < corner.x + blockSamples; x += 1) {
      const ink = flat.ink[row + x] as number;
      re += ink * (wave.cos[turn] as number);
      im -= ink * (wave.sin[turn] as number);
      turn += wave.k;
      if (turn >= tileSamples) turn -= tileSamples;
    }
  }
  return [re, im];
};

const kernel = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16];

/** Smooths one of `count` interleaved channels over 5 x 5 blocks, in place. */
const smooth = (
  grid: Float32Array,
  shape: { columns: number; rows: number },
  channel: { count: number; at: number },
): void => {
  const { columns, rows } = shape;
  const pass = ({
    steps,
    lines,
    stride,
    jump,
  }: Record<'steps' | 'lines' | 'stride' | 'jump', number>): void => {
    const line = new Float32Array(steps);
    for (let i = 0; i < lines; i += 1) {
      const start = i * jump * channel.count + channel.at;
      for (let j = 0; j < steps; j += 1) line[j] = grid[start + j * stride * channel.count] as number;
      for (let j = 0; j < steps; j += 1) {
        let sum = 0;
        for (let d = -2; d <= 2; d += 1) sum += (kernel[d + 2] as number) * (line[j + d] ?? 0);
        grid[start + j * stride * channel.count] = sum;
      }
    }
  };
  pass({ steps: columns, lines: rows, stride: 1, jump: columns });
  pass({ steps: rows, lines: columns, stride: columns, jump: 1 });
};

/** Measures the six waves in every block of 32 x 32 CSS pixels. */
export const blockPhases = (flat: FlatInk): BlockPhases => {
  const columns = flat.width / blockSamples;
  const rows = flat.height / blockSamples;
  const re = new Float32Array(columns * rows * lineCount);
  const im = new Float32Array(columns * rows * lineCount);
  const weight = new Float32Array(columns * rows);
  for (let block = 0; block < weight.length; block += 1) {
    const corner = { x: (block % columns) * blockSamples, y: Math.floor(block / columns) * blockSamples };
    let trusted = 0;
    for (let y = 0; y < blockSamples; y += 1)
      for (let x = 0; x < blockSamples; x += 1)
        trusted += flat.trust[(corner.y + y) * flat.width + corner.x + x] as number;
    weight[block] = trusted;
    if (trusted === 0) continue;
    waveTables.forEach((wave, i) => {
      const [real, imaginary] = demodulate(flat, corner, wave);
      re[block * lineCount + i] = real;
      im[block * lineCount + i] = imaginary;
    });
  }
  for (let i = 0; i < lineCount; i += 1) {
    smooth(re, { columns, rows }, { count: lineCount, at: i });
    smooth(im, { columns, rows }, { count: lineCount, at: i });
  }
  smooth(weight, { columns, rows }, { count: 1, at: 0 });
  return { columns, rows, re, im, weight };
};
