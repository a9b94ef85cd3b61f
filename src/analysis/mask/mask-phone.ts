import { hiddenMask } from './hidden-mask.ts';

/** With fewer digits, two of them would be more than a quarter. */
const digitsMin = 8;

/** `+44 7700 900123` -> `••• ••23`: the last two digits. */
export const maskPhone = (value: string): string => {
  const digits = value.match(/\p{Nd}/gu) ?? [];
  return digits.length < digitsMin ? hiddenMask : `••• ••${digits.slice(-2).join('')}`;
};
