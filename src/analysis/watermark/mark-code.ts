import type { ViewId } from '../../model/id.ts';
import { checksum24 } from './checksum.ts';

/**
 * The error-correcting code of the mark: 48 bits of view id and 24 bits of checksum, spread over 216 coded bits
 * by the tail-biting convolutional code of constraint length 9 and rate 1/3 (generators 557, 663, 711 octal;
 * Lin & Costello, Error Control Coding, table 12.1). Tail-biting spends no bits on closing the code.
 */
const generators = [0o557, 0o663, 0o711] as const;
const stateCount = 256;
const idByteCount = 6;
const messageBitCount = 72;
export const codedBitCount = messageBitCount * generators.length;
/** How many of the most likely paths are held against the checksum. */
const pathCountMax = 16;
const lapCount = 3;

const parity = (word: number): number => {
  let folded = word ^ (word >> 8);
  folded ^= folded >> 4;
  folded ^= folded >> 2;
  folded ^= folded >> 1;
  return folded & 1;
};

/** For each 9-bit register (8 bits of state, then the new bit): its three coded bits as one number 0-7. */
const symbols = Uint8Array.from({ length: stateCount * 2 }, (_, register) =>
  generators.reduce((symbol, generator, at) => symbol | (parity(register & generator) << at), 0),
);

const messageOf = (viewId: ViewId): Uint8Array => {
  const bytes = new Uint8Array(idByteCount + 3);
  for (let at = 0; at < idByteCount; at += 1)
    bytes[at] = Number.parseInt(viewId.slice(at * 2, at * 2 + 2), 16);
  const check = checksum24(bytes.subarray(0, idByteCount));
  bytes.set([check >> 16, (check >> 8) & 255, check & 255], idByteCount);
  return Uint8Array.from(
    { length: messageBitCount },
    (_, bit) => ((bytes[bit >> 3] as number) >> (7 - (bit & 7))) & 1,
  );
};

const viewOf = (message: Uint8Array): ViewId | undefined => {
  const bytes = new Uint8Array(idByteCount + 3);
  message.forEach((bit, at) => {
    bytes[at >> 3] = (bytes[at >> 3] as number) | (bit << (7 - (at & 7)));
  });
  const check = ((bytes[6] as number) << 16) | ((bytes[7] as number) << 8) | (bytes[8] as number);
  const id = bytes.subarray(0, idByteCount);
  if (checksum24(id) !== check) return undefined;
  return Array.from(id, (byte) => byte.toString(16).padStart(2, '0')).join('') as ViewId;
};

/** The 216 coded bits of a view id, each -1 or +1. */
export const encodeView = (viewId: ViewId): Int8Array => {
  const message = messageOf(viewId);
  let state = 0;
  for (let at = messageBitCount - 8; at < messageBitCount; at += 1)
    state = (state << 1) | (message[at] as number);
  const coded = new Int8Array(codedBitCount);
  message.forEach((bit, at) => {
    const register = (state << 1) | bit;
    const symbol = symbols[register] as number;
    for (let j = 0; j < 3; j += 1) coded[at * 3 + j] = ((symbol >> j) & 1) * 2 - 1;
    state = register & (stateCount - 1);
  });
  return coded;
};

interface Trellis {
  readonly before: Float64Array;
  readonly after: Float64Array;
  /** One byte a step and state: which of the two predecessors won. */
  readonly choices: Uint8Array;
}

/** Runs the trellis round the circle; the last lap's choices are kept. */
const runLaps = (softBits: Float32Array): Trellis => {
  let metrics = new Float64Array(stateCount);
  let next = new Float64Array(stateCount);
  let before = metrics.slice();
  const choices = new Uint8Array(messageBitCount * stateCount);
  const branch = new Float64Array(8);
  for (let step = 0; step < messageBitCount * lapCount; step += 1) {
    const at = step % messageBitCount;
    if (at === 0) before = metrics.slice();
    for (let symbol = 0; symbol < 8; symbol += 1) {
      let sum = 0;
      for (let j = 0; j < 3; j += 1)
        sum += (symbol >> j) & 1 ? (softBits[at * 3 + j] as number) : -(softBits[at * 3 + j] as number);
      branch[symbol] = sum;
    }
    for (let state = 0; state < stateCount; state += 1) {
      const low = (metrics[state >> 1] as number) + (branch[symbols[state] as number] as number);
      const high =
        (metrics[(state >> 1) | 128] as number) + (branch[symbols[state | 256] as number] as number);
      choices[at * stateCount + state] = high > low ? 1 : 0;
      next[state] = Math.max(high, low);
    }
    [metrics, next] = [next, metrics];
  }
  return { before, after: metrics, choices };
};

interface Path {
  readonly message: Uint8Array;
  readonly metric: number;
}

/** The paths of the last lap that end where they began, best first. */
const closedPaths = ({ before, after, choices }: Trellis): readonly Path[] => {
  const paths: Path[] = [];
  for (let end = 0; end < stateCount; end += 1) {
    const message = new Uint8Array(messageBitCount);
    let state = end;
    for (let at = messageBitCount - 1; at >= 0; at -= 1) {
      message[at] = state & 1;
      state = (state >> 1) | ((choices[at * stateCount + state] as number) << 7);
    }
    if (state === end) paths.push({ message, metric: (after[end] as number) - (before[end] as number) });
  }
  return paths.sort((a, b) => b.metric - a.metric);
};

export interface Decoded {
  readonly viewId: ViewId;
  /** Agreement of the decoded codeword with the soft bits: 1 when every sign agrees, near 0 for chance. */
  readonly agreement: number;
}

/** The sum of the soft bits in the direction of a codeword over the sum of their sizes. */
export const agreementOf = (softBits: Float32Array, coded: Int8Array): number => {
  let along = 0;
  let whole = 0;
  for (let at = 0; at < codedBitCount; at += 1) {
    const soft = softBits[at] as number;
    along += soft * (coded[at] as number);
    whole += Math.abs(soft);
  }
  return whole > 0 ? along / whole : 0;
};

/**
 * Finds the view id whose codeword fits 216 soft bits best, or undefined when no likely path passes the checksum.
 *
 * @param softBits log-likelihood ratios, positive for +1, in any common scale
 */
export const decodeView = (softBits: Float32Array): Decoded | undefined => {
  for (const { message } of closedPaths(runLaps(softBits)).slice(0, pathCountMax)) {
    const viewId = viewOf(message);
    if (viewId) return { viewId, agreement: agreementOf(softBits, encodeView(viewId)) };
  }
  return undefined;
};
