import { roles } from '../../model/role.ts';
import type { AgentState, UnitState } from '../../records/directory/directory-entry.ts';
import type {
  ToldAgent,
  ToldDirectory,
  ToldQueue,
  ToldShift,
  ToldSite,
  ToldTeam,
  ToldVendor,
} from '../../records/directory/told-directory.ts';
import type { EntryKind, Problems, ToldEntry } from './told-entry.ts';

const textCharsMax = 200;
const queuesPerTeamMax = 1_000;
const unprintable = /\p{Cc}/u;
const clockTime = /^([01]\d|2[0-3]):[0-5]\d$/;
const zoneShape = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/;
const unitStates: readonly UnitState[] = ['active', 'suspended'];
const agentStates: readonly AgentState[] = ['active', 'suspended', 'left'];

const knownFields: Readonly<Record<EntryKind, readonly string[]>> = {
  organisation: ['name'],
  vendor: ['ref', 'name', 'state'],
  site: ['ref', 'name', 'vendor', 'time_zone', 'state'],
  shift: ['ref', 'name', 'starts_at', 'ends_at', 'time_zone'],
  queue: ['ref', 'name'],
  team: ['ref', 'name', 'site', 'shift', 'queues', 'state'],
  agent: ['ref', 'name', 'role', 'team', 'subject', 'state'],
};

const zonesKnown = new Map<string, boolean>();
const isTimeZone = (zone: string): boolean => {
  const known = zonesKnown.get(zone);
  if (known !== undefined) return known;
  let valid = zoneShape.test(zone);
  try {
    if (valid) new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    valid = false;
  }
  if (zonesKnown.size < 1_000) zonesKnown.set(zone, valid);
  return valid;
};

/** Reads the fields of one entry. Every problem is collected, so that one run names them all. */
class EntryReader {
  readonly #entry: ToldEntry;
  readonly #problems: Problems;

  constructor(entry: ToldEntry, problems: Problems) {
    this.#entry = entry;
    this.#problems = problems;
    const known = knownFields[entry.kind];
    for (const name of Object.keys(entry.fields))
      if (!known.includes(name)) this.wrong(`has a field that is none of ${known.join(', ')}; remove it`);
  }

  wrong(problem: string): undefined {
    this.#problems.add(this.#entry.where, `${this.#entry.kind} ${problem}`);
  }
  /** Text that must be there; the empty string stands in for it once that has been reported. */
  needed(name: string): string {
    const value = this.#entry.fields[name];
    if (value === undefined || value === null || value === '') this.wrong(`has no ${name}`);
    return this.#text(name, value) ?? '';
  }
  /** Undefined: not said. Null: said to be nothing. */
  maybe(name: string): string | null | undefined {
    const value = this.#entry.fields[name];
    return value === null ? null : this.#text(name, value);
  }
  word<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.maybe(name);
    if (value === undefined || value === null) return undefined;
    const word = words.find((known) => known === value);
    return word ?? this.wrong(`has a ${name} that is none of ${words.join(', ')}`);
  }
  zone(): string {
    const zone = this.needed('time_zone');
    if (zone !== '' && !isTimeZone(zone))
      this.wrong('has a time_zone that is not of the IANA list; write one such as Asia/Manila');
    return zone;
  }
  clock(name: string): string {
    const time = this.needed(name);
    if (time !== '' && !clockTime.test(time)) this.wrong(`has a ${name} that is not HH:MM, such as 06:00`);
    return time;
  }
  list(name: string): readonly string[] | undefined {
    const value = this.#entry.fields[name];
    if (value === undefined || value === null) return undefined;
    if (!Array.isArray(value)) return this.wrong(`has ${name} that are not a list`);
    if (value.length > queuesPerTeamMax) return this.wrong(`has more than ${queuesPerTeamMax} ${name}`);
    return [...new Set(value.map((item: unknown) => this.#text(name, item) ?? '').filter(Boolean))];
  }
  #text(name: string, value: unknown): string | undefined {
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value !== 'string') return this.wrong(`has a ${name} that is not text; put it in quotes`);
    const text = value.trim();
    if (text === '') return this.wrong(`has an empty ${name}`);
    if (text.length > textCharsMax) return this.wrong(`has a ${name} longer than ${textCharsMax} characters`);
    if (unprintable.test(text) || !text.isWellFormed())
      return this.wrong(`has a ${name} with characters that cannot be printed; remove them`);
    return text;
  }
}

type Named = ToldQueue;

interface Draft {
  organisationName: string | undefined;
  readonly vendors: ToldVendor[];
  readonly sites: ToldSite[];
  readonly shifts: ToldShift[];
  readonly queues: ToldQueue[];
  readonly teams: ToldTeam[];
  readonly agents: ToldAgent[];
}

const readSite = (told: Named, read: EntryReader): ToldSite => ({
  ...told,
  vendorRef: read.maybe('vendor'),
  timeZone: read.zone(),
  state: read.word('state', unitStates),
});

const readTeam = (told: Named, read: EntryReader): ToldTeam => ({
  ...told,
  siteRef: read.needed('site'),
  shiftRef: read.maybe('shift'),
  queueRefs: read.list('queues'),
  state: read.word('state', unitStates),
});

const readAgent = (told: Named, read: EntryReader): ToldAgent => {
  read.needed('role');
  return {
    ...told,
    role: read.word('role', roles) ?? 'agent',
    teamRef: read.maybe('team'),
    subject: read.maybe('subject'),
    state: read.word('state', agentStates),
  };
};

const readInto = (draft: Draft, entry: ToldEntry, read: EntryReader): void => {
  if (entry.kind === 'organisation') {
    if (draft.organisationName !== undefined) read.wrong('is there twice; keep one');
    draft.organisationName = read.needed('name');
    return;
  }
  const told: Named = { where: entry.where, ref: read.needed('ref'), name: read.needed('name') };
  if (entry.kind === 'vendor') draft.vendors.push({ ...told, state: read.word('state', unitStates) });
  else if (entry.kind === 'site') draft.sites.push(readSite(told, read));
  else if (entry.kind === 'shift') {
    const times = { startsAt: read.clock('starts_at'), endsAt: read.clock('ends_at'), timeZone: read.zone() };
    draft.shifts.push({ ...told, ...times });
  } else if (entry.kind === 'queue') draft.queues.push(told);
  else if (entry.kind === 'team') draft.teams.push(readTeam(told, read));
  else draft.agents.push(readAgent(told, read));
};

/**
 * Understands entries one by one and collects every problem. An entry with a problem is still among what was told,
 * so that others that refer to it are not called wrong too; whoever finds problems keeps nothing.
 */
export const readEntries = (entries: readonly ToldEntry[], problems: Problems): ToldDirectory => {
  const draft: Draft = {
    organisationName: undefined,
    vendors: [],
    sites: [],
    shifts: [],
    queues: [],
    teams: [],
    agents: [],
  };
  for (const entry of entries) readInto(draft, entry, new EntryReader(entry, problems));
  return draft;
};
