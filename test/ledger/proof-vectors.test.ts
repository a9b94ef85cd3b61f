import { describe, expect, it } from 'vitest';
import { verifyConsistency, verifyInclusion } from '../../src/analysis/tlog/tree/verify-proof.ts';
import { readVectors, vectorsMissing } from '../support/shared-vectors.ts';

interface Vector {
  readonly root: string;
  readonly leafHash: string;
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}
const hashesOf = (texts: readonly string[] | null): Buffer[] =>
  (texts ?? []).map((text) => Buffer.from(text, 'base64'));
const hashOf = (text: string | null): Buffer => Buffer.from(text ?? '', 'base64');

describe.skipIf(vectorsMissing !== undefined)(`proof vectors of others ${vectorsMissing ?? ''}`, () => {
  const inclusion = vectorsMissing === undefined ? readVectors<Vector>('inclusion') : [];
  const consistency = vectorsMissing === undefined ? readVectors<Vector>('consistency') : [];

  it('are 196, of which 184 must be refused', () => {
    const all = [...inclusion, ...consistency];
    expect(all).toHaveLength(196);
    expect(all.filter(([, vector]) => vector.wantErr)).toHaveLength(184);
  });

  it.each(inclusion)('%s gives the right answer', (_path, vector) => {
    const verify = (): void =>
      verifyInclusion(
        { index: vector.leafIdx, leafHash: hashOf(vector.leafHash), proof: hashesOf(vector.proof) },
        { size: vector.treeSize, root: hashOf(vector.root) },
      );
    if (vector.wantErr) expect(verify).toThrow(expect.objectContaining({ code: 'not-verified' }));
    else verify();
  });

  it.each(consistency)('%s gives the right answer', (_path, vector) => {
    const verify = (): void =>
      verifyConsistency(
        { size: vector.size1, root: hashOf(vector.root1) },
        { size: vector.size2, root: hashOf(vector.root2) },
        hashesOf(vector.proof),
      );
    if (vector.wantErr) expect(verify).toThrow(expect.objectContaining({ code: 'not-verified' }));
    else verify();
  });
});
