import { templateWaves, tileCssPx } from './mark-layout.ts';
import type { Matrix } from './pose.ts';
import { bandBins, bandEdge, type WindowSpectrum, windowPx } from './window-spectra.ts';

/** A guess of how the page lies around one point of a photo. */
export interface Seed {
  readonly x: number;
  readonly y: number;
  /** d(page)/d(photo) there, CSS pixels a photo pixel. */
  readonly jacobian: Matrix;
  readonly score: number;
}

const scaleMin = 0.42;
const scaleMax = 2;
const scaleStep = 1.045;
const angleCount = 72;
/** Foreshortening: the page's frequencies grow by 1 / squeeze in one direction. */
const squeezes = [0.88, 0.78, 0.69] as const;
const squeezeAngleCount = 8;
const linePowerMax = 9;
const seedsPerGroup = 2;
/** Beyond this many groups every second one is enough: they overlap by half. */
const groupsMax = 48;

interface Guess {
  readonly matrix: Matrix;
  readonly scaleStep: number;
  readonly angle: number;
}

const shapes: readonly Matrix[] = [
  [1, 0, 0, 1],
  ...squeezes.flatMap((squeeze) =>
    Array.from({ length: squeezeAngleCount }, (_, i): Matrix => {
      const cos = Math.cos((i * Math.PI) / squeezeAngleCount);
      const sin = Math.sin((i * Math.PI) / squeezeAngleCount);
      // one direction longer, the other shorter: the mean scale stays
      const long = 1 / Math.sqrt(squeeze);
      const short = Math.sqrt(squeeze);
      const off = (long - short) * cos * sin;
      return [long * cos * cos + short * sin * sin, off, off, long * sin * sin + short * cos * cos];
    }),
  ),
];

const makeGuesses = (): readonly Guess[] => {
  const guesses: Guess[] = [];
  for (let step = 0, scale = scaleMin; scale <= scaleMax; step += 1, scale *= scaleStep) {
    for (let angle = 0; angle < angleCount; angle += 1) {
      const cos = Math.cos((angle * Math.PI) / angleCount) / scale;
      const sin = Math.sin((angle * Math.PI) / angleCount) / scale;
      for (const [xx, xy, yx, yy] of shapes) {
        const matrix: Matrix = [
          xx * cos + xy * sin,
          xy * cos - xx * sin,
          yx * cos + yy * sin,
          yy * cos - yx * sin,
        ];
        guesses.push({ matrix, scaleStep: step, angle });
      }
    }
  }
  return guesses;
};

/** Frequency f = matrix (k, l) / tile in periods a pixel; as a cell of the band, or the empty cell when outside. */
const cellOf = (matrix: Matrix, wave: { k: number; l: number }): number => {
  const bins = windowPx / tileCssPx;
  const u = Math.round(bins * (matrix[0] * wave.k + matrix[1] * wave.l));
  const v = Math.round(bins * (matrix[2] * wave.k + matrix[3] * wave.l));
  const inside = Math.abs(u) < bandBins && Math.abs(v) < bandBins;
  return inside ? (v + bandBins) * bandEdge + u + bandBins : 0;
};

interface SeedTable {
  readonly guesses: readonly Guess[];
  /** Six cells a guess. */
  readonly cells: Uint16Array;
}

let table: SeedTable | undefined;

/** Built at the first use: a third of a megabyte that most of the program never needs. */
const seedTable = (): SeedTable => {
  if (table) return table;
  const guesses = makeGuesses();
  const cells = new Uint16Array(guesses.length * templateWaves.length);
  guesses.forEach(({ matrix }, i) => {
    templateWaves.forEach((wave, j) => {
      cells[i * templateWaves.length + j] = cellOf(matrix, wave);
    });
  });
  table = { guesses, cells };
  return table;
};

