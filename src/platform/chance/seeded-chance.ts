import { createCipheriv, createHash } from 'node:crypto';
import type { Chance } from '../../model/ports.ts';

/**
 * Chance that a seed decides: the AES-128-CTR key stream under SHA-256(seed). For tests, benchmarks and
 * simulations only: whoever knows the seed knows every byte.
 */
export const seededChance = (seed: string | number): Chance => {
  const digest = createHash('sha256').update(String(seed)).digest();
  const stream = createCipheriv('aes-128-ctr', digest.subarray(0, 16), digest.subarray(16, 32));
  return { bytes: (count) => new Uint8Array(stream.update(new Uint8Array(count))) };
};
