import { notVerified } from '../not-verified.ts';

// A byte order mark is a character like any other here: dropping it would change what was signed.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws Fault `not-verified` for bytes that are not UTF-8 */
export const readUtf8 = (bytes: Uint8Array, place: string): string => {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw notVerified(place, 'not UTF-8', cause);
  }
};
