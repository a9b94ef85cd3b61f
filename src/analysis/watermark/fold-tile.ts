import { type BlockPhases, lineCount } from './block-phases.ts';
import type { Complex } from './fourier.ts';
import { carriers, templateWaves, tileCssPx } from './mark-layout.ts';
import { blockSamples, type FlatInk, tileSamples } from './rectify.ts';

/** All tiles of a page laid over one another, as complex amplitudes of the mark's waves. */
export interface FoldedTile {
  readonly template: Complex;
  readonly carriers: Complex;
  /** Root mean square of the waves that the mark leaves empty: the noise. */
  readonly noise: number;
}

/** What each block adds: how strongly the template's six waves stand in it, in the common direction. */
const blockGains = ({ re, im, weight }: BlockPhases): Float32Array => {
  const sumRe = new Float64Array(lineCount);
  const sumIm = new Float64Array(lineCount);
  for (let at = 0; at < re.length; at += 1) {
    sumRe[at % lineCount] = (sumRe[at % lineCount] as number) + (re[at] as number);
    sumIm[at % lineCount] = (sumIm[at % lineCount] as number) + (im[at] as number);
  }
  return weight.map((trusted, block) => {
    if (trusted < 4) return 0;
    let along = 0;
    for (let i = 0; i < lineCount; i += 1) {
      const size = Math.hypot(sumRe[i] as number, sumIm[i] as number) || 1;
      along +=
        ((re[block * lineCount + i] as number) * (sumRe[i] as number) +
          (im[block * lineCount + i] as number) * (sumIm[i] as number)) /
        size;
    }
    return Math.max(0, along / (trusted + 20));
  });
};

const fold = (flat: FlatInk, gains: Float32Array): Float32Array => {
  const sum = new Float32Array(tileSamples * tileSamples);
  const whole = new Float32Array(tileSamples * tileSamples);
  const columns = flat.width / blockSamples;
  for (let y = 0; y < flat.height; y += 1) {
    const gainRow = Math.floor(y / blockSamples) * columns;
    const tileRow = (y % tileSamples) * tileSamples;
    for (let x = 0; x < flat.width; x += 1) {
      const gain = gains[gainRow + Math.floor(x / blockSamples)] as number;
      if (gain === 0) continue;
      const from = y * flat.width + x;
      const to = tileRow + (x % tileSamples);
      sum[to] = (sum[to] as number) + gain * (flat.ink[from] as number);
      whole[to] = (whole[to] as number) + gain * gain * (flat.trust[from] as number);
    }
  }
  const mean = whole.reduce((total, value) => total + value, 0) / whole.length;
  return sum.map((value, at) => (mean > 0 ? value / ((whole[at] as number) + 0.25 * mean) : 0));
};

const reachOf = 17;
const span = reachOf * 2 + 1;
const cosines = Float64Array.from({ length: tileSamples }, (_, i) =>
  Math.cos((2 * Math.PI * i) / tileSamples),
);
const sines = Float64Array.from({ length: tileSamples }, (_, i) => Math.sin((2 * Math.PI * i) / tileSamples));
const turnOf = (steps: number): number => ((steps % tileSamples) + tileSamples) % tileSamples;

/** Amplitudes of all whole waves of up to 18 periods, (k, l) at `(l + 18) * 37 + k + 18`. */
const wavesOf = (tile: Float32Array): Complex => {
  const rowRe = new Float64Array(tileSamples * span);
  const rowIm = new Float64Array(tileSamples * span);
  for (let y = 0; y < tileSamples; y += 1) {
    for (let k = -reachOf; k <= reachOf; k += 1) {
      let re = 0;
      let im = 0;
      const step = turnOf(k);
      for (let x = 0, turn = 0; x < tileSamples; x += 1) {
        const value = tile[y * tileSamples + x] as number;
        re += value * (cosines[turn] as number);
        im -= value * (sines[turn] as number);
        turn += step;
        if (turn >= tileSamples) turn -= tileSamples;
      }
      rowRe[y * span + k + reachOf] = re;
      rowIm[y * span + k + reachOf] = im;
    }
  }
  const waves = { re: new Float32Array(span * span), im: new Float32Array(span * span) };
  for (let l = -reachOf; l <= reachOf; l += 1) {
    for (let k = 0; k < span; k += 1) {
      let re = 0;
      let im = 0;
      for (let y = 0; y < tileSamples; y += 1) {
        const cos = cosines[turnOf(l * y)] as number;
        const sin = sines[turnOf(l * y)] as number;
        const a = rowRe[y * span + k] as number;
        const b = rowIm[y * span + k] as number;
        re += a * cos + b * sin;
        im += b * cos - a * sin;
      }
      waves.re[(l + reachOf) * span + k] = (2 * re) / tileSamples ** 2;
      waves.im[(l + reachOf) * span + k] = (2 * im) / tileSamples ** 2;
    }
  }
  return waves;
};

