import { type Instant, later } from '../../model/instant.ts';
import type { Clock } from '../../model/ports.ts';
import type { KeyEncryption, WrappedKey } from './key-encryption.ts';
import type { SubjectKey } from './subject-key.ts';

export interface RecentKeysLimits {
  /** Keys kept at most; the oldest makes room. */
  readonly keptMax: number;
  /** The longest a key is kept after it was unwrapped. */
  readonly keptMs: number;
}

interface Kept {
  readonly wrapped: WrappedKey;
  readonly key: SubjectKey;
  readonly until: Instant;
}

const sameWrapping = (a: WrappedKey, b: WrappedKey): boolean =>
  a.wrappingKeyId === b.wrappingKeyId && a.wrapped.equals(b.wrapped);

/**
 * Remembers for a short while which key stood behind which wrapped bytes: an agent looks at the same customer
 * several times in a few minutes. Whoever asks must still bring the wrapped key, so a key that was destroyed in the
 * database is gone for every later look, remembered or not.
 */
export const recentKeys = (keys: KeyEncryption, clock: Clock, limits: RecentKeysLimits): KeyEncryption => {
  const kept = new Map<string, Kept>();
  const forgetOld = (now: Instant): void => {
    for (const [subjectId, { until }] of kept) {
      if (until > now && kept.size < limits.keptMax) return;
      kept.delete(subjectId);
    }
  };
  return {
    wrap: (key, subjectId) => keys.wrap(key, subjectId),
    hash: (use, normalised) => keys.hash(use, normalised),
    async unwrap(wrapped, subjectId) {
      const now = clock.now();
      const known = kept.get(subjectId);
      if (known && known.until > now && sameWrapping(known.wrapped, wrapped)) return known.key;
      kept.delete(subjectId);
      forgetOld(now);
      const key = await keys.unwrap(wrapped, subjectId);
      kept.set(subjectId, { wrapped, key, until: later(now, limits.keptMs) });
      return key;
    },
  };
};
