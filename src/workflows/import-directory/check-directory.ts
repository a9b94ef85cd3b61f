import { organisationRoles, type Role } from '../../model/role.ts';
import type { KnownDirectory } from '../../records/directory/known-directory.ts';
import type { ToldAgent, ToldDirectory } from '../../records/directory/told-directory.ts';
import type { Problems } from './told-entry.ts';

/** Most people that a directory may hold. */
export const agentsMax = 100_000;
/** Most vendors, sites, shifts, queues or teams. */
export const unitsMax = 10_000;

interface Entry {
  readonly where: string;
  readonly ref: string;
}

/** What the directory would hold after the import: the file's word where it says something, else what is known. */
interface Outcome {
  /** The vendor of a team, `null` for the organisation's own, undefined when the team or its site is unknown. */
  vendorOfTeam(teamRef: string): string | null | undefined;
}

const outcomeOf = (told: ToldDirectory, known: KnownDirectory): Outcome => {
  const siteOfTeam = new Map([...known.teams].map(([ref, team]) => [ref, team.siteRef]));
  for (const team of told.teams) siteOfTeam.set(team.ref, team.siteRef);
  const vendorOfSite = new Map([...known.sites].map(([ref, site]) => [ref, site.vendorRef]));
  for (const site of told.sites)
    vendorOfSite.set(
      site.ref,
      site.vendorRef === undefined ? (vendorOfSite.get(site.ref) ?? null) : site.vendorRef,
    );
  return {
    vendorOfTeam: (teamRef) => {
      const siteRef = siteOfTeam.get(teamRef);
      return siteRef === undefined ? undefined : vendorOfSite.get(siteRef);
    },
  };
};

const checkTwice = (what: string, entries: readonly Entry[], problems: Problems): void => {
  const first = new Map<string, Entry>();
  for (const entry of entries) {
    const before = first.get(entry.ref);
    if (before && entry.ref !== '')
      problems.add(
        entry.where,
        `${what} has the same ref as the one at ${before.where}; keep one or rename it`,
      );
    else first.set(entry.ref, entry);
  }
};

/** Is there, or will there be, an entry of this kind and reference? */
type Exists = (ref: string) => boolean;
const existsIn = (entries: readonly Entry[], known: { has(ref: string): boolean }): Exists => {
  const told = new Set(entries.map((entry) => entry.ref));
  return (ref) => told.has(ref) || known.has(ref);
};

const checkRefs = (told: ToldDirectory, known: KnownDirectory, problems: Problems): void => {
  const wanted = (entry: Entry, what: string, ref: string | null | undefined, exists: Exists): void => {
    if (ref !== undefined && ref !== null && ref !== '' && !exists(ref))
      problems.add(entry.where, `names a ${what} that is not there; add the ${what} or correct the ref`);
  };
  const vendor = existsIn(told.vendors, known.vendors);
  const site = existsIn(told.sites, known.sites);
  const shift = existsIn(told.shifts, known.shifts);
  const queue = existsIn(told.queues, known.queues);
  const team = existsIn(told.teams, known.teams);
  for (const entry of told.sites) wanted(entry, 'vendor', entry.vendorRef, vendor);
  for (const entry of told.teams) {
    wanted(entry, 'site', entry.siteRef, site);
    wanted(entry, 'shift', entry.shiftRef, shift);
    for (const ref of entry.queueRefs ?? []) wanted(entry, 'queue', ref, queue);
  }
  for (const entry of told.agents) wanted(entry, 'team', entry.teamRef, team);
};

const checkPlace = (agent: ToldAgent, teamRef: string | null, outcome: Outcome, problems: Problems): void => {
  const isOrganisations = organisationRoles.includes(agent.role);
  if (teamRef === null) {
    if (!isOrganisations) problems.add(agent.where, `agent of role ${agent.role} has no team; name one`);
    return;
  }
  if (isOrganisations && typeof outcome.vendorOfTeam(teamRef) === 'string')
    problems.add(
      agent.where,
      `agent has role ${agent.role} in a team of a vendor; that role is for people of the organisation: give another role or team`,
    );
};

const checkPlaces = (told: ToldDirectory, known: KnownDirectory, problems: Problems): void => {
  const outcome = outcomeOf(told, known);
  const toldRefs = new Set<string>();
  for (const agent of told.agents) {
    toldRefs.add(agent.ref);
    const before = known.agents.get(agent.ref);
    checkPlace(
      agent,
      agent.teamRef === undefined ? (before?.teamRef ?? null) : agent.teamRef,
      outcome,
      problems,
    );
  }
  // People whom the file does not name move too when it gives their team or site to a vendor.
  const moved = new Map<string, Role>();
  for (const [ref, agent] of known.agents)
    if (!toldRefs.has(ref) && agent.teamRef !== null && organisationRoles.includes(agent.role))
      if (typeof outcome.vendorOfTeam(agent.teamRef) === 'string') moved.set(agent.teamRef, agent.role);
  for (const [teamRef, role] of moved) {
    const siteRefs = new Set([known.teams.get(teamRef)?.siteRef]);
    const place =
      told.teams.find((team) => team.ref === teamRef) ?? told.sites.find((site) => siteRefs.has(site.ref));
    problems.add(
      place?.where ?? 'the file',
      `gives a vendor a team in which someone has role ${role}; move that person or change the role first`,
    );
  }
};

const checkSubjects = (told: ToldDirectory, known: KnownDirectory, problems: Problems): void => {
  const toldAgents = new Map(told.agents.map((agent) => [agent.ref, agent]));
  const holder = new Map<string, string>();
  for (const [ref, agent] of known.agents)
    if (agent.subject !== null && toldAgents.get(ref)?.subject === undefined) holder.set(agent.subject, ref);
  for (const agent of told.agents) {
    if (agent.subject === undefined || agent.subject === null) continue;
    const other = holder.get(agent.subject);
    if (other === undefined) holder.set(agent.subject, agent.ref);
    else if (other !== agent.ref) {
      const where = toldAgents.get(other)?.where ?? 'someone whom this file does not name';
      problems.add(agent.where, `agent has the same subject as ${where}; each person signs in as one agent`);
    }
  }
};

const checkLimits = (told: ToldDirectory, known: KnownDirectory, problems: Problems): void => {
  const newOnes = told.agents.filter((agent) => !known.agents.has(agent.ref)).length;
  if (known.agents.size + newOnes > agentsMax)
    problems.add('the file', `makes more than ${agentsMax} agents; remove those who are not needed`);
  for (const kind of ['vendors', 'sites', 'shifts', 'queues', 'teams'] as const)
    if (told[kind].length > unitsMax) problems.add('the file', `holds more than ${unitsMax} ${kind}`);
};

/**
 * Checks a told directory against itself and against what is known: references that lead nowhere, duplicates,
 * roles in places where nobody may hold them. Pure: same file, same directory, same problems. Problems name
 * places in the file, never people's names or how they sign in.
 */
export const checkDirectory = (told: ToldDirectory, known: KnownDirectory, problems: Problems): void => {
  checkLimits(told, known, problems);
  checkTwice('vendor', told.vendors, problems);
  checkTwice('site', told.sites, problems);
  checkTwice('shift', told.shifts, problems);
  checkTwice('queue', told.queues, problems);
  checkTwice('team', told.teams, problems);
  checkTwice('agent', told.agents, problems);
  checkRefs(told, known, problems);
  checkPlaces(told, known, problems);
  checkSubjects(told, known, problems);
};
