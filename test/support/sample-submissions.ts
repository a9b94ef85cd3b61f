import {
  type AddCheckpoint,
  formatAddCheckpoint,
} from '../../src/analysis/tlog/checkpoint/add-checkpoint.ts';
import { formatCheckpointText } from '../../src/analysis/tlog/checkpoint/checkpoint.ts';
import { formatNote } from '../../src/analysis/tlog/note/note.ts';
import { type SignerKey, signText } from '../../src/analysis/tlog/note/signer-key.ts';
import { consistencyProof, type Subtree, treeRoot } from '../../src/analysis/tlog/tree/build-proof.ts';
import { leafHash, rootOver } from '../../src/analysis/tlog/tree/merkle-hash.ts';

/** A log that exists only as a text: entry n is the text and n, so two texts are two histories. */
export interface PaperLog {
  readonly signer: SignerKey;
  rootAt(size: number): Buffer;
  noteAt(size: number): string;
  proof(from: number, to: number): Buffer[];
  /** What the log asks of a witness that it believes to be at `from`. */
  submission(from: number, to: number, over?: Partial<AddCheckpoint>): Buffer;
}

export const paperLog = (signer: SignerKey, text = 'entry'): PaperLog => {
  const source = ({ height, index }: Subtree): Buffer =>
    rootOver(
      Array.from({ length: 2 ** height }, (_, at) =>
        leafHash(Buffer.from(`${text} ${index * 2 ** height + at}`)),
      ),
    );
  const rootAt = (size: number): Buffer => treeRoot(size, source);
  const noteAt = (size: number): string => {
    const { name: origin } = signer.verifierKey;
    const body = formatCheckpointText({ origin, size, root: rootAt(size), extensions: [] });
    return formatNote({ text: body, signatures: [signText(body, signer)] });
  };
  const proof = (from: number, to: number): Buffer[] => consistencyProof(from, to, source);
  return {
    signer,
    rootAt,
    noteAt,
    proof,
    submission: (from, to, over = {}) =>
      Buffer.from(
        formatAddCheckpoint({ oldSize: from, proof: proof(from, to), checkpoint: noteAt(to), ...over }),
      ),
  };
};
