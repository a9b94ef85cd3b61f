import { hiddenMask } from './hidden-mask.ts';
import { readAmount } from './read-amount.ts';

/** Bands grow tenfold, so that a band tells no more than the number of digits. */
const bounds = [0, 100, 1_000, 10_000, 100_000, 1_000_000] as const;

/** `12,345.67 EUR` -> `10,000 to 100,000`. */
export const maskBand = (value: string): string => {
  const amount = readAmount(value);
  if (amount === undefined) return hiddenMask;
  if (amount < 0) return 'below 0';
  const index = bounds.findLastIndex((bound) => amount >= bound);
  const [from, to] = [bounds[index] ?? 0, bounds[index + 1]];
  return to === undefined ? `over ${grouped(from)}` : `${grouped(from)} to ${grouped(to)}`;
};

const grouped = (bound: number): string => String(bound).replace(/(?=(?:\d{3})+$)(?!^)/g, ',');
