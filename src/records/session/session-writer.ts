import { sql } from 'kysely';
import { type AgentId, newId, type SessionId } from '../../model/id.ts';
import { formatInstant, type Instant, later } from '../../model/instant.ts';
import type { Chance } from '../../model/ports.ts';
import type { Unit } from '../../model/unit.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import { type SessionLimits, sessionLimits } from './session-limits.ts';
import { newSessionToken, type SessionToken } from './session-token.ts';

export interface StartedSession {
  readonly id: SessionId;
  /** For the cookie. It exists nowhere else: we keep its SHA-256. */
  readonly token: SessionToken;
  readonly endsAt: Instant;
}

export interface SessionWriter {
  /** @returns undefined when the agent is unknown, suspended, gone, or under someone suspended. */
  startSession(agentId: AgentId, now: Instant): Promise<StartedSession | undefined>;
  /** Signing out. Ending an ended session changes nothing. */
  endSession(id: SessionId, now: Instant): Promise<void>;
  /** @returns how many live ones were ended. */
  endSessionsOf(agentId: AgentId, now: Instant): Promise<number>;
  /** Ends the live sessions of everyone who works under this vendor, site or team. */
  endSessionsUnder(unit: Unit, now: Instant): Promise<number>;
}

/** The database, or a transaction of it. */
type Store = CaseboundDatabase['kysely'];

const startSession = async (
  store: Store,
  agentId: AgentId,
  { now, chance, limits }: { readonly now: Instant; readonly chance: Chance; readonly limits: SessionLimits },
): Promise<StartedSession | undefined> => {
  const id = newId('session', chance);
  const { token, hash } = newSessionToken(chance);
  const endsAt = later(now, limits.lifetimeMs);
  const started = await sql`
    insert into session (id, token_hash, agent_id, standing_no, started_at, seen_at, ends_at)
    select ${id}, ${hash}::bytea, a.id, a.standing_no, ${formatInstant(now)}::timestamptz,
      ${formatInstant(now)}::timestamptz, ${formatInstant(endsAt)}::timestamptz
    from agent a
    left join team t on t.id = a.team_id
    left join site si on si.id = t.site_id
    left join vendor v on v.id = si.vendor_id
    where a.id = ${agentId} and a.state = 'active' and coalesce(t.state, 'active') = 'active'
      and coalesce(si.state, 'active') = 'active' and coalesce(v.state, 'active') = 'active'`.execute(store);
  if (started.numAffectedRows !== 1n) return undefined;
  await sql`
    update session set ended_at = ${formatInstant(now)}::timestamptz
    where id in (
      select id from session where agent_id = ${agentId} and ended_at is null and id <> ${id}
      order by started_at desc, id offset ${limits.perAgentMax - 1})`.execute(store);
  return { id, token, endsAt };
};

const endSessionsUnder = async (store: Store, unit: Unit, now: Instant): Promise<number> => {
  const column = { vendor: sql`si.vendor_id`, site: sql`si.id`, team: sql`t.id` }[unit.what];
  const ended = await sql`
    update session s set ended_at = ${formatInstant(now)}::timestamptz
    from agent a join team t on t.id = a.team_id join site si on si.id = t.site_id
    where s.agent_id = a.id and s.ended_at is null and ${column} = ${unit.id}`.execute(store);
  return Number(ended.numAffectedRows ?? 0n);
};

export const sessionWriter = (
  store: Store,
  chance: Chance,
  limits: SessionLimits = sessionLimits,
): SessionWriter => ({
  startSession: (agentId, now) => faulting(startSession(store, agentId, { now, chance, limits })),
  endSession: async (id, now) => {
    await faulting(
      sql`update session set ended_at = ${formatInstant(now)}::timestamptz
          where id = ${id} and ended_at is null`.execute(store),
    );
  },
  endSessionsOf: async (agentId, now) => {
    const ended = await faulting(
      sql`update session set ended_at = ${formatInstant(now)}::timestamptz
          where agent_id = ${agentId} and ended_at is null`.execute(store),
    );
    return Number(ended.numAffectedRows ?? 0n);
  },
  endSessionsUnder: (unit, now) => faulting(endSessionsUnder(store, unit, now)),
});
