import type { Instant } from '../../../model/instant.ts';

/** `burstCount` tries at once, and `perMinute` tries in the long run. */
export interface BucketLimit {
  readonly burstCount: number;
  readonly perMinute: number;
}

export interface Taken {
  readonly taken: boolean;
  /** When not taken: how long until a token is there again. */
  readonly retryAfterMs: number;
}

interface Bucket {
  tokens: number;
  at: Instant;
}

const minuteMs = 60_000;

/**
 * One token bucket a key, in bounded memory. When `keysMax` keys are known, the one unused the longest is
 * forgotten; it has refilled the most, so little is lost.
 */
export class TokenBuckets {
  readonly #limit: BucketLimit;
  readonly #keysMax: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limit: BucketLimit, keysMax: number) {
    this.#limit = limit;
    this.#keysMax = keysMax;
  }

  get size(): number {
    return this.#buckets.size;
  }

  take(key: string, now: Instant): Taken {
    const bucket = this.#refilled(key, now);
    if (bucket.tokens < 1) {
      return {
        taken: false,
        retryAfterMs: Math.ceil(((1 - bucket.tokens) * minuteMs) / this.#limit.perMinute),
      };
    }
    bucket.tokens -= 1;
    return { taken: true, retryAfterMs: 0 };
  }

  #refilled(key: string, now: Instant): Bucket {
    const { burstCount, perMinute } = this.#limit;
    const known = this.#buckets.get(key);
    const bucket = known ?? { tokens: burstCount, at: now };
    // A clock that steps back gives nothing and takes nothing.
    const passedMs = Math.max(0, now - bucket.at);
    bucket.tokens = Math.min(burstCount, bucket.tokens + (passedMs * perMinute) / minuteMs);
    bucket.at = now;
    // Deleting first keeps the map in order of last use.
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > this.#keysMax) {
      for (const oldest of this.#buckets.keys()) {
        this.#buckets.delete(oldest);
        break;
      }
    }
    return bucket;
  }
}
