/** A ready-made plan for complex Fourier transforms of one power-of-two length. */
export interface FourierPlan {
  readonly length: number;
  readonly order: Uint16Array;
  readonly cosines: Float64Array;
  readonly sines: Float64Array;
}

export const fourierPlan = (length: number): FourierPlan => {
  const order = new Uint16Array(length);
  for (let i = 1; i < length; i += 1) order[i] = ((order[i >> 1] as number) >> 1) | (i & 1 ? length >> 1 : 0);
  const angles = Array.from({ length: length / 2 }, (_, i) => (-2 * Math.PI * i) / length);
  return {
    length,
    order,
    cosines: Float64Array.from(angles, Math.cos),
    sines: Float64Array.from(angles, Math.sin),
  };
};

/** Complex numbers, real and imaginary parts apart. */
export interface Complex {
  readonly re: Float32Array;
  readonly im: Float32Array;
}

/** Transforms in place the `plan.length` numbers that start at `start` and lie `stride` apart (radix 2). */
export const transform = (
  plan: FourierPlan,
  { re, im }: Complex,
  at: { start: number; stride: number },
): void => {
  const { length, order, cosines, sines } = plan;
  const { start, stride } = at;
  for (let i = 0; i < length; i += 1) {
    const j = order[i] as number;
    if (j <= i) continue;
    const a = start + i * stride;
    const b = start + j * stride;
    const real = re[a] as number;
    const imaginary = im[a] as number;
    re[a] = re[b] as number;
    im[a] = im[b] as number;
    re[b] = real;
    im[b] = imaginary;
  }
  for (let half = 1; half < length; half *= 2) {
    const turn = length / (2 * half);
    for (let k = 0; k < half; k += 1) {
      const cos = cosines[k * turn] as number;
      const sin = sines[k * turn] as number;
      for (let i = k; i < length; i += 2 * half) {
        const a = start + i * stride;
        const b = a + half * stride;
        const real = cos * (re[b] as number) - sin * (im[b] as number);
        const imaginary = cos * (im[b] as number) + sin * (re[b] as number);
        re[b] = (re[a] as number) - real;
        im[b] = (im[a] as number) - imaginary;
        re[a] = (re[a] as number) + real;
        im[a] = (im[a] as number) + imaginary;
      }
    }
  }
};
