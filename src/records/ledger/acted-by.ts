import type { Actor } from '../../model/actor.ts';
import type { AgentId } from '../../model/id.ts';
import type { Sealer } from '../../platform/keys/subject-key.ts';
import type { EntryDraft, Json } from './entry-draft.ts';

/** Seals what names an agent, under that agent's own key. */
export type SealFor = (agentId: AgentId) => Promise<Sealer>;

/** Who did it, and what it was: the part of an entry that is about the person who acted. */
export const actedBy = async (
  sealFor: SealFor,
  { agentId, role, session, siteId, teamId, vendorId }: Actor,
  detail: { readonly [name: string]: Json },
): Promise<NonNullable<EntryDraft['by']>> => ({
  agentId,
  sealer: await sealFor(agentId),
  disclosures: {
    agent: agentId,
    role,
    ...(session ? { session: session.id } : {}),
    place: { team: teamId ?? null, site: siteId ?? null, vendor: vendorId ?? null },
    detail,
  },
});

/**
 * Who acts when nobody does: the program itself, for work that repeats. It has a key of its own like any agent, and
 * no row in the directory.
 */
export const programAgent = 'agt_0000000000000000000000' as AgentId;

/** The part of an entry that says what the program did by itself. */
export const actedByProgram = async (
  sealFor: SealFor,
  detail: { readonly [name: string]: Json },
): Promise<NonNullable<EntryDraft['by']>> => ({
  agentId: programAgent,
  sealer: await sealFor(programAgent),
  disclosures: { agent: programAgent, role: 'program', detail },
});
