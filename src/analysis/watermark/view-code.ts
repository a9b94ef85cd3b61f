import { parseViewId, type ViewId } from '../../model/id.ts';
import { checksum24 } from './checksum.ts';

/**
 * The view's short code for human eyes, shown in the page's header: what a person can read out where no machine can
 * read the mark. Ten letters and digits without look-alikes (Crockford's base 32) in groups: `2MFK-9ZQ-0TB`. They
 * hold the 48 bits of the view id and 2 bits of checksum.
 */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const letterCount = 10;

const checkBits = (viewId: ViewId): bigint =>
  BigInt(
    checksum24(
      Uint8Array.from({ length: 6 }, (_, at) => Number.parseInt(viewId.slice(at * 2, at * 2 + 2), 16)),
    ) & 3,
  );

export const formatViewCode = (viewId: ViewId): string => {
  const bits = (BigInt(`0x${viewId}`) << 2n) | checkBits(viewId);
  const letters = Array.from(
    { length: letterCount },
    (_, i) => alphabet[Number((bits >> BigInt(5 * (letterCount - 1 - i))) & 31n)] ?? '',
  );
  return `${letters.slice(0, 4).join('')}-${letters.slice(4, 7).join('')}-${letters.slice(7).join('')}`;
};

/** Reads a code as people write it: any case, any grouping, O for 0, I or L for 1. Undefined when it is none. */
export const parseViewCode = (text: string): ViewId | undefined => {
  const letters = text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  if (letters.length !== letterCount) return undefined;
  let bits = 0n;
  for (const letter of letters) {
    const value = alphabet.indexOf(letter);
    if (value < 0) return undefined;
    bits = (bits << 5n) | BigInt(value);
  }
  const viewId = parseViewId((bits >> 2n).toString(16).padStart(12, '0'));
  return viewId && checkBits(viewId) === (bits & 3n) ? viewId : undefined;
};
