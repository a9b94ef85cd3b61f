import { notVerified } from '../not-verified.ts';

const decimalPattern = /^(?:0|[1-9][0-9]{0,19})$/;

/**
 * Reads a size or an index: ASCII digits without sign or leading zero. The formats allow 64 bits; a number that
 * cannot be held exactly (over 2^53 - 1) is refused, never rounded.
 *
 * @throws Fault `not-verified`
 */
export const readDecimal = (text: string, place: string): number => {
  if (!decimalPattern.test(text)) throw notVerified(place, 'not a decimal number without leading zeros');
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw notVerified(place, 'over 2^53 - 1');
  return value;
};
