import type { Instant } from '../../model/instant.ts';
import type { FoundSession } from './found-session.ts';
import type { SessionReader } from './session-reader.ts';

interface Kept {
  readonly session: FoundSession;
  readonly until: Instant;
}

export interface RecentSessionsLimits {
  /** How long an answer is reused. */
  readonly keptMs: number;
  readonly keptMax: number;
}

/**
 * For doors behind which the session is checked again together with everything else (the looks): an answer of the
 * last few seconds is good enough to know whom to ask about. Only live sessions are kept. Nothing may be decided
 * on this alone: an ended session, a moved agent or a suspended vendor still looks live here for `keptMs`.
 */
export const recentSessions = (
  reader: Pick<SessionReader, 'findSession'>,
  { keptMs, keptMax }: RecentSessionsLimits = { keptMs: 5_000, keptMax: 20_000 },
): SessionReader['findSession'] => {
  const kept = new Map<string, Kept>();
  return async (tokenHash, now) => {
    const key = tokenHash.toString('latin1');
    const known = kept.get(key);
    if (known && now < known.until && now >= known.until - keptMs) return known.session;
    kept.delete(key);
    const session = await reader.findSession(tokenHash, now);
    if (session && session.over === undefined) kept.set(key, { session, until: (now + keptMs) as Instant });
    const oldest = kept.size > keptMax ? kept.keys().next().value : undefined;
    if (oldest !== undefined) kept.delete(oldest);
    return session;
  };
};
