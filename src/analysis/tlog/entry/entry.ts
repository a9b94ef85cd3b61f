import { Fault } from '../../../model/fault.ts';
import { formatInstant, type Instant, parseInstant } from '../../../model/instant.ts';
import type { Chance } from '../../../model/ports.ts';
import { notVerified } from '../not-verified.ts';
import { entryBytesMax } from '../tile/entry-bundle.ts';
import { sha256 } from '../tree/merkle-hash.ts';
import { digestDisclosure } from './disclosure.ts';

export { leafHash } from '../tree/merkle-hash.ts';
export { encodeDisclosure } from './disclosure.ts';

/** Every entry holds this many digests, so that their number says nothing. */
export const digestCount = 12;
/** Bytes of chance in one decoy digest: as many as a real SHA-256 has. */
const decoyBytes = 32;

const kindPattern = /^[a-z][a-z-]{0,30}\/v[1-9][0-9]{0,2}$/;
const instantChars = 24;

export interface EntryParts {
  /** Name and version of the kind of entry: `access/v1`. */
  readonly kind: string;
  readonly at: Instant;
  /** As `encodeDisclosure` wrote them; at most 12. */
  readonly disclosures: readonly string[];
  /** Asked once, for 32 bytes for each place that no disclosure fills. */
  readonly chance: Chance;
}

export interface EncodedEntry {
  /** The exact bytes of the leaf. Hash and store these; never serialise again. */
  readonly bytes: Buffer;
  readonly leafHash: Buffer;
  /** As they stand in the entry, sorted. */
  readonly digests: readonly string[];
}

const digestsOf = ({ disclosures, chance }: EntryParts): string[] => {
  const decoyCount = digestCount - disclosures.length;
  if (decoyCount < 0) throw new Fault('bug', `an entry holds at most ${digestCount} disclosures`);
  const digests = disclosures.map(digestDisclosure);
  const decoys = Buffer.from(chance.bytes(decoyCount * decoyBytes));
  for (let start = 0; start < decoyCount * decoyBytes; start += decoyBytes)
    digests.push(decoys.toString('base64url', start, start + decoyBytes));
  // Sorted, so that a digest's place does not tell which field it is.
  digests.sort();
  for (let index = 1; index < digestCount; index += 1)
    if (digests[index] === digests[index - 1])
      throw new Fault('bug', 'an entry holds the same disclosure twice');
  return digests;
};

/**
 * The bytes of one leaf: canonical JSON (RFC 8785) with exactly 12 sorted digests, the hash name, the time and
 * the kind. Missing digests are filled with decoys, so entries of one kind look alike.
 *
 * @throws Fault `bug` for over 12 disclosures, one given twice, a wrong kind or a year beyond 9999
 */
export const encodeEntry = (parts: EntryParts): EncodedEntry => {
  if (!kindPattern.test(parts.kind)) throw new Fault('bug', 'an entry kind reads like access/v1');
  const at = formatInstant(parts.at);
  if (at.length !== instantChars) throw new Fault('bug', 'an entry lies in the years 0 to 9999');
  const digests = digestsOf(parts);
  // The leading NUL is RFC 6962's leaf prefix: one buffer serves the entry and its hash. The parts are all ASCII
  // and free of quotes, and the members are in canonical order: `_sd` < `_sd_alg` < `at` < `typ`.
  const leaf = Buffer.from(
    `\0{"_sd":["${digests.join('","')}"],"_sd_alg":"sha-256","at":"${at}","typ":"${parts.kind}"}`,
    'latin1',
  );
  return { bytes: leaf.subarray(1), leafHash: sha256(leaf), digests };
};

export interface Entry {
  readonly kind: string;
  readonly at: Instant;
  readonly digests: readonly string[];
}

// 43 base64url characters carry 258 bits for 256: the last one has its two low bits clear, or it is not canonical.
const digestPattern = '"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"';
const entryPattern = new RegExp(
  `^\\{"_sd":\\[(${digestPattern}(?:,${digestPattern}){${digestCount - 1}})\\],"_sd_alg":"sha-256",` +
    '"at":"([^"\\\\]{24})","typ":"([^"\\\\]{1,40})"\\}$',
);

/**
 * Reads an entry and accepts only the exact bytes that `encodeEntry` writes.
 *
 * @throws Fault `not-verified` with what is wrong
 */
export const decodeEntry = (bytes: Uint8Array): Entry => {
  if (bytes.length > entryBytesMax) throw notVerified('entry', `over ${entryBytesMax} bytes`);
  const found = entryPattern.exec(Buffer.from(bytes).toString('latin1'));
  if (!found) throw notVerified('entry', 'not in the form of formats/entry.md');
  const [, list = '', at = '', kind = ''] = found;
  const digests = list.slice(1, -1).split('","');
  for (let index = 1; index < digests.length; index += 1)
    if ((digests[index - 1] ?? '') >= (digests[index] ?? ''))
      throw notVerified('entry', 'digests are not sorted, or one stands twice');
  const instant = parseInstant(at);
  if (instant === undefined || formatInstant(instant) !== at)
    throw notVerified('entry', '`at` is not RFC 3339 in UTC with milliseconds');
  if (!kindPattern.test(kind)) throw notVerified('entry', '`typ` does not read like access/v1');
  return { kind, at: instant, digests };
};
