import { notVerified } from '../not-verified.ts';
import { hashBytes } from '../text/base64.ts';
import { emptyRoot, heightOf, nodeHash } from './merkle-hash.ts';

/** A tree as a checkpoint states it. */
export interface TreeHead {
  readonly size: number;
  readonly root: Buffer;
}

export interface InclusionClaim {
  readonly index: number;
  readonly leafHash: Buffer;
  /** From the leaf's sibling upward. */
  readonly proof: readonly Buffer[];
}

const half = (count: number): number => Math.floor(count / 2);
const isOdd = (count: number): boolean => count % 2 === 1;

const checkNumber = (value: number, place: string): void => {
  if (!Number.isSafeInteger(value) || value < 0)
    throw notVerified(place, 'not a whole number up to 2^53 - 1');
};

const checkHashes = (proof: readonly Buffer[], place: string): void => {
  for (const [at, hash] of proof.entries())
    if (hash.length !== hashBytes) throw notVerified(`${place}, hash ${at}`, `not ${hashBytes} bytes long`);
};

/**
 * Checks that an entry stands at an index of a tree (RFC 9162 section 2.1.3.2, the tree of RFC 6962).
 *
 * @throws Fault `not-verified`
 */
export const verifyInclusion = (claim: InclusionClaim, head: TreeHead): void => {
  const place = `inclusion proof of entry ${claim.index} in a tree of ${head.size}`;
  checkNumber(claim.index, place);
  checkNumber(head.size, place);
  if (claim.index >= head.size) throw notVerified(place, 'the index lies beyond the tree');
  checkHashes([claim.leafHash], `${place}, leaf`);
  checkHashes(claim.proof, place);
  let at = claim.index;
  let last = head.size - 1;
  let hash = claim.leafHash;
  for (const sibling of claim.proof) {
    if (last === 0) throw notVerified(place, 'the proof is too long');
    if (isOdd(at) || at === last) {
      hash = nodeHash(sibling, hash);
      // The right edge has no sibling on levels where it stands alone: those levels are skipped.
      while (!isOdd(at) && at !== 0) {
        at = half(at);
        last = half(last);
      }
    } else hash = nodeHash(hash, sibling);
    at = half(at);
    last = half(last);
  }
  if (last !== 0) throw notVerified(place, 'the proof is too short');
  if (!hash.equals(head.root)) throw notVerified(place, 'the proof does not lead to the root');
};

const walkConsistency = (older: TreeHead, newer: TreeHead, path: readonly Buffer[]): void => {
  const place = `consistency proof from ${older.size} to ${newer.size}`;
  let at = older.size - 1;
  let last = newer.size - 1;
  while (isOdd(at)) {
    at = half(at);
    last = half(last);
  }
  const [first = emptyRoot, ...rest] = path;
  let olderHash = first;
  let newerHash = first;
  for (const hash of rest) {
    if (last === 0) throw notVerified(place, 'the proof is too long');
    if (isOdd(at) || at === last) {
      olderHash = nodeHash(hash, olderHash);
      newerHash = nodeHash(hash, newerHash);
      while (!isOdd(at) && at !== 0) {
        at = half(at);
        last = half(last);
      }
    } else newerHash = nodeHash(newerHash, hash);
    at = half(at);
    last = half(last);
  }
  if (last !== 0) throw notVerified(place, 'the proof is too short');
  if (!olderHash.equals(older.root)) throw notVerified(place, 'the proof does not lead to the older root');
  if (!newerHash.equals(newer.root)) throw notVerified(place, 'the proof does not lead to the newer root');
};

/**
 * Checks that one tree is the beginning of another (RFC 9162 section 2.1.4.2). From an empty tree nothing can be
 * shown, so that is refused here; who follows a log from nothing (C2SP tlog-witness: old size 0) has nothing to
 * check and asks for an empty proof.
 *
 * @throws Fault `not-verified`
 */
export const verifyConsistency = (older: TreeHead, newer: TreeHead, proof: readonly Buffer[]): void => {
  const place = `consistency proof from ${older.size} to ${newer.size}`;
  checkNumber(older.size, place);
  checkNumber(newer.size, place);
  if (older.size > newer.size) throw notVerified(place, 'the tree shrank');
  checkHashes(proof, place);
  if (older.size === newer.size) {
    if (proof.length > 0) throw notVerified(place, 'equal sizes take an empty proof');
    if (!older.root.equals(newer.root)) throw notVerified(place, 'two roots for one size: the log forked');
    if (older.size === 0 && !older.root.equals(emptyRoot))
      throw notVerified(place, 'an empty tree has another root');
    return;
  }
  if (older.size === 0) throw notVerified(place, 'nothing can be shown from an empty tree');
  if (proof.length === 0) throw notVerified(place, 'the proof is too short');
  checkHashes([older.root, newer.root], `${place}, roots`);
  walkConsistency(older, newer, heightOf(older.size) === undefined ? proof : [older.root, ...proof]);
};