/** The greatest value among each cell and its neighbours; the cells of the rim stay 0. */
export const dilate = (power: Float32Array): Float32Array => {
  const rows = new Float32Array(power.length);
  const wide = new Float32Array(power.length);
  for (let at = 1; at < power.length - 1; at += 1)
    rows[at] = Math.max(power[at - 1] as number, power[at] as number, power[at + 1] as number);
  for (let v = 1; v < bandEdge - 1; v += 1) {
    for (let u = 1; u < bandEdge - 1; u += 1) {
      const at = v * bandEdge + u;
      wide[at] = Math.max(rows[at - bandEdge] as number, rows[at] as number, rows[at + bandEdge] as number);
    }
  }
  return wide;
};

const averageOf = (group: readonly WindowSpectrum[]): Float32Array => {
  const mean = new Float32Array(bandEdge * bandEdge);
  for (const { power } of group)
    for (let at = 0; at < mean.length; at += 1)
      mean[at] = (mean[at] as number) + Math.min(linePowerMax, power[at] as number) / group.length;
  return mean;
};

const scoreAll = (band: Float32Array): Float32Array => {
  const { guesses, cells } = seedTable();
  const scores = new Float32Array(guesses.length);
  for (let i = 0, at = 0; i < scores.length; i += 1, at += 6)
    scores[i] =
      (band[cells[at] as number] as number) +
      (band[cells[at + 1] as number] as number) +
      (band[cells[at + 2] as number] as number) +
      (band[cells[at + 3] as number] as number) +
      (band[cells[at + 4] as number] as number) +
      (band[cells[at + 5] as number] as number);
  return scores;
};

const alike = (a: Guess, b: Guess): boolean => {
  const apart = Math.abs(a.angle - b.angle);
  return Math.abs(a.scaleStep - b.scaleStep) <= 3 && Math.min(apart, angleCount - apart) <= 4;
};

const bestOf = (scores: Float32Array): readonly { guess: Guess; score: number }[] => {
  const { guesses } = seedTable();
  const found: { guess: Guess; score: number }[] = [];
  for (let round = 0; round < seedsPerGroup; round += 1) {
    let best = -1;
    for (let i = 0; i < scores.length; i += 1) {
      if (best >= 0 && (scores[i] as number) <= (scores[best] as number)) continue;
      if (!found.some(({ guess }) => alike(guess, guesses[i] as Guess))) best = i;
    }
    if (best >= 0) found.push({ guess: guesses[best] as Guess, score: scores[best] as number });
  }
  return found;
};

const groupsOf = (spectra: readonly WindowSpectrum[]): readonly (readonly WindowSpectrum[])[] => {
  const rows = Math.max(...spectra.map(({ row }) => row));
  const columns = Math.max(...spectra.map(({ column }) => column));
  const groups: (readonly WindowSpectrum[])[] = [];
  for (let row = 0; row < Math.max(1, rows); row += 1)
    for (let column = 0; column < Math.max(1, columns); column += 1)
      groups.push(
        spectra.filter(
          (s) => s.row - row >= 0 && s.row - row < 2 && s.column - column >= 0 && s.column - column < 2,
        ),
      );
  return groups;
};

/**
 * Tries every scale, turn and foreshortening on each two-by-two group of windows, and gives the guesses whose
 * six template lines all stand out, best first.
 */
export const seedSearch = (spectra: readonly WindowSpectrum[]): readonly Seed[] => {
  if (spectra.length === 0) return [];
  const groups = groupsOf(spectra);
  return groups
    .filter((_, i) => groups.length <= groupsMax || i % 2 === 0)
    .flatMap((group) => {
      const x = group.reduce((sum, s) => sum + s.x, 0) / group.length;
      const y = group.reduce((sum, s) => sum + s.y, 0) / group.length;
      return bestOf(scoreAll(dilate(averageOf(group)))).map(({ guess, score }): Seed => {
        // f = J' k: the table's matrix is the transposed Jacobian
        const [xx, xy, yx, yy] = guess.matrix;
        return { x, y, jacobian: [xx, yx, xy, yy], score };
      });
    })
    .sort((a, b) => b.score - a.score);
};
