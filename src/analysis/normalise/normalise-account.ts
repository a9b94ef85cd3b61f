import { stripInvisible } from './strip-invisible.ts';

const accountCharsMax = 128;
const separators = /[\s\p{Pd}._/\u2212]/gu;
const decimalDigit = /\p{Nd}/u;
const otherDigit = /(?![0-9])\p{Nd}/gu;

/**
 * One form for all ways of saying an account number: blanks, dashes, points and slashes taken out, upper case,
 * digits of any script as 0-9. Undefined when nothing but letters and digits should remain and does not.
 */
export const normaliseAccount = (text: string): string | undefined => {
  if (text.length > accountCharsMax) return undefined;
  const folded = stripInvisible(text)
    .normalize('NFKC')
    .toUpperCase()
    .normalize('NFKC')
    .replace(separators, '');
  const account = folded.replace(otherDigit, digitOf);
  return /^[\p{L}\p{N}]{1,64}$/u.test(account) ? account : undefined;
};

/** Unicode 4.6: the digits 0-9 of a script lie side by side, in order, so the zero starts every run of ten. */
const digitOf = (sign: string): string => {
  const code = sign.codePointAt(0) ?? 0;
  let first = code;
  while (decimalDigit.test(String.fromCodePoint(first - 1))) first -= 1;
  return String((code - first) % 10);
};
