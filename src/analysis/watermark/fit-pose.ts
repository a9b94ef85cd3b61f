import { templateWaves, tileCssPx } from './mark-layout.ts';
import { jacobianAt, type Matrix, type Pose, poseThrough, scaleOf } from './pose.ts';
import { dilate, type Seed } from './seed-search.ts';
import { bandBins, bandEdge, type WindowSpectrum, windowPx } from './window-spectra.ts';

/** A pose and how well all windows of the photo support it. */
export interface PoseFit {
  readonly pose: Pose;
  /** Mean whitened power on the template's lines, over all windows, in standard errors above noise. */
  readonly support: number;
}

interface Windows {
  readonly spectra: readonly WindowSpectrum[];
  readonly wide: readonly Float32Array[];
}

const binsPerWave = windowPx / tileCssPx;
const recessions = [-0.22, 0, 0.22] as const;
const linePowerMax = 9;
/** From so many windows on, half of them (a chequerboard) do for the coarse fit. */
const sparseFrom = 24;

const wideAt = (power: Float32Array, u: number, v: number): number => {
  const column = Math.round(u) + bandBins;
  const row = Math.round(v) + bandBins;
  return column >= 0 && column < bandEdge && row >= 0 && row < bandEdge
    ? Math.min(linePowerMax, power[row * bandEdge + column] as number)
    : 0;
};

const sharpAt = (power: Float32Array, u: number, v: number): number => {
  const column = Math.floor(u);
  const row = Math.floor(v);
  if (column < -bandBins || row < -bandBins || column >= bandBins || row >= bandBins) return 0;
  const at = (row + bandBins) * bandEdge + column + bandBins;
  const right = u - column;
  const down = v - row;
  const top = (power[at] as number) * (1 - right) + (power[at + 1] as number) * right;
  const bottom =
    (power[at + bandEdge] as number) * (1 - right) + (power[at + bandEdge + 1] as number) * right;
  return Math.min(linePowerMax, top * (1 - down) + bottom * down);
};

/** The sum of whitened power where the pose says that the template's lines are. */
const powerAlong = (windows: Windows, pose: Pose, wide: boolean): number => {
  let sum = 0;
  windows.spectra.forEach(({ x, y, power }, i) => {
    const [xx, xy, yx, yy] = jacobianAt(pose, x, y);
    const band = wide ? (windows.wide[i] as Float32Array) : power;
    for (const { k, l } of templateWaves) {
      const u = binsPerWave * (xx * k + yx * l);
      const v = binsPerWave * (xy * k + yy * l);
      sum += wide ? wideAt(band, u, v) : sharpAt(band, u, v);
    }
  });
  return sum;
};

/** Moves of a pose: grow, turn, two stretches, two recessions, lens. Each unit moves a far line by about a bin. */
const moved = (pose: Pose, move: number, by: number): Pose => {
  if (move === 6) return { ...pose, lens: pose.lens + by * 0.04 };
  if (move === 4) return { ...pose, g: [pose.g[0] + by * 0.08, pose.g[1]] };
  if (move === 5) return { ...pose, g: [pose.g[0], pose.g[1] + by * 0.08] };
  const [xx, xy, yx, yy] = pose.a;
  const t = by * 0.04;
  const a: Matrix =
    move === 0
      ? [xx * (1 + t), xy * (1 + t), yx * (1 + t), yy * (1 + t)]
      : move === 1
        ? [xx - t * yx, xy - t * yy, yx + t * xx, yy + t * xy]
        : move === 2
          ? [xx * (1 + t), xy * (1 + t), yx * (1 - t), yy * (1 - t)]
          : [xx + t * yx, xy + t * yy, yx + t * xx, yy + t * xy];
  return { ...pose, a };
};

/** Outside these scales the template's lines leave the band, or sink into what shading leaves near frequency 0. */
const scaleMin = 0.38;
const scaleMax = 2.1;

const plausible = (pose: Pose): boolean => {
  const scale = scaleOf(pose);
  return (
    Math.abs(pose.lens) <= 0.12 && Math.hypot(...pose.g) <= 0.75 && scale >= scaleMin && scale <= scaleMax
  );
};

interface Climb {
  readonly wide: boolean;
  readonly from: number;
  readonly to: number;
  readonly moves: readonly number[];
}

const climb = (
  windows: Windows,
  start: Pose,
  { wide, from, to, moves }: Climb,
): { pose: Pose; power: number } => {
  let pose = start;
  let power = powerAlong(windows, pose, wide);
  for (let step = from; step >= to; step /= 2) {
    for (let round = 0, better = true; better && round < 6; round += 1) {
      better = false;
      for (const move of moves) {
        for (const by of [step, -step]) {
          const next = moved(pose, move, by);
          const nextPower = plausible(next) ? powerAlong(windows, next, wide) : 0;
          if (nextPower <= power) continue;
          pose = next;
          power = nextPower;
          better = true;
          break;
        }
      }
    }
  }
  return { pose, power };
};

/**
 * Fits one pose to the spectra of all windows, from one seed: first coarsely from nine tilts, with lines one bin
 * wide, then finely.
 */
export const fitPose = (
  spectra: readonly WindowSpectrum[],
  seed: Seed,
  frame: { readonly width: number; readonly height: number },
): PoseFit => {
  const windows: Windows = { spectra, wide: wideOf(spectra) };
  const sparse = spectra.filter(
    ({ row, column }) => spectra.length <= sparseFrom || (row + column) % 2 === 0,
  );
  const coarseWindows: Windows = { spectra: sparse, wide: wideOf(sparse) };
  const tilted = spectra.length < 4 ? [0] : recessions;
  const starts = tilted.flatMap((g0) =>
    tilted.map((g1) => poseThrough(frame, seed, { jacobian: seed.jacobian, g: [g0, g1] })),
  );
  const flat = spectra.length < 4 ? [0, 1, 2, 3] : [0, 1, 2, 3, 4, 5];
  const [best] = starts
    .map((pose) => climb(coarseWindows, pose, { wide: true, from: 1, to: 0.5, moves: flat }))
    .sort((a, b) => b.power - a.power);
  const coarse = best ? best.pose : poseThrough(frame, seed, { jacobian: seed.jacobian, g: [0, 0] });
  const lens = spectra.length < 9 ? flat : [...flat, 6];
  const fine = climb(windows, coarse, { wide: false, from: 1, to: 0.06, moves: lens });
  const lineCount = spectra.length * templateWaves.length;
  // overlapping windows share half their pixels: about half of them count as independent
  return { pose: fine.pose, support: ((fine.power / lineCount - 0.95) * Math.sqrt(lineCount)) / 1.3 };
};

const wideBands = new WeakMap<WindowSpectrum, Float32Array>();

const wideOf = (spectra: readonly WindowSpectrum[]): readonly Float32Array[] =>
  spectra.map((spectrum) => {
    const known = wideBands.get(spectrum);
    if (known) return known;
    const wide = dilate(spectrum.power);
    wideBands.set(spectrum, wide);
    return wide;
  });