const cellOf = ({ k, l }: { k: number; l: number }): number => (l + reachOf) * span + k + reachOf;

/** Waves that the mark leaves empty although they lie among its own: near lines, outside the axes' crosses. */
const emptyCells: readonly number[] = (() => {
  const used = new Set(
    [...carriers, ...templateWaves].flatMap(({ k, l }) => [cellOf({ k, l }), cellOf({ k: -k, l: -l })]),
  );
  const cells: number[] = [];
  for (let l = 2; l <= reachOf; l += 1)
    for (let k = -reachOf; k <= reachOf; k += 1)
      if (
        Math.abs(k) >= 2 &&
        Math.hypot(k, l) >= 4.5 &&
        Math.hypot(k, l) <= 17.5 &&
        !used.has(cellOf({ k, l }))
      )
        cells.push(cellOf({ k, l }));
  return cells;
})();

const pick = (waves: Complex, list: readonly { k: number; l: number }[]): Complex => ({
  re: Float32Array.from(list, (wave) => waves.re[cellOf(wave)] as number),
  im: Float32Array.from(list, (wave) => waves.im[cellOf(wave)] as number),
});

/** Lays all tiles over one another, each block by how clearly it shows the template, and measures the waves. */
export const foldTile = (flat: FlatInk, phases: BlockPhases): FoldedTile => {
  const waves = wavesOf(fold(flat, blockGains(phases)));
  const power = emptyCells
    .map((cell) => (waves.re[cell] as number) ** 2 + (waves.im[cell] as number) ** 2)
    .sort((a, b) => a - b);
  // a median over exponential powers is ln 2 of their mean, and shrugs off what the page itself left behind
  const noise = Math.sqrt((power[power.length >> 1] ?? 0) / Math.LN2);
  return { template: pick(waves, templateWaves), carriers: pick(waves, carriers), noise };
};

export interface Origin {
  /** Where the tile begins in the fold, CSS pixels. */
  readonly x: number;
  readonly y: number;
  /** The photo is upside down. */
  readonly turned: boolean;
  /** Share of the template's amplitude that agrees with this origin, at most 1. */
  readonly coherence: number;
}

const template = {
  x: templateWaves.map(({ k }) => (2 * Math.PI * k) / tileCssPx),
  y: templateWaves.map(({ l }) => (2 * Math.PI * l) / tileCssPx),
};

const agreement = (folded: FoldedTile, at: { x: number; y: number; turned: boolean }): number => {
  let along = 0;
  let whole = 0;
  templateWaves.forEach(({ phase }, i) => {
    const re = folded.template.re[i] as number;
    const im = (folded.template.im[i] as number) * (at.turned ? -1 : 1);
    const angle = phase - (template.x[i] as number) * at.x - (template.y[i] as number) * at.y;
    along += re * Math.cos(angle) + im * Math.sin(angle);
    whole += Math.hypot(re, im);
  });
  return whole > 0 ? along / whole : 0;
};

const polish = (folded: FoldedTile, start: Origin): Origin => {
  let best = start;
  for (let step = 1; step > 0.05; step /= 2) {
    for (let better = true; better; ) {
      better = false;
      for (const [dx, dy] of [
        [step, 0],
        [-step, 0],
        [0, step],
        [0, -step],
      ] as const) {
        const at = { x: best.x + dx, y: best.y + dy, turned: best.turned };
        const coherence = agreement(folded, at);
        if (coherence <= best.coherence + 1e-9) continue;
        best = { ...at, coherence };
        better = true;
      }
    }
  }
  return best;
};

/** Likely origins of the tile in the fold, best first, at most `countMax`, each its own peak. */
export const originsOf = (folded: FoldedTile, countMax: number): readonly Origin[] => {
  const pitch = 2;
  const coarse: Origin[] = [];
  for (const turned of [false, true])
    for (let y = 0; y < tileCssPx; y += pitch)
      for (let x = 0; x < tileCssPx; x += pitch) {
        const coherence = agreement(folded, { x, y, turned });
        if (coherence > 0.45) coarse.push({ x, y, turned, coherence });
      }
  coarse.sort((a, b) => b.coherence - a.coherence);
  const origins: Origin[] = [];
  const apart = (a: number, b: number): number =>
    Math.abs(a - b - tileCssPx * Math.round((a - b) / tileCssPx));
  for (const candidate of coarse.slice(0, 4000)) {
    if (origins.length >= countMax * 2) break;
    const near = origins.some(
      (o) => o.turned === candidate.turned && apart(o.x, candidate.x) < 6 && apart(o.y, candidate.y) < 6,
    );
    if (!near) origins.push(polish(folded, candidate));
  }
  return origins.sort((a, b) => b.coherence - a.coherence).slice(0, countMax);
};
