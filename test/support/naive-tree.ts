import { createHash } from 'node:crypto';

/**
 * RFC 6962 section 2.1 written down as the RFC words it, over a list of entries. Slow and plainly right: what the
 * fast tree is compared with.
 */
const sha256 = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const split = (count: number): number => 2 ** Math.ceil(Math.log2(count) - 1);

export const naiveRoot = (entries: readonly Uint8Array[]): Buffer => {
  const [first] = entries;
  if (first === undefined) return sha256();
  if (entries.length === 1) return sha256(Buffer.of(0), first);
  const k = split(entries.length);
  return sha256(Buffer.of(1), naiveRoot(entries.slice(0, k)), naiveRoot(entries.slice(k)));
};

export const naivePath = (index: number, entries: readonly Uint8Array[]): Buffer[] => {
  if (entries.length <= 1) return [];
  const k = split(entries.length);
  return index < k
    ? [...naivePath(index, entries.slice(0, k)), naiveRoot(entries.slice(k))]
    : [...naivePath(index - k, entries.slice(k)), naiveRoot(entries.slice(0, k))];
};

const subproof = (older: number, entries: readonly Uint8Array[], isWhole: boolean): Buffer[] => {
  if (older === entries.length) return isWhole ? [] : [naiveRoot(entries)];
  const k = split(entries.length);
  return older <= k
    ? [...subproof(older, entries.slice(0, k), isWhole), naiveRoot(entries.slice(k))]
    : [...subproof(older - k, entries.slice(k), false), naiveRoot(entries.slice(0, k))];
};

export const naiveConsistency = (older: number, entries: readonly Uint8Array[]): Buffer[] =>
  older === 0 ? [] : subproof(older, entries, true);

/** Entries that differ from each other, of lengths from 0 bytes on. */
export const manyEntries = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, index) => Buffer.from(index === 0 ? '' : `entry ${index}`));
