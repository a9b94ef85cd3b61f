import { randomFillSync } from 'node:crypto';
import type { Chance } from '../../model/ports.ts';

const poolBytes = 16_384;
/** Longer asks go to the operating system directly: they would drain the pool for no gain. */
const pooledBytesMax = 1_024;

const pool = Buffer.alloc(poolBytes);
let used = poolBytes;

/**
 * The operating system's randomness. Small asks (nonces, ids, keys) are cut from a pool that is filled 16 KiB at
 * a time, because one call for 12 bytes costs as much as one for thousands. What was handed out is a copy and is
 * erased from the pool: no two asks share memory, and a key does not linger here.
 */
export const systemChance: Chance = {
  bytes(count) {
    if (count > pooledBytesMax) return randomFillSync(new Uint8Array(count));
    if (used + count > poolBytes) {
      randomFillSync(pool);
      used = 0;
    }
    const drawn = new Uint8Array(count);
    drawn.set(pool.subarray(used, used + count));
    pool.fill(0, used, used + count);
    used += count;
    return drawn;
  },
};
