import type { Displacements } from './follow-phase.ts';
import { tileCssPx } from './mark-layout.ts';
import {
  blockSamples,
  type FlatInk,
  samplePitchCssPx,
  type Warp,
  warpTermCount,
  warpTerms,
} from './rectify.ts';

/** Terms of a polynomial of degree 1, 2, 3. */
const termsOfDegree = [1, 3, 6, 10] as const;
const blockCssPx = blockSamples * samplePitchCssPx;
const outlierCssPx = 2;

/** Solves the symmetric system by Gaussian elimination with pivoting; `system` has its right side as last column. */
const solve = (system: Float64Array[]): Float64Array => {
  const size = system.length;
  for (let i = 0; i < size; i += 1) {
    let pivot = i;
    for (let j = i + 1; j < size; j += 1)
      if (Math.abs(system[j]?.[i] ?? 0) > Math.abs(system[pivot]?.[i] ?? 0)) pivot = j;
    const row = system[pivot] as Float64Array;
    system[pivot] = system[i] as Float64Array;
    system[i] = row;
    const lead = row[i] as number;
    if (Math.abs(lead) < 1e-12) continue;
    for (let j = 0; j < size; j += 1) {
      if (j === i) continue;
      const other = system[j] as Float64Array;
      const share = (other[i] as number) / lead;
      for (let c = i; c <= size; c += 1) other[c] = (other[c] as number) - share * (row[c] as number);
    }
  }
  return Float64Array.from(system, (row, i) => {
    const lead = row[i] as number;
    return Math.abs(lead) < 1e-12 ? 0 : (row[size] as number) / lead;
  });
};

interface Sample {
  readonly terms: Float64Array;
  readonly value: number;
  readonly worth: number;
}

/** Weighted least squares in which samples far off the curve lose their say; the ridge keeps empty corners calm. */
const fitCurve = (samples: readonly Sample[], termCount: number): Float64Array => {
  let curve: Float64Array = new Float64Array(termCount);
  for (let round = 0; round < 4; round += 1) {
    const system = Array.from({ length: termCount }, () => new Float64Array(termCount + 1));
    let whole = 0;
    for (const { terms, value, worth } of samples) {
      const off = curve.reduce((sum, factor, i) => sum - factor * (terms[i] as number), value);
      const weight = round === 0 ? worth : worth / (1 + (off / outlierCssPx) ** 2) ** 2;
      whole += weight;
      for (let i = 0; i < termCount; i += 1) {
        const row = system[i] as Float64Array;
        const scaled = weight * (terms[i] as number);
        for (let j = 0; j < termCount; j += 1) row[j] = (row[j] as number) + scaled * (terms[j] as number);
        row[termCount] = (row[termCount] as number) + scaled * value;
      }
    }
    system.forEach((row, i) => {
      row[i] = (row[i] as number) + (i < 3 ? 1e-6 : 2e-4) * whole + 1e-9;
    });
    curve = solve(system);
  }
  return curve;
};

/** The warp that takes the displacements away, added to the warp under which they were measured. */
export const fitWarp = (
  flat: FlatInk,
  displacements: Displacements,
  from: { readonly warp: Warp | undefined; readonly degree: 1 | 2 | 3 },
): Warp => {
  const middle = {
    x: flat.left + (flat.width * samplePitchCssPx) / 2,
    y: flat.top + (flat.height * samplePitchCssPx) / 2,
  };
  const half = (Math.max(flat.width, flat.height) * samplePitchCssPx) / 2 || tileCssPx;
  const xs: Sample[] = [];
  const ys: Sample[] = [];
  displacements.worth.forEach((worth, block) => {
    if (worth <= 0) return;
    const column = block % displacements.columns;
    const row = Math.floor(block / displacements.columns);
    const x = flat.left + (column + 0.5) * blockCssPx;
    const y = flat.top + (row + 0.5) * blockCssPx;
    const terms = warpTerms((x - middle.x) / half, (y - middle.y) / half, new Float64Array(warpTermCount));
    xs.push({ terms, worth, value: displacements.x[block] as number });
    ys.push({ terms, worth, value: displacements.y[block] as number });
  });
  const termCount = termsOfDegree[from.degree];
  const take = (curve: Float64Array, before: Float64Array | undefined): Float64Array => {
    const after = new Float64Array(warpTermCount);
    for (let i = 0; i < warpTermCount; i += 1) after[i] = (before?.[i] ?? 0) - (i > 0 ? (curve[i] ?? 0) : 0);
    return after;
  };
  return {
    middle,
    half,
    x: take(fitCurve(xs, termCount), from.warp?.x),
    y: take(fitCurve(ys, termCount), from.warp?.y),
  };
};
