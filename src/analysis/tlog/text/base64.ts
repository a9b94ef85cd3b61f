import { notVerified } from '../not-verified.ts';

export const hashBytes = 32;

/**
 * Reads standard base64 (RFC 4648 section 4) with its padding. Buffer skips what it does not know, so the bytes
 * are encoded again and must give the same text.
 *
 * @throws Fault `not-verified`
 */
export const readBase64 = (text: string, place: string): Buffer => {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw notVerified(place, 'not canonical base64');
  return bytes;
};

/** Reads the base64 of one SHA-256 hash. */
export const readHash = (text: string, place: string): Buffer => {
  const bytes = readBase64(text, place);
  if (bytes.length !== hashBytes) throw notVerified(place, `not a hash of ${hashBytes} bytes`);
  return bytes;
};
