import { hash } from 'node:crypto';
import { Fault } from '../../../model/fault.ts';
import { notVerified } from '../not-verified.ts';
import { readUtf8 } from '../text/utf8.ts';
import { type Json, writeCanonicalJson } from './canonical-json.ts';

/** Fewest bytes of chance in a salt (RFC 9901 section 9.3): what makes a digest unguessable. */
export const saltBytes = 16;
/** The longest disclosure in characters of base64url. */
export const disclosureCharsMax = 65_535;

const jsonBytesMax = Math.floor((disclosureCharsMax * 6) / 8);
// One buffer for every disclosure: allocating anew doubles the cost. A write stops at the last whole character,
// at most 3 bytes early, so a text that is too long always ends beyond `jsonBytesMax`.
const scratch = Buffer.alloc(jsonBytesMax + 4);

const namePattern = /^[a-z][a-z0-9_]{0,39}$/;

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * One named value as it is disclosed (RFC 9901 section 4.2.1): base64url of the canonical JSON
 * `[salt, name, value]`. `salt` is fresh chance for every disclosure, 16 bytes or more, never derived.
 *
 * @throws Fault `unprocessable` when the value is not plain JSON or too long, `bug` for a wrong name or salt
 */
export const encodeDisclosure = (name: string, value: Json, salt: Uint8Array): string => {
  if (!namePattern.test(name)) throw new Fault('bug', 'a disclosure name is not lower snake case');
  if (salt.length < saltBytes || salt.length > 64)
    throw new Fault('bug', `a salt has ${saltBytes} to 64 bytes`);
  const json = `["${asBuffer(salt).toString('base64url')}","${name}",${writeCanonicalJson(value)}]`;
  const length = scratch.write(json);
  if (length > jsonBytesMax)
    throw new Fault('unprocessable', `a disclosure is over ${disclosureCharsMax} characters`);
  return scratch.toString('base64url', 0, length);
};

/** What stands in the entry for a disclosure: base64url(SHA-256(its characters)), 43 characters. */
export const digestDisclosure = (text: string): string => hash('sha256', text, 'base64url');

export interface Disclosure {
  readonly salt: Buffer;
  readonly name: string;
  readonly value: Json;
}

/**
 * Reads a disclosure and accepts only the exact text that `encodeDisclosure` writes.
 *
 * @throws Fault `not-verified` with what is wrong
 */
export const decodeDisclosure = (text: string): Disclosure => {
  if (text.length > disclosureCharsMax)
    throw notVerified('disclosure', `over ${disclosureCharsMax} characters`);
  const bytes = Buffer.from(text, 'base64url');
  // Buffer skips characters it does not know: only re-encoding shows that nothing was skipped.
  if (bytes.toString('base64url') !== text) throw notVerified('disclosure', 'not base64url');
  let parts: unknown;
  try {
    parts = JSON.parse(readUtf8(bytes, 'disclosure'));
  } catch (cause) {
    throw notVerified('disclosure', 'not JSON in UTF-8', cause);
  }
  if (!Array.isArray(parts) || parts.length !== 3) throw notVerified('disclosure', 'not [salt, name, value]');
  const [saltText, name, value] = parts as [unknown, unknown, Json];
  if (typeof saltText !== 'string' || typeof name !== 'string')
    throw notVerified('disclosure', 'salt and name are texts');
  const salt = Buffer.from(saltText, 'base64url');
  let again: string;
  try {
    again = encodeDisclosure(name, value, salt);
  } catch (cause) {
    throw notVerified('disclosure', 'name, salt or value is outside the format', cause);
  }
  if (again !== text) throw notVerified('disclosure', 'not in its canonical form');
  return { salt, name, value };
};
