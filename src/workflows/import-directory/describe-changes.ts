import { organisationRoles, type Role } from '../../model/role.ts';
import type { KnownAgent, KnownDirectory } from '../../records/directory/known-directory.ts';
import type { ToldAgent, ToldDirectory } from '../../records/directory/told-directory.ts';

/** Entries that are known and that the file does not name. They stay as they are. */
export interface Absent {
  readonly count: number;
  /** The first of their references, `absentNamedMax` at most. */
  readonly refs: readonly string[];
}
export const absentNamedMax = 1_000;

export interface DirectoryChanges {
  readonly absent: Readonly<Record<'vendors' | 'sites' | 'shifts' | 'queues' | 'teams' | 'agents', Absent>>;
  /** References of agents who now are in another team, role or state, or sign in as someone else. */
  readonly agentsMoved: readonly string[];
  readonly rolesChanged: readonly {
    readonly ref: string;
    readonly from: Role | undefined;
    readonly to: Role;
  }[];
  readonly statesChanged: readonly string[];
  readonly subjectsChanged: readonly string[];
  /** Suspended entries that the file calls active: they stay suspended. */
  readonly suspensionsKept: readonly string[];
}

const absentOf = (told: readonly { readonly ref: string }[], known: Iterable<string>): Absent => {
  const named = new Set(told.map((entry) => entry.ref));
  const refs = [...known].filter((ref) => !named.has(ref));
  return { count: refs.length, refs: refs.sort().slice(0, absentNamedMax) };
};

const saysAnother = <T>(told: T | undefined, before: T): boolean => told !== undefined && told !== before;

const stateChanges = (agent: ToldAgent, before: KnownAgent): boolean =>
  saysAnother(agent.state, before.state) && !(before.state === 'suspended' && agent.state === 'active');

const keptSuspended = (told: ToldDirectory, known: KnownDirectory): string[] =>
  (['vendors', 'sites', 'teams', 'agents'] as const).flatMap((kind) =>
    told[kind]
      .filter(({ ref, state }) => state === 'active' && known[kind].get(ref)?.state === 'suspended')
      .map(({ ref }) => ref),
  );

/** What an import changes about people, and what it leaves alone. Pure. */
export const describeChanges = (told: ToldDirectory, known: KnownDirectory): DirectoryChanges => {
  const pairs = told.agents.flatMap((agent) => {
    const before = known.agents.get(agent.ref);
    return before ? [{ agent, before }] : [];
  });
  const refsWhere = (changes: (agent: ToldAgent, before: KnownAgent) => boolean): string[] =>
    pairs.filter(({ agent, before }) => changes(agent, before)).map(({ agent }) => agent.ref);
  const granted = told.agents.filter(
    (agent) => !known.agents.has(agent.ref) && organisationRoles.includes(agent.role),
  );
  return {
    absent: {
      vendors: absentOf(told.vendors, known.vendors.keys()),
      sites: absentOf(told.sites, known.sites.keys()),
      shifts: absentOf(told.shifts, known.shifts),
      queues: absentOf(told.queues, known.queues),
      teams: absentOf(told.teams, known.teams.keys()),
      agents: absentOf(told.agents, known.agents.keys()),
    },
    agentsMoved: refsWhere((agent, before) => saysAnother(agent.teamRef, before.teamRef)),
    rolesChanged: [
      ...pairs
        .filter(({ agent, before }) => agent.role !== before.role)
        .map(({ agent, before }) => ({ ref: agent.ref, from: before.role, to: agent.role })),
      ...granted.map((agent) => ({ ref: agent.ref, from: undefined, to: agent.role })),
    ],
    statesChanged: refsWhere(stateChanges),
    subjectsChanged: refsWhere((agent, before) => saysAnother(agent.subject, before.subject)),
    suspensionsKept: keptSuspended(told, known),
  };
};
