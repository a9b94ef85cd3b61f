import { Fault } from '../../../model/fault.ts';
import { notVerified } from '../not-verified.ts';
import { hashBytes, readBase64, readHash } from '../text/base64.ts';
import { readDecimal } from '../text/decimal.ts';
import { readUtf8 } from '../text/utf8.ts';
import { verifyInclusion } from '../tree/verify-proof.ts';
import { judgeCheckpoint, type TrustedCheckpoint, type TrustPolicy } from './trust-policy.ts';

const header = 'c2sp.org/tlog-proof@v1';
const proofBytesMax = 1_100_000;
/** A tree of 2^53 - 1 entries has at most 53 levels; the format's 64-bit sizes have 64. */
const hashesMax = 64;

/** A `.tlog-proof` file (C2SP tlog-proof): all it takes to check one entry offline. */
export interface TlogProof {
  readonly index: number;
  readonly hashes: readonly Buffer[];
  /** The checkpoint word for word, with its signatures. */
  readonly checkpoint: string;
  /** Said by whoever made the file and vouched for by nobody. */
  readonly extra: Buffer | undefined;
}

export const formatTlogProof = ({ index, hashes, checkpoint, extra }: TlogProof): string => {
  if (!Number.isSafeInteger(index) || index < 0 || hashes.some(({ length }) => length !== hashBytes))
    throw new Fault('bug', 'a proof has a whole index and hashes of 32 bytes');
  const extraLine = extra === undefined ? '' : `extra ${extra.toString('base64')}\n`;
  const lines = hashes.map((hash) => `${hash.toString('base64')}\n`).join('');
  return `${header}\n${extraLine}index ${index}\n${lines}\n${checkpoint}`;
};

const readExtra = (line: string | undefined, place: string): Buffer | undefined => {
  if (line === undefined || !line.startsWith('extra ')) return undefined;
  const bytes = readBase64(line.slice('extra '.length), place);
  if (bytes.length === 0) throw notVerified(place, 'the extra line is empty');
  return bytes;
};

/**
 * Reads a `.tlog-proof` without believing it.
 *
 * @throws Fault `not-verified` with the line that is wrong
 */
export const readTlogProof = (bytes: Uint8Array, place = 'proof'): TlogProof => {
  if (bytes.length > proofBytesMax) throw notVerified(place, `over ${proofBytesMax} bytes`);
  const text = readUtf8(bytes, place);
  const split = text.indexOf('\n\n');
  if (split === -1) throw notVerified(place, 'no empty line before the checkpoint');
  const lines = text.slice(0, split).split('\n');
  if (lines.length > hashesMax + 3) throw notVerified(place, `over ${hashesMax} hashes`);
  if (lines[0] !== header) throw notVerified(`${place}, line 1`, `not ${header}`);
  const extra = readExtra(lines[1], `${place}, line 2`);
  const indexAt = extra === undefined ? 1 : 2;
  const indexLine = lines[indexAt] ?? '';
  if (!indexLine.startsWith('index ')) throw notVerified(`${place}, line ${indexAt + 1}`, 'not index N');
  const index = readDecimal(indexLine.slice('index '.length), `${place}, line ${indexAt + 1}`);
  const hashes = lines
    .slice(indexAt + 1)
    .map((line, at) => readHash(line, `${place}, line ${indexAt + 2 + at}`));
  return { index, hashes, checkpoint: text.slice(split + 2), extra };
};

/** An entry that a proof shows to be in the log. */
export interface ProvenEntry {
  readonly index: number;
  readonly checkpoint: TrustedCheckpoint;
}

/** What is to be shown: the file, and the entry by its leaf hash. */
export interface ProofClaim {
  readonly proof: Uint8Array;
  readonly leafHash: Buffer;
}

/**
 * Checks a `.tlog-proof` offline: the policy is the reader's own.
 *
 * @throws Fault `not-verified`
 */
export const verifyTlogProof = ({ proof, leafHash }: ProofClaim, policy: TrustPolicy): ProvenEntry => {
  const { index, hashes, checkpoint: text } = readTlogProof(proof);
  const checkpoint = judgeCheckpoint(Buffer.from(text), policy, 'proof, checkpoint');
  verifyInclusion({ index, leafHash, proof: hashes }, checkpoint);
  return { index, checkpoint };
};
