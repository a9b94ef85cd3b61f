import { hiddenMask } from './hidden-mask.ts';

const address = /^[^\s@]+@[^\s@]+\.([a-z]{2,4})$/iu;
/** A shorter local part would be told in good part by its first character. */
const localCharsMin = 3;

/** `anna@example.com` -> `a•••@•••.com`: one character of the local part and a short ASCII top-level domain. */
export const maskEmail = (value: string): string => {
  const topLevel = address.exec(value)?.[1];
  if (topLevel === undefined) return hiddenMask;
  const local = [...value.slice(0, value.indexOf('@'))];
  const first = local.length >= localCharsMin ? local[0] : '•';
  return `${first}•••@•••.${topLevel}`;
};
