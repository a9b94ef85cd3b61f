import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manyEntries, naiveConsistency, naivePath, naiveRoot } from '../../../../test/support/naive-tree.ts';
import { consistencyProof, inclusionProof, type SubtreeSource, subtreesOf, treeRoot } from './build-proof.ts';
import { emptyRoot, leafHash, rootOver } from './merkle-hash.ts';
import { verifyConsistency, verifyInclusion } from './verify-proof.ts';

const notVerified = expect.objectContaining({ code: 'not-verified' });
const sourceOf = (entries: readonly Uint8Array[]): SubtreeSource => {
  const leaves = entries.map((entry) => leafHash(entry));
  return ({ height, index }) => {
    const covered = leaves.slice(index * 2 ** height, (index + 1) * 2 ** height);
    if (covered.length !== 2 ** height) throw new RangeError('not a whole subtree of this tree');
    return rootOver(covered);
  };
};
const flip = (bytes: Buffer, bit: number): Buffer => {
  const flipped = Buffer.from(bytes);
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return flipped;
};

describe('the tree', () => {
  const sizeMax = 40;
  const entries = manyEntries(sizeMax);
  const source = sourceOf(entries);

  it('has the roots that RFC 6962 gives, for every size up to 40', () => {
    expect(emptyRoot.toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    for (let size = 0; size <= sizeMax; size += 1)
      expect(treeRoot(size, source)).toEqual(naiveRoot(entries.slice(0, size)));
  });

  it('has the inclusion proofs that RFC 6962 gives, and each verifies, for every entry of every size', () => {
    for (let size = 1; size <= sizeMax; size += 1) {
      const root = treeRoot(size, source);
      for (let index = 0; index < size; index += 1) {
        const proof = inclusionProof(index, size, source);
        expect(proof).toEqual(naivePath(index, entries.slice(0, size)));
        verifyInclusion({ index, leafHash: leafHash(entries[index] ?? Buffer.of()), proof }, { size, root });
      }
    }
  });

  it('has the consistency proofs that RFC 6962 gives, and each verifies, for every pair of sizes', () => {
    for (let newer = 0; newer <= sizeMax; newer += 1) {
      const head = { size: newer, root: treeRoot(newer, source) };
      for (let older = 0; older <= newer; older += 1) {
        const proof = consistencyProof(older, newer, source);
        expect(proof).toEqual(naiveConsistency(older, entries.slice(0, newer)));
        if (older > 0 || newer === 0)
          verifyConsistency({ size: older, root: treeRoot(older, source) }, head, proof);
      }
    }
  });

  it('hashes a leaf of any length, long ones as short ones', () => {
    for (const length of [0, 1, 4_094, 4_095, 4_096, 65_535, 2]) {
      const entry = Buffer.alloc(length, length);
      expect(leafHash(entry)).toEqual(naiveRoot([entry]));
    }
  });

  it('asks beforehand for exactly the subtrees that a proof takes', () => {
    const wanted = subtreesOf((from) => inclusionProof(5, 11, from));
    const given = new Set(wanted.map(({ height, index }) => `${height}/${index}`));
    inclusionProof(5, 11, (subtree) => {
      expect(given.delete(`${subtree.height}/${subtree.index}`)).toBe(true);
      return source(subtree);
    });
    expect(given.size).toBe(0);
  });
});

describe('a proof', () => {
  const size = 21;
  const entries = manyEntries(size);
  const source = sourceOf(entries);
  const head = { size, root: treeRoot(size, source) };
  const index = 13;
  const claim = {
    index,
    leafHash: leafHash(entries[index] ?? Buffer.of()),
    proof: inclusionProof(index, size, source),
  };
  const older = { size: 11, root: treeRoot(11, source) };
  const steps = consistencyProof(11, size, source);

  it('is refused with any single bit flipped', () => {
    for (const [at, hash] of claim.proof.entries())
      for (let bit = 0; bit < 256; bit += 1) {
        const proof = claim.proof.with(at, flip(hash, bit));
        expect(() => verifyInclusion({ ...claim, proof }, head)).toThrow(notVerified);
      }
    for (const [at, hash] of steps.entries())
      for (let bit = 0; bit < 256; bit += 1)
        expect(() => verifyConsistency(older, head, steps.with(at, flip(hash, bit)))).toThrow(notVerified);
    for (let bit = 0; bit < 256; bit += 1) {
      const root = flip(head.root, bit);
      expect(() => verifyInclusion(claim, { size, root })).toThrow(notVerified);
      expect(() => verifyInclusion({ ...claim, leafHash: flip(claim.leafHash, bit) }, head)).toThrow(
        notVerified,
      );
      expect(() => verifyConsistency(older, { size, root }, steps)).toThrow(notVerified);
      expect(() => verifyConsistency({ size: 11, root: flip(older.root, bit) }, head, steps)).toThrow(
        notVerified,
      );
    }
  });

  it('is refused at every other index, and for every size whose proofs have another shape', () => {
    for (let other = 0; other < 64; other += 1)
      if (other !== index)
        expect(() => verifyInclusion({ ...claim, index: other }, head)).toThrow(notVerified);
    // Sizes from 17 to 32 give entry 13 the same path, so only the root, which the checkpoint binds to its size,
    // tells them apart.
    for (let other = 0; other < 64; other += 1)
      if (other <= 16 || other > 32)
        expect(() => verifyInclusion(claim, { ...head, size: other })).toThrow(notVerified);
  });

  it('is refused when a hash is missing, added, doubled, of another length or out of order', () => {
    const spoilt = (proof: readonly Buffer[]): Buffer[][] => [
      proof.slice(1),
      proof.slice(0, -1),
      [...proof, head.root],
      [head.root, ...proof],
      [...proof, ...proof],
      [],
      [...proof].reverse(),
      proof.map((hash) => hash.subarray(1)),
      proof.map((hash) => Buffer.concat([hash, Buffer.of(0)])),
    ];
    for (const proof of spoilt(claim.proof))
      expect(() => verifyInclusion({ ...claim, proof }, head)).toThrow(notVerified);
    for (const proof of spoilt(steps))
      expect(() => verifyConsistency(older, head, proof)).toThrow(notVerified);
  });

  it('from an empty tree is refused, and so is a shrunken tree', () => {
    const empty = { size: 0, root: emptyRoot };
    expect(() => verifyConsistency(empty, head, [])).toThrow(/empty tree/);
    expect(() => verifyConsistency(head, older, [])).toThrow(/shrank/);
    expect(() => verifyConsistency(empty, empty, [])).not.toThrow();
  });

  it('is refused for a size or an index that is not a whole number up to 2^53 - 1', () => {
    for (const wrong of [-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => verifyInclusion({ ...claim, index: wrong }, head)).toThrow(notVerified);
      expect(() => verifyInclusion(claim, { ...head, size: wrong })).toThrow(notVerified);
      expect(() => verifyConsistency(older, { ...head, size: wrong }, steps)).toThrow(notVerified);
    }
  });

  it('holds in trees of nearly 2^53 entries, where bit operations on numbers would fail', () => {
    const whole: SubtreeSource = ({ height, index: at }) => leafHash(Buffer.from(`${height}/${at}`));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 53 - 1 }),
        fc.nat(2 ** 31),
        fc.nat(2 ** 31),
        (treeSize, low, high) => {
          const at = (high * 2 ** 22 + low) % treeSize;
          const proof = inclusionProof(at, treeSize, whole);
          expect(proof.length).toBeLessThanOrEqual(53);
          const leaf = leafHash(Buffer.from(`0/${at}`));
          // The made-up subtrees do not hash into each other, so the root is what this one path gives.
          const root = rootOfPath(at, treeSize, [leaf, ...proof]);
          verifyInclusion({ index: at, leafHash: leaf, proof }, { size: treeSize, root });
          expect(() =>
            verifyInclusion({ index: at, leafHash: leaf, proof: [...proof, leaf] }, { size: treeSize, root }),
          ).toThrow(notVerified);
        },
      ),
    );
  });
});

/** The root that a path gives, by the RFC's recursion and not by the verifier's loop. */
const rootOfPath = (index: number, size: number, path: readonly Buffer[]): Buffer => {
  const top = path[path.length - 1] ?? emptyRoot;
  if (size === 1) return top;
  let k = 1;
  while (k * 2 < size) k *= 2;
  const below = path.slice(0, -1);
  return index < k
    ? rootOver([rootOfPath(index, k, below), top])
    : rootOver([top, rootOfPath(index - k, size - k, below)]);
};
