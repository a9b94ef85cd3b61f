import { hiddenMask } from './hidden-mask.ts';

const yearFirst = /^(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?$/;
const yearLast = /^\d{1,2}[./-]\d{1,2}[./-](\d{4})$/;

/** `1987-04-02` -> `1987`. Day and month stay hidden; what is no date is hidden. */
export const maskYear = (value: string): string =>
  (yearFirst.exec(value.trim()) ?? yearLast.exec(value.trim()))?.[1] ?? hiddenMask;
