/**
 * Whose looks count, when, and how sure it is that they were part of a theft. All times in milliseconds since 1970.
 */
export interface ExposureScope {
  /** The account, or everybody of a vendor. */
  readonly who: { readonly agent: string } | { readonly vendor: string };
  /**
   * Probability that records this account saw were stolen; 1 asks what the account could see, whatever became of it.
   */
  readonly posterior: number;
  readonly window: ScopeWindow;
}

/** The days of a theft. `startLow` to `startHigh` hold its start with 90 % probability, `start` is the middle. */
export interface ScopeWindow {
  readonly startLowMs: number;
  readonly startMs: number;
  readonly startHighMs: number;
  /** The last day: its last millisecond is part of the window. */
  readonly endMs: number;
  /** For how long after the end a look may still have been part of it: ends are less sure than they look. */
  readonly afterEndMs: number;
}

/** From one moment to another, both included, with no doubt about either. */
export const sharpWindow = (fromMs: number, toMs: number): ScopeWindow => ({
  startLowMs: fromMs,
  startMs: fromMs,
  startHighMs: fromMs,
  endMs: toMs,
  afterEndMs: 0,
});

/** How far a window's dates may be trusted beyond its end: half of ends are known to within two days. */
const dayMs = 86_400_000;
export const suspectAfterEndMs = 3 * dayMs;
const afterEndShare = 0.3;

const between = (value: number, from: number, to: number): number =>
  to <= from ? 1 : Math.min(1, Math.max(0, (value - from) / (to - from)));

/**
 * Probability that a moment lies within the theft, given that there was one: the start's distribution function,
 * straight between its 5 %, 50 % and 95 % points.
 */
export const shareOfWindow = (window: ScopeWindow, atMs: number): number => {
  const { startLowMs, startMs, startHighMs, endMs, afterEndMs } = window;
  if (atMs < startLowMs || atMs > endMs + afterEndMs) return 0;
  if (atMs > endMs) return afterEndShare;
  if (atMs >= startHighMs) return 1;
  if (atMs < startMs) return 0.05 + 0.45 * between(atMs, startLowMs, startMs);
  return 0.5 + 0.45 * between(atMs, startMs, startHighMs);
};

/** When a scope's looks can count at all. */
export const spanOf = ({ window }: ExposureScope): { readonly fromMs: number; readonly toMs: number } => ({
  fromMs: window.startLowMs,
  toMs: window.endMs + window.afterEndMs,
});
