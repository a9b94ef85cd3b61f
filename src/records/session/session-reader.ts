import { formatInstant, type Instant, later } from '../../model/instant.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import { type FoundSession, judgeSession, readSessionRow, type SessionRow } from './found-session.ts';
import { type SessionLimits, sessionLimits } from './session-limits.ts';

export interface SessionReader {
  /**
   * The session of this token hash with its agent, from the rows as they are at this moment: a suspended vendor
   * or a moved agent shows at once. Also remembers that the session was seen, at most once in `seenEveryMs`.
   * @returns undefined when there is no such session; one that is over says why in `over`.
   * @throws Fault `storage-down` and its like.
   */
  findSession(tokenHash: Buffer, now: Instant): Promise<FoundSession | undefined>;
}

/** $1 SHA-256 of the token. One row by a unique index, four more by primary keys. */
export const findSessionSql = `
select s.id, s.standing_no as session_standing_no, s.started_at, s.seen_at, s.ends_at, s.ended_at,
  a.id as agent_id, a.ref as agent_ref, a.name as agent_name, a.role, a.standing_no,
  t.id as team_id, si.id as site_id, v.id as vendor_id,
  (a.state = 'active' and coalesce(t.state, 'active') = 'active' and coalesce(si.state, 'active') = 'active'
    and coalesce(v.state, 'active') = 'active') as active
from session s
join agent a on a.id = s.agent_id
left join team t on t.id = a.team_id
left join site si on si.id = t.site_id
left join vendor v on v.id = si.vendor_id
where s.token_hash = $1`;

const seeSql = `
update session set seen_at = $2::timestamptz
where id = $1 and ended_at is null and seen_at <= $3::timestamptz`;

const findSession = async (
  { pool }: CaseboundDatabase,
  tokenHash: Buffer,
  { now, limits }: { readonly now: Instant; readonly limits: SessionLimits },
): Promise<FoundSession | undefined> => {
  const { rows } = await pool.query<SessionRow>({
    name: 'find-session',
    text: findSessionSql,
    values: [tokenHash],
  });
  const row = rows[0];
  if (!row) return undefined;
  const over = judgeSession(row, now, limits);
  const staleAt = later(now, -limits.seenEveryMs);
  if (over === undefined && row.seen_at <= staleAt)
    await pool.query({
      name: 'see-session',
      text: seeSql,
      values: [row.id, formatInstant(now), formatInstant(staleAt)],
    });
  return readSessionRow(row, over);
};

export const sessionReader = (
  db: CaseboundDatabase,
  limits: SessionLimits = sessionLimits,
): SessionReader => ({
  findSession: (tokenHash, now) => faulting(findSession(db, tokenHash, { now, limits })),
});
