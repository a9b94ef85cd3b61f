import { hiddenMask } from './hidden-mask.ts';

const shownMax = 4;
/** Fewer than two would help nobody to tell accounts apart. */
const shownMin = 2;

/** `DE89 3704 0044 0532 0130 00` -> `•••• 3000`: up to four last letters or digits, never over a third of them. */
export const maskLast4 = (value: string): string => {
  const signs = value.match(/[\p{L}\p{N}]/gu) ?? [];
  const shown = Math.min(shownMax, Math.floor(signs.length / 3));
  return shown < shownMin ? hiddenMask : `•••• ${signs.slice(-shown).join('')}`;
};
