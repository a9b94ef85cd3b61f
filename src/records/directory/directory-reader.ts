import { type RawBuilder, sql } from 'kysely';
import type { AgentId, ShiftId, SiteId, TeamId, VendorId } from '../../model/id.ts';
import type { Unit } from '../../model/unit.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import {
  type Agent,
  type AgentState,
  entriesPerPageMax,
  type Page,
  type PageAsk,
  type Queue,
  type Shift,
  type Site,
  type Team,
  type UnitState,
  type Vendor,
} from './directory-entry.ts';
import { readAgentRow, selectAgents } from './directory-rows.ts';

/** Narrows a list. Whoever may see one vendor only is given that vendor's id here. */
export interface VendorFilter {
  readonly vendorId?: VendorId | undefined;
}
export interface AgentFilter extends VendorFilter {
  readonly teamId?: TeamId | undefined;
  readonly state?: AgentState | undefined;
}

/** A vendor, site or team with what it is part of. */
export interface PlacedUnit {
  readonly state: UnitState;
  /** Undefined for the organisation's own. */
  readonly vendorId: VendorId | undefined;
}

/** Who works where, as it stands now. Lists are ordered by reference and paged. */
export interface DirectoryReader {
  organisationName(): Promise<string | undefined>;
  vendors(page: PageAsk, filter?: VendorFilter): Promise<Page<Vendor>>;
  sites(page: PageAsk, filter?: VendorFilter): Promise<Page<Site>>;
  shifts(page: PageAsk): Promise<Page<Shift>>;
  queues(page: PageAsk): Promise<Page<Queue>>;
  teams(page: PageAsk, filter?: VendorFilter): Promise<Page<Team>>;
  agents(page: PageAsk, filter?: AgentFilter): Promise<Page<Agent>>;
  agentById(id: AgentId): Promise<Agent | undefined>;
  agentByRef(ref: string): Promise<Agent | undefined>;
  unitById(unit: Unit): Promise<PlacedUnit | undefined>;
  /** By the `sub` that the identity provider asserts. */
  agentBySubject(subject: string): Promise<Agent | undefined>;
}

type Store = CaseboundDatabase['kysely'];

interface List<Row, Entry> {
  readonly select: RawBuilder<Row>;
  /** The column that pages are ordered by. */
  readonly ref: RawBuilder<unknown>;
  readonly where: readonly RawBuilder<unknown>[];
  readonly read: (row: Row) => Entry;
}

const readPage = async <Row, Entry extends { readonly ref: string }>(
  store: Store,
  list: List<Row, Entry>,
  ask: PageAsk,
): Promise<Page<Entry>> => {
  const countMax = Math.min(Math.max(1, ask.countMax), entriesPerPageMax);
  const conditions = [
    sql`true`,
    ...list.where,
    ...(ask.after === undefined ? [] : [sql`${list.ref} > ${ask.after}`]),
  ];
  const { rows } = await sql<Row>`
    ${list.select} where ${sql.join(conditions, sql` and `)} order by ${list.ref} limit ${countMax + 1}`.execute(
    store,
  );
  const entries = rows.slice(0, countMax).map(list.read);
  return { entries, next: rows.length > countMax ? entries.at(-1)?.ref : undefined };
};

const only = (column: RawBuilder<unknown>, value: string | undefined): RawBuilder<unknown>[] =>
  value === undefined ? [] : [sql`${column} = ${value}`];

const vendorList = (filter: VendorFilter): List<Vendor, Vendor> => ({
  select: sql<Vendor>`select v.id, v.ref, v.name, v.state from vendor v`,
  ref: sql`v.ref`,
  where: only(sql`v.id`, filter.vendorId),
  read: (row) => row,
});

interface SiteRow extends Omit<Site, 'vendorId' | 'timeZone'> {
  readonly vendor_id: VendorId | null;
  readonly time_zone: string;
}
const siteList = (filter: VendorFilter): List<SiteRow, Site> => ({
  select: sql<SiteRow>`select si.id, si.ref, si.name, si.vendor_id, si.time_zone, si.state from site si`,
  ref: sql`si.ref`,
  where: only(sql`si.vendor_id`, filter.vendorId),
  read: ({ vendor_id, time_zone, ...row }) => ({
    ...row,
    vendorId: vendor_id ?? undefined,
    timeZone: time_zone,
  }),
});

