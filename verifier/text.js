// The small spellings that every format shares. Each accepts one text only for one meaning.

/** Evidence that does not hold: where, and why. */
export class NotVerified extends Error {
  constructor(place, why) {
    super(`${place}: ${why}`);
    this.name = 'NotVerified';
  }
}
export const refuse = (place, why) => {
  throw new NotVerified(place, why);
};
export const utf8 = (text) => new TextEncoder().encode(text);
export const readText = (bytes, place) => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse(place, 'not UTF-8');
  }
};
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
export const same = (left, right) =>
  left.length === right.length && left.every((byte, at) => byte === right[at]);

/** A size or index: digits, no sign, no leading zero, at most 2^53 - 1. */
export const readNumber = (text, place) => {
  if (!/^(0|[1-9][0-9]*)$/.test(text)) refuse(place, 'not a decimal number without leading zeros');
  const value = BigInt(text);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : refuse(place, 'over 2^53 - 1');
};

/** Standard base64 with padding and without spare bits: exactly one text for the same bytes. */
export const readBase64 = (text, place) => {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/.test(text))
    refuse(place, 'not canonical base64');
  const octets = atob(text);
  const bytes = new Uint8Array(octets.length);
  for (let at = 0; at < octets.length; at += 1) bytes[at] = octets.charCodeAt(at);
  return bytes;
};
export const readHash = (text, place) => {
  const bytes = readBase64(text, place);
  return bytes.length === 32 ? bytes : refuse(place, 'not a hash of 32 bytes');
};
