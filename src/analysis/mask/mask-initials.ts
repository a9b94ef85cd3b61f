import { hiddenMask } from './hidden-mask.ts';

/** Parts shorter than this would be told in good part by their first letter. */
const partCharsMin = 3;
const partsMax = 3;
/** Here one sign is a syllable or a whole family name, so no sign is an initial. */
const wordSigns = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const letter = /^\p{L}/u;

/** `Ada Lovelace` -> `A. L.`: the first letter of up to three parts of at least three letters. */
export const maskInitials = (value: string): string => {
  if (wordSigns.test(value)) return hiddenMask;
  const initials = value
    .trim()
    .split(/\s+/u)
    .slice(0, partsMax)
    .map((part) => ([...part].length >= partCharsMin ? letter.exec(part)?.[0] : undefined));
  if (initials.every((initial) => initial === undefined)) return hiddenMask;
  return initials.map((initial) => `${initial ?? '•'}.`).join(' ');
};
