/**
 * How long after the view a stolen record is reported: densities by whole days of lag. A thief's records may be used
 * within days or sold on after months, so each account is scored under every kernel, and the shares of the kernels
 * are learned over all suspects.
 */
export interface DelayKernel {
  readonly name: string;
  /** Chance of a report on that day after the view; sums to one. */
  readonly density: Float64Array;
  /** Chance of a report by the end of that day. */
  readonly reached: Float64Array;
}

export const delayDaysMax = 240;

const kernel = (name: string, weightAt: (lag: number) => number): DelayKernel => {
  const density = Float64Array.from({ length: delayDaysMax }, (_, lag) => weightAt(lag + 0.5));
  const total = density.reduce((sum, weight) => sum + weight, 0);
  const reached = new Float64Array(delayDaysMax);
  let sum = 0;
  for (let lag = 0; lag < delayDaysMax; lag += 1) {
    density[lag] = (density[lag] ?? 0) / total;
    sum += density[lag] ?? 0;
    reached[lag] = sum;
  }
  return { name, density, reached };
};

/** Smooth edges: a report two days past a kernel's end should weaken it, not refute it. */
const plateau =
  (until: number) =>
  (lag: number): number =>
    1 / (1 + Math.exp((lag - until) / (0.06 * until)));
const gamma =
  (shape: number, scale: number) =>
  (lag: number): number =>
    (lag / scale) ** (shape - 1) * Math.exp(-lag / scale) + 1e-6;

export const delayKernels: readonly DelayKernel[] = [
  kernel('days', gamma(1.4, 8)),
  kernel('a month', plateau(30)),
  kernel('two months', plateau(60)),
  kernel('two months, late', gamma(3, 20)),
  kernel('four months', plateau(110)),
  kernel('half a year', plateau(175)),
];

/** Density at a lag in days; nothing before the view and after the longest delay. */
export const densityAt = (of: DelayKernel, lag: number): number =>
  lag < 0 ? 0 : (of.density[Math.floor(lag)] ?? 0);

/** Share of reports on file when `days` have passed since the view. */
export const reachedBy = (of: DelayKernel, days: number): number => {
  if (days <= 0) return 0;
  const whole = Math.floor(days);
  if (whole >= delayDaysMax) return 1;
  const before = whole === 0 ? 0 : (of.reached[whole - 1] ?? 0);
  return before + (days - whole) * (of.density[whole] ?? 0);
};
