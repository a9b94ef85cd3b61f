import fc from 'fast-check';
import { describe, it } from 'vitest';
import { fuzzed } from '../support/tlog-fuzz.ts';

describe('every reader of the ledger’s formats refuses what is broken, and agrees with the verifier', () => {
  // bench/tlog-fuzz.ts runs the same properties over 100,000 cases and more.
  it.each(fuzzed)('$name', async ({ property, weight }) => {
    await fc.assert(property, { numRuns: 100 * weight });
  });
});
