import { type BlockPhases, lineCount } from './block-phases.ts';
import { templateWaves, tileCssPx } from './mark-layout.ts';

const waveX = templateWaves.map(({ k }) => (2 * Math.PI * k) / tileCssPx);
const waveY = templateWaves.map(({ l }) => (2 * Math.PI * l) / tileCssPx);
const wrapped = (angle: number): number => angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));

/** How far each block of the flattened page is off, against the block where the template stands out most. */
export interface Displacements {
  readonly columns: number;
  readonly rows: number;
  /** CSS pixels. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** 0: nothing can be said of this block. */
  readonly worth: Float32Array;
}

interface Reference {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

interface Fix {
  readonly x: number;
  readonly y: number;
  readonly worth: number;
}

/** The block's displacement next to a prior one: weighted least squares over the six phase differences. */
const locate = (
  phases: BlockPhases,
  block: number,
  from: { reference: Reference; x: number; y: number },
): Fix => {
  let { x, y } = from;
  let along = 0;
  let whole = 0;
  for (let round = 0; round < 3; round += 1) {
    let [xx, xy, yy, bx, by] = [1e-9, 0, 1e-9, 0, 0];
    along = 0;
    whole = 0;
    for (let i = 0; i < lineCount; i += 1) {
      const re = phases.re[block * lineCount + i] as number;
      const im = phases.im[block * lineCount + i] as number;
      const real = re * (from.reference.re[i] as number) + im * (from.reference.im[i] as number);
      const imaginary = im * (from.reference.re[i] as number) - re * (from.reference.im[i] as number);
      const kx = waveX[i] as number;
      const ky = waveY[i] as number;
      const off = wrapped(Math.atan2(imaginary, real) - kx * x - ky * y);
      const size = Math.hypot(real, imaginary);
      along += size * Math.cos(off);
      whole += size;
      const weight = size * size;
      xx += weight * kx * kx;
      xy += weight * kx * ky;
      yy += weight * ky * ky;
      bx += weight * kx * off;
      by += weight * ky * off;
    }
    if (round === 2) break;
    const area = xx * yy - xy * xy;
    if (area <= 1e-12 * xx * yy) break;
    x += (yy * bx - xy * by) / area;
    y += (xx * by - xy * bx) / area;
  }
  const coherence = whole > 0 ? Math.max(0, along / whole - 0.5) * 2 : 0;
  const trusted = phases.weight[block] as number;
  return { x, y, worth: trusted > 4 ? (coherence * coherence * whole) / Math.sqrt(trusted) : 0 };
};

/** A heap of blocks, the greatest worth on top. */
class Frontier {
  readonly #blocks: { block: number; fix: Fix }[] = [];

  push(entry: { block: number; fix: Fix }): void {
    const heap = this.#blocks;
    heap.push(entry);
    let at = heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#worth(parent) >= this.#worth(at)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  pop(): { block: number; fix: Fix } | undefined {
    const heap = this.#blocks;
    const top = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || !last) return top;
    heap[0] = last;
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      let best = at;
      if (left < heap.length && this.#worth(left) > this.#worth(best)) best = left;
      if (left + 1 < heap.length && this.#worth(left + 1) > this.#worth(best)) best = left + 1;
      if (best === at) return top;
      this.#swap(at, best);
      at = best;
    }
  }

  #worth(at: number): number {
    return this.#blocks[at]?.fix.worth ?? -1;
  }

  #swap(a: number, b: number): void {
    const kept = this.#blocks[a];
    const other = this.#blocks[b];
    if (!kept || !other) return;
    this.#blocks[a] = other;
    this.#blocks[b] = kept;
  }
}

const strongestBlock = ({ re, im, weight }: BlockPhases): number => {
  let best = 0;
  let bestSize = -1;
  for (let block = 0; block < weight.length; block += 1) {
    let size = 0;
    for (let i = block * lineCount; i < (block + 1) * lineCount; i += 1)
      size += Math.min(Math.hypot(re[i] as number, im[i] as number), 4 * Math.sqrt(weight[block] as number));
    if (size > bestSize) {
      best = block;
      bestSize = size;
    }
  }
  return best;
};

const referenceOf = ({ re, im }: BlockPhases, block: number): Reference => {
  const reference = { re: new Float64Array(lineCount), im: new Float64Array(lineCount) };
  for (let i = 0; i < lineCount; i += 1) {
    const real = re[block * lineCount + i] as number;
    const imaginary = im[block * lineCount + i] as number;
    const size = Math.hypot(real, imaginary) || 1;
    reference.re[i] = real / size;
    reference.im[i] = imaginary / size;
  }
  return reference;
};

/**
 * Follows the template's phases from the strongest block outwards, the clearest neighbour first, so that no step
 * is larger than half a period and noise is met last.
 */
export const followPhase = (phases: BlockPhases): Displacements => {
  const { columns, rows } = phases;
  const count = columns * rows;
  const found = { x: new Float32Array(count), y: new Float32Array(count), worth: new Float32Array(count) };
  const done = new Uint8Array(count);
  const start = strongestBlock(phases);
  const reference = referenceOf(phases, start);
  const frontier = new Frontier();
  frontier.push({ block: start, fix: { x: 0, y: 0, worth: Number.MAX_VALUE } });
  for (let top = frontier.pop(); top; top = frontier.pop()) {
    const { block, fix } = top;
    if (done[block]) continue;
    done[block] = 1;
    const settled = block === start ? locate(phases, block, { reference, x: 0, y: 0 }) : fix;
    found.x[block] = settled.x;
    found.y[block] = settled.y;
    found.worth[block] = settled.worth;
    const column = block % columns;
    const row = Math.floor(block / columns);
    for (let dy = -1; dy <= 1; dy += 1) {
      for (let dx = -1; dx <= 1; dx += 1) {
        const inside = column + dx >= 0 && column + dx < columns && row + dy >= 0 && row + dy < rows;
        const next = block + dy * columns + dx;
        if (!inside || done[next]) continue;
        frontier.push({ block: next, fix: locate(phases, next, { reference, x: settled.x, y: settled.y }) });
      }
    }
  }
  return { columns, rows, ...found };
};
