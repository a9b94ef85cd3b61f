import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf } from '../../../model/instant.ts';
import { TokenBuckets } from './token-buckets.ts';

const minuteMs = 60_000;

describe('a token bucket', () => {
  it('gives the burst at once, then says how long until the next token', () => {
    const buckets = new TokenBuckets({ burstCount: 3, perMinute: 60 }, 10);
    const now = instantOf(0);
    expect([1, 2, 3].map(() => buckets.take('ann', now).taken)).toEqual([true, true, true]);
    expect(buckets.take('ann', now)).toEqual({ taken: false, retryAfterMs: 1_000 });
    expect(buckets.take('ann', instantOf(1_000)).taken).toBe(true);
  });

  it('keeps one key’s tries from another’s', () => {
    const buckets = new TokenBuckets({ burstCount: 1, perMinute: 1 }, 10);
    expect(buckets.take('ann', instantOf(0)).taken).toBe(true);
    expect(buckets.take('bob', instantOf(0)).taken).toBe(true);
    expect(buckets.take('ann', instantOf(0)).taken).toBe(false);
  });

  it('gives nothing for a clock that steps back', () => {
    const buckets = new TokenBuckets({ burstCount: 1, perMinute: 60 }, 10);
    expect(buckets.take('ann', instantOf(minuteMs)).taken).toBe(true);
    expect(buckets.take('ann', instantOf(0)).taken).toBe(false);
  });

  it('never gives more in any window than the burst and what refills in it', () => {
    const limit = fc.record({
      burstCount: fc.integer({ min: 1, max: 20 }),
      perMinute: fc.integer({ min: 1, max: 600 }),
    });
    const gapsMs = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(limit, gapsMs, (limit, gaps) => {
        const buckets = new TokenBuckets(limit, 10);
        let atMs = 0;
        const takenAtMs: number[] = [];
        for (const gap of gaps) {
          atMs += gap;
          if (buckets.take('ann', instantOf(atMs)).taken) takenAtMs.push(atMs);
        }
        for (const [from, start] of takenAtMs.entries())
          for (const [to, end] of takenAtMs.entries())
            if (to >= from) {
              const allowed = limit.burstCount + ((end - start) * limit.perMinute) / minuteMs;
              expect(to - from + 1).toBeLessThanOrEqual(allowed + 1e-6);
            }
      }),
    );
  });

  it('tells a wait after which the next try succeeds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 600 }),
        fc.integer({ min: 1, max: 5 }),
        (perMinute, burstCount) => {
          const buckets = new TokenBuckets({ burstCount, perMinute }, 10);
          let refused = buckets.take('ann', instantOf(0));
          while (refused.taken) refused = buckets.take('ann', instantOf(0));
          expect(buckets.take('ann', instantOf(refused.retryAfterMs)).taken).toBe(true);
        },
      ),
    );
  });

  it('remembers no more keys than it may, and forgets the one unused the longest', () => {
    const buckets = new TokenBuckets({ burstCount: 1, perMinute: 1 }, 3);
    for (const key of ['a', 'b', 'c', 'a', 'd']) buckets.take(key, instantOf(0));
    expect(buckets.size).toBe(3);
    expect(buckets.take('a', instantOf(0)).taken).toBe(false);
    expect(buckets.take('b', instantOf(0)).taken).toBe(true);
  });
});
