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
/** How many paths, each the best of its state, are held against the checksum. */
export const pathCountMax = 4;
const lapCount = 2;

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

/** Sums of three soft bits for each of the eight symbols, step by step. */
const branchesOf = (softBits: Float32Array): Float64Array => {
  const branches = new Float64Array(messageBitCount * 8);
  for (let at = 0; at < branches.length; at += 1) {
    const first = (at >> 3) * 3;
    for (let j = 0; j < 3; j += 1) {
      const soft = softBits[first + j] as number;
      branches[at] = (branches[at] as number) + ((at >> j) & 1 ? soft : -soft);
    }
  }
  return branches;
};

/**
 * One lap of Viterbi's algorithm: metrics by state, in place.
 *
 * @param choices when given, one byte a step and state: which of the two predecessors won
 */
const runLap = (branches: Float64Array, metrics: Float64Array, choices?: Uint8Array): void => {
  let from = Float64Array.from(metrics);
  let to = new Float64Array(stateCount);
  for (let at = 0; at < messageBitCount; at += 1) {
    for (let state = 0; state < stateCount; state += 1) {
      const low = (from[state >> 1] as number) + (branches[at * 8 + (symbols[state] as number)] as number);
      const high =
        (from[(state >> 1) | 128] as number) +
        (branches[at * 8 + (symbols[state | 256] as number)] as number);
      to[state] = Math.max(low, high);
      if (choices) choices[at * stateCount + state] = high > low ? 1 : 0;
    }
    [from, to] = [to, from];
  }
  metrics.set(from);
};

interface Path {
  readonly message: Uint8Array;
  readonly metric: number;
}

/** The best path that begins and ends in one state. */
const closedPath = (branches: Float64Array, state: number): Path => {
  const metrics = new Float64Array(stateCount).fill(Number.NEGATIVE_INFINITY);
  metrics[state] = 0;
  const choices = new Uint8Array(messageBitCount * stateCount);
  runLap(branches, metrics, choices);
  const message = new Uint8Array(messageBitCount);
  for (let at = messageBitCount - 1, here = state; at >= 0; at -= 1) {
    message[at] = here & 1;
    here = (here >> 1) | ((choices[at * stateCount + here] as number) << 7);
  }
  return { message, metric: metrics[state] as number };
};

/** Best closed paths of the states that circling the trellis finds likeliest at the seam, best first. */
const closedPaths = (softBits: Float32Array): readonly Path[] => {
  const branches = branchesOf(softBits);
  const metrics = new Float64Array(stateCount);
  for (let lap = 0; lap < lapCount; lap += 1) runLap(branches, metrics);
  return Array.from(metrics.keys())
    .sort((a, b) => (metrics[b] as number) - (metrics[a] as number))
    .slice(0, pathCountMax)
    .map((state) => closedPath(branches, state))
    .sort((a, b) => b.metric - a.metric);
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
  for (const { message } of closedPaths(softBits)) {
    const viewId = viewOf(message);
    if (viewId) return { viewId, agreement: agreementOf(softBits, encodeView(viewId)) };
  }
  return undefined;
};
