import type { Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Role } from '../../model/role.ts';
import type { Tables } from '../schema/tables.ts';
import type { AgentState, UnitState } from './directory-entry.ts';

/** What the directory holds before an import, by reference. */
export interface KnownDirectory {
  readonly organisationName: string | undefined;
  readonly vendors: ReadonlyMap<string, KnownUnit>;
  readonly sites: ReadonlyMap<string, KnownSite>;
  readonly shifts: ReadonlySet<string>;
  readonly queues: ReadonlySet<string>;
  readonly teams: ReadonlyMap<string, KnownTeam>;
  readonly agents: ReadonlyMap<string, KnownAgent>;
}
interface KnownUnit {
  readonly state: UnitState;
}
export interface KnownSite extends KnownUnit {
  readonly vendorRef: string | null;
}
export interface KnownTeam extends KnownUnit {
  readonly siteRef: string;
}
export interface KnownAgent {
  readonly role: Role;
  readonly teamRef: string | null;
  readonly subject: string | null;
  readonly state: AgentState;
}

export const emptyDirectory: KnownDirectory = {
  organisationName: undefined,
  vendors: new Map(),
  sites: new Map(),
  shifts: new Set(),
  queues: new Set(),
  teams: new Map(),
  agents: new Map(),
};

const byRef = <Row extends { readonly ref: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> =>
  new Map(rows.map((row) => [row.ref, row]));

/** Keeps other imports out until the transaction ends; looks, sign-ins and suspensions go on. */
export const lockDirectory = async (tx: Transaction<Tables>): Promise<void> => {
  await sql`lock table organisation in exclusive mode`.execute(tx);
};

/** Reads the whole directory: the caller has locked it. */
export const readKnownDirectory = async (tx: Transaction<Tables>): Promise<KnownDirectory> => {
  const organisation = await sql<{ name: string }>`select name from organisation`.execute(tx);
  const vendors = await sql<KnownUnit & { ref: string }>`select ref, state from vendor`.execute(tx);
  const sites = await sql<KnownSite & { ref: string }>`
    select si.ref, v.ref as "vendorRef", si.state from site si left join vendor v on v.id = si.vendor_id`.execute(
    tx,
  );
  const shifts = await sql<{ ref: string }>`select ref from shift`.execute(tx);
  const queues = await sql<{ ref: string }>`select ref from queue`.execute(tx);
  const teams = await sql<KnownTeam & { ref: string }>`
    select t.ref, si.ref as "siteRef", t.state from team t join site si on si.id = t.site_id`.execute(tx);
  const agents = await sql<KnownAgent & { ref: string }>`
    select a.ref, a.role, t.ref as "teamRef", a.subject, a.state
    from agent a left join team t on t.id = a.team_id`.execute(tx);
  return {
    organisationName: organisation.rows[0]?.name,
    vendors: byRef(vendors.rows),
    sites: byRef(sites.rows),
    shifts: new Set(shifts.rows.map((row) => row.ref)),
    queues: new Set(queues.rows.map((row) => row.ref)),
    teams: byRef(teams.rows),
    agents: byRef(agents.rows),
  };
};
