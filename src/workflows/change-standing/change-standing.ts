import { Fault } from '../../model/fault.ts';
import type { AgentId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import type { Chance, Clock } from '../../model/ports.ts';
import type { Sealer } from '../../platform/keys/subject-key.ts';
import type { Agent } from '../../records/directory/directory-entry.ts';
import { type DirectoryReader, directoryReader } from '../../records/directory/directory-reader.ts';
import type { AgentChange } from '../../records/directory/directory-writer.ts';
import type { EntryDraft, Json, Ledger } from '../../records/ledger/entry-draft.ts';
import type { CaseboundDatabase } from '../../records/schema/tables.ts';
import { activateUnit, changeAgent, suspendUnit } from './apply-standing.ts';
import { judgeStanding, type StandingFacts } from './judge-standing.ts';
import {
  reasonCharsMax,
  refuseStanding,
  type StandingAsk,
  type StandingAsker,
  type StandingChanged,
  type StandingRefusal,
  type StandingRefusalCode,
} from './standing-ask.ts';

export interface ChangeStandingPorts {
  readonly db: CaseboundDatabase;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly ledger: Ledger;
  readonly agentSealer: (agentId: AgentId) => Promise<Sealer>;
}

const gather = async (
  reader: DirectoryReader,
  by: StandingAsker,
  ask: StandingAsk,
): Promise<StandingFacts> => {
  const asker = await reader.agentById(by.agentId);
  if (ask.act === 'change-role')
    return { asker, agent: await reader.agentById(ask.agentId), unit: undefined };
  if (ask.act === 'move') {
    const unit = await reader.unitById({ what: 'team', id: ask.teamId });
    return { asker, agent: await reader.agentById(ask.agentId), unit };
  }
  if (ask.target.what === 'agent')
    return { asker, agent: await reader.agentById(ask.target.id), unit: undefined };
  return { asker, agent: undefined, unit: await reader.unitById(ask.target) };
};

/** What the ask names, for the entry: ids and words only. */
const askedDetail = (ask: StandingAsk): Record<string, Json> => {
  if (ask.act === 'move') return { act: ask.act, what: 'agent', id: ask.agentId, to: ask.teamId };
  if (ask.act === 'change-role') return { act: ask.act, what: 'agent', id: ask.agentId, to: ask.role };
  return { act: ask.act, what: ask.target.what, id: ask.target.id };
};

/** What it was before, so that the entry alone tells what changed. */
const formerDetail = (ask: StandingAsk, { agent, unit }: StandingFacts): Record<string, Json> => {
  if (ask.act === 'move') return { from: agent?.teamId ?? null };
  if (ask.act === 'change-role') return { from: agent?.role ?? null };
  return { from: agent?.state ?? unit?.state ?? null };
};

interface Recording {
  readonly now: Instant;
  readonly by: StandingAsker;
  readonly asker: Agent;
  readonly detail: Record<string, Json>;
}

const draftOf = async (
  ports: ChangeStandingPorts,
  kind: 'standing/v1' | 'denied/v1',
  { now, by, asker, detail }: Recording,
): Promise<EntryDraft> => ({
  kind,
  at: now,
  by: {
    agentId: asker.id,
    sealer: await ports.agentSealer(asker.id),
    disclosures: {
      agent: asker.id,
      role: asker.role,
      session: by.sessionId,
      place: { team: asker.teamId ?? null, site: asker.siteId ?? null, vendor: asker.vendorId ?? null },
      detail,
    },
  },
});

/**
 * No idempotency key: a retry of a change that was made finds it made, and one that was recorded but not made is
 * recorded anew. A replay under an old key could otherwise change a row without an entry of its own.
 */
const record = async (
  ports: ChangeStandingPorts,
  kind: 'standing/v1' | 'denied/v1',
  recording: Recording,
): Promise<number> => (await ports.ledger.append(await draftOf(ports, kind, recording))).seq;

const agentChangeOf = (ask: StandingAsk): AgentChange => {
  if (ask.act === 'move') return { teamId: ask.teamId };
  if (ask.act === 'change-role') return { role: ask.role };
  return { state: ask.act === 'suspend' ? 'suspended' : 'active' };
};

const apply = async (
  ports: ChangeStandingPorts,
  ask: StandingAsk,
  { now, facts }: { readonly now: Instant; readonly facts: StandingFacts },
): Promise<number> => {
  if (facts.agent) return changeAgent(ports, facts.agent, { change: agentChangeOf(ask), now });
  if (ask.act === 'move' || ask.act === 'change-role' || ask.target.what === 'agent')
    throw new Fault('bug', 'a change of an agent was permitted without the agent');
  return ask.act === 'suspend' ? suspendUnit(ports, ask.target, now) : activateUnit(ports, ask.target, now);
};

const refusal = async (
  ports: ChangeStandingPorts,
  recording: Recording | undefined,
  code: StandingRefusalCode,
): Promise<StandingRefusal> => {
  if (recording)
    await record(ports, 'denied/v1', { ...recording, detail: { ...recording.detail, refusal: code } });
  return refuseStanding(code);
};

/**
 * Suspends, activates, moves or gives another role. The entry is durable before the row changes; from the next
 * request on every node sees the row. Refused tries are entries too.
 * @returns the refusal, or what changed.
 * @throws Fault `conflict` when the standing changed in between (look and ask again), `bad-request` for a
 *   reason that is too long, `busy`, `storage-full`, `storage-down`.
 */
export const changeStanding = async (
  ports: ChangeStandingPorts,
  by: StandingAsker,
  ask: StandingAsk,
): Promise<StandingChanged | StandingRefusal> => {
  if ((ask.reason?.length ?? 0) > reasonCharsMax)
    throw new Fault('bad-request', 'reason too long', {
      detail: `A reason has ${reasonCharsMax} characters at most.`,
    });
  const now = ports.clock.now();
  const facts = await gather(directoryReader(ports.db.kysely), by, ask);
  const decision = judgeStanding(by, ask, facts);
  const detail = { ...askedDetail(ask), reason: ask.reason ?? null };
  const recording = facts.asker && { now, by, asker: facts.asker, detail };
  if (decision.outcome === 'refuse' || !recording)
    return refusal(ports, recording, decision.outcome === 'refuse' ? decision.refusal : 'session-ended');
  if (decision.outcome === 'unchanged') return { changed: false, seq: undefined, sessionsEnded: 0 };
  const seq = await record(ports, 'standing/v1', {
    ...recording,
    detail: { ...detail, ...formerDetail(ask, facts) },
  });
  return { changed: true, seq, sessionsEnded: await apply(ports, ask, { now, facts }) };
};
