import { randomBytes } from 'node:crypto';
import { type AgentId, newId, type SessionId } from '../../../model/id.ts';
import { type Instant, later } from '../../../model/instant.ts';
import type { Agent } from '../../../records/directory/directory-entry.ts';
import type { FoundSession, SessionEnd } from '../../../records/session/found-session.ts';
import { newSessionToken } from '../../../records/session/session-token.ts';
import type { HttpPorts } from '../http-ports.ts';

const chance = { bytes: (countBytes: number) => randomBytes(countBytes) };
const lifetimeMs = 12 * 3_600_000;

/** Sessions in memory, found by the hash of their token as in the database. */
export class FakeSessions {
  readonly #byHash = new Map<string, FoundSession>();
  readonly #agents: ReadonlyMap<AgentId, Agent>;

  constructor(agents: ReadonlyMap<AgentId, Agent>) {
    this.#agents = agents;
  }

  open(agent: Agent, now: Instant) {
    const { token, hash } = newSessionToken(chance);
    const id = newId('session', chance);
    const endsAt = later(now, lifetimeMs);
    this.#byHash.set(hash.toString('hex'), {
      ...agent,
      id,
      agentId: agent.id,
      agentRef: agent.ref,
      agentName: agent.name,
      startedAt: now,
      endsAt,
      over: undefined,
    });
    return { id, token, endsAt };
  }

  end(which: (session: FoundSession) => boolean, over: SessionEnd): void {
    for (const [hash, session] of this.#byHash)
      if (which(session)) this.#byHash.set(hash, { ...session, over: session.over ?? over });
  }

  isOver(id: SessionId): boolean {
    return [...this.#byHash.values()].some((session) => session.id === id && session.over !== undefined);
  }

  port(check: () => void): HttpPorts['sessions'] {
    return {
      findSession: async (hash) => {
        check();
        return this.#byHash.get(hash.toString('hex'));
      },
      startSession: async (agentId, now) => {
        const agent = this.#agents.get(agentId);
        return agent?.active ? this.open(agent, now) : undefined;
      },
      endSession: async (id) => this.end((session) => session.id === id, 'ended'),
    };
  }
}