interface ShiftRow extends Omit<Shift, 'startsAt' | 'endsAt' | 'timeZone'> {
  readonly starts_at: string;
  readonly ends_at: string;
  readonly time_zone: string;
}
const shiftList: List<ShiftRow, Shift> = {
  select: sql<ShiftRow>`
    select sh.id, sh.ref, sh.name, to_char(sh.starts_at, 'HH24:MI') as starts_at,
      to_char(sh.ends_at, 'HH24:MI') as ends_at, sh.time_zone
    from shift sh`,
  ref: sql`sh.ref`,
  where: [],
  read: ({ starts_at, ends_at, time_zone, ...row }) => ({
    ...row,
    startsAt: starts_at,
    endsAt: ends_at,
    timeZone: time_zone,
  }),
};

const queueList: List<Queue, Queue> = {
  select: sql<Queue>`select q.id, q.ref, q.name from queue q`,
  ref: sql`q.ref`,
  where: [],
  read: (row) => row,
};

interface TeamRow {
  readonly id: TeamId;
  readonly ref: string;
  readonly name: string;
  readonly site_id: SiteId;
  readonly vendor_id: VendorId | null;
  readonly shift_id: ShiftId | null;
  readonly queue_refs: string[];
  readonly state: UnitState;
}
const teamList = (filter: VendorFilter): List<TeamRow, Team> => ({
  select: sql<TeamRow>`
    select t.id, t.ref, t.name, t.site_id, si.vendor_id, t.shift_id, t.state,
      array(select q.ref from team_queue tq join queue q on q.id = tq.queue_id where tq.team_id = t.id order by q.ref)
        as queue_refs
    from team t join site si on si.id = t.site_id`,
  ref: sql`t.ref`,
  where: only(sql`si.vendor_id`, filter.vendorId),
  read: (row) => ({
    id: row.id,
    ref: row.ref,
    name: row.name,
    siteId: row.site_id,
    vendorId: row.vendor_id ?? undefined,
    shiftId: row.shift_id ?? undefined,
    queueRefs: row.queue_refs,
    state: row.state,
  }),
});

const agentList = (filter: AgentFilter) => ({
  select: selectAgents,
  ref: sql`a.ref`,
  where: [
    ...only(sql`v.id`, filter.vendorId),
    ...only(sql`a.team_id`, filter.teamId),
    ...only(sql`a.state`, filter.state),
  ],
  read: readAgentRow,
});

const oneAgent = async (
  store: Store,
  column: RawBuilder<unknown>,
  value: string,
): Promise<Agent | undefined> => {
  // PostgreSQL refuses U+0000 in text, and nobody has it in their name for something.
  if (value.includes('\0')) return undefined;
  const { rows } = await sql`${selectAgents} where ${column} = ${value}`.execute(store);
  const row = (rows as Parameters<typeof readAgentRow>[0][])[0];
  return row && readAgentRow(row);
};

interface PlacedUnitRow {
  readonly state: UnitState;
  readonly vendor_id: VendorId | null;
}
const placedUnits = {
  vendor: sql<PlacedUnitRow>`select u.state, u.id as vendor_id from vendor u`,
  site: sql<PlacedUnitRow>`select u.state, u.vendor_id from site u`,
  team: sql<PlacedUnitRow>`select u.state, si.vendor_id from team u join site si on si.id = u.site_id`,
} as const;

const unitById = async (store: Store, unit: Unit): Promise<PlacedUnit | undefined> => {
  const { rows } = await sql<PlacedUnitRow>`${placedUnits[unit.what]} where u.id = ${unit.id}`.execute(store);
  const row = rows[0];
  return row && { state: row.state, vendorId: row.vendor_id ?? undefined };
};

const organisationName = async (store: Store): Promise<string | undefined> =>
  (await sql<{ name: string }>`select name from organisation`.execute(store)).rows[0]?.name;

/** @param store The database, or a transaction of it. */
export const directoryReader = (store: Store): DirectoryReader => ({
  organisationName: () => faulting(organisationName(store)),
  vendors: (page, filter = {}) => faulting(readPage(store, vendorList(filter), page)),
  sites: (page, filter = {}) => faulting(readPage(store, siteList(filter), page)),
  shifts: (page) => faulting(readPage(store, shiftList, page)),
  queues: (page) => faulting(readPage(store, queueList, page)),
  teams: (page, filter = {}) => faulting(readPage(store, teamList(filter), page)),
  agents: (page, filter = {}) => faulting(readPage(store, agentList(filter), page)),
  agentById: (id) => faulting(oneAgent(store, sql`a.id`, id)),
  agentByRef: (ref) => faulting(oneAgent(store, sql`a.ref`, ref)),
  unitById: (unit) => faulting(unitById(store, unit)),
  agentBySubject: (subject) => faulting(oneAgent(store, sql`a.subject`, subject)),
});
