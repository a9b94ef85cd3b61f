import { sql } from 'kysely';
import { newId } from '../../model/id.ts';
import type { Chance } from '../../model/ports.ts';
import type { KnownDirectory } from './known-directory.ts';
import type { ToldDirectory } from './told-directory.ts';
import { endStandingsUnder, writeAgents } from './write-agents.ts';
import { type Kind, overRows, type Tx, type Written, write } from './write-rows.ts';

export interface DirectoryWritten {
  readonly organisation: Written;
  readonly vendors: Written;
  readonly sites: Written;
  readonly shifts: Written;
  readonly queues: Written;
  readonly teams: Written;
  /** Which team answers which queue; `changed` counts those taken away. */
  readonly teamQueues: Written;
  readonly agents: Written;
}

// An import may suspend and never lifts a suspension: that is for people with a name, recorded one by one.
const unitState = sql`case when t.state = 'suspended' then 'suspended' else u.state end`;

const vendors = (told: ToldDirectory, chance: Chance): Kind => ({
  rows: told.vendors.map(({ ref, name, state }) => ({ id: newId('vendor', chance), ref, name, state })),
  update: (rows) => sql`
    update vendor u set name = t.name, state = ${unitState}
    from json_to_recordset(${rows}::json) as t (ref text, name text, state text)
    where u.ref = t.ref and (u.name, u.state) is distinct from (t.name, ${unitState})`,
  insert: (rows) => sql`
    insert into vendor (id, ref, name, state)
    select id, ref, name, coalesce(state, 'active')
    from json_to_recordset(${rows}::json) as t (id text, ref text, name text, state text)
    where not exists (select 1 from vendor u where u.ref = t.ref)`,
});

const siteVendor = sql`case when t.vendor_said then v.id else u.vendor_id end`;
const siteRow = sql`(id text, ref text, name text, time_zone text, vendor_said boolean, vendor_ref text, state text)`;

const sites = (told: ToldDirectory, chance: Chance): Kind => ({
  rows: told.sites.map(({ ref, name, timeZone, vendorRef, state }) => ({
    id: newId('site', chance),
    ref,
    name,
    time_zone: timeZone,
    vendor_said: vendorRef !== undefined,
    vendor_ref: vendorRef ?? null,
    state,
  })),
  update: (rows) => sql`
    update site u set name = t.name, time_zone = t.time_zone, vendor_id = ${siteVendor}, state = ${unitState}
    from json_to_recordset(${rows}::json) as t ${siteRow} left join vendor v on v.ref = t.vendor_ref
    where u.ref = t.ref and (u.name, u.time_zone, u.vendor_id, u.state)
      is distinct from (t.name, t.time_zone, ${siteVendor}, ${unitState})`,
  insert: (rows) => sql`
    insert into site (id, ref, vendor_id, name, time_zone, state)
    select t.id, t.ref, v.id, t.name, t.time_zone, coalesce(t.state, 'active')
    from json_to_recordset(${rows}::json) as t ${siteRow} left join vendor v on v.ref = t.vendor_ref
    where not exists (select 1 from site u where u.ref = t.ref)`,
});

const shiftRow = sql`(id text, ref text, name text, starts_at time, ends_at time, time_zone text)`;

const shifts = (told: ToldDirectory, chance: Chance): Kind => ({
  rows: told.shifts.map(({ ref, name, startsAt, endsAt, timeZone }) => ({
    id: newId('shift', chance),
    ref,
    name,
    starts_at: startsAt,
    ends_at: endsAt,
    time_zone: timeZone,
  })),
  update: (rows) => sql`
    update shift u set name = t.name, starts_at = t.starts_at, ends_at = t.ends_at, time_zone = t.time_zone
    from json_to_recordset(${rows}::json) as t ${shiftRow}
    where u.ref = t.ref and (u.name, u.starts_at, u.ends_at, u.time_zone)
      is distinct from (t.name, t.starts_at, t.ends_at, t.time_zone)`,
  insert: (rows) => sql`
    insert into shift (id, ref, name, starts_at, ends_at, time_zone)
    select id, ref, name, starts_at, ends_at, time_zone from json_to_recordset(${rows}::json) as t ${shiftRow}
    where not exists (select 1 from shift u where u.ref = t.ref)`,
});

const queues = (told: ToldDirectory, chance: Chance): Kind => ({
  rows: told.queues.map(({ ref, name }) => ({ id: newId('queue', chance), ref, name })),
  update: (rows) => sql`
    update queue u set name = t.name from json_to_recordset(${rows}::json) as t (ref text, name text)
    where u.ref = t.ref and u.name <> t.name`,
  insert: (rows) => sql`
    insert into queue (id, ref, name)
    select id, ref, name from json_to_recordset(${rows}::json) as t (id text, ref text, name text)
    where not exists (select 1 from queue u where u.ref = t.ref)`,
});

const teamShift = sql`case when t.shift_said then sh.id else u.shift_id end`;
const teamRow = sql`(id text, ref text, name text, site_ref text, shift_said boolean, shift_ref text, state text)`;

const teams = (told: ToldDirectory, chance: Chance): Kind => ({
  rows: told.teams.map(({ ref, name, siteRef, shiftRef, state }) => ({
    id: newId('team', chance),
    ref,
    name,
    site_ref: siteRef,
    shift_said: shiftRef !== undefined,
    shift_ref: shiftRef ?? null,
    state,
  })),
  update: (rows) => sql`
    update team u set name = t.name, site_id = si.id, shift_id = ${teamShift}, state = ${unitState}
    from json_to_recordset(${rows}::json) as t ${teamRow}
      join site si on si.ref = t.site_ref left join shift sh on sh.ref = t.shift_ref
    where u.ref = t.ref and (u.name, u.site_id, u.shift_id, u.state)
      is distinct from (t.name, si.id, ${teamShift}, ${unitState})`,
  insert: (rows) => sql`
    insert into team (id, ref, site_id, shift_id, name, state)
    select t.id, t.ref, si.id, sh.id, t.name, coalesce(t.state, 'active')
    from json_to_recordset(${rows}::json) as t ${teamRow}
      join site si on si.ref = t.site_ref left join shift sh on sh.ref = t.shift_ref
    where not exists (select 1 from team u where u.ref = t.ref)`,
});

const writeTeamQueues = async (tx: Tx, told: ToldDirectory): Promise<Written> => {
  const rows = told.teams.flatMap(({ ref, queueRefs }) =>
    queueRefs ? [{ ref, queue_refs: queueRefs }] : [],
  );
  const changed = await overRows(
    tx,
    rows,
    (chunk) => sql`
    delete from team_queue tq using team u, queue q, json_to_recordset(${chunk}::json) as t (ref text, queue_refs text[])
    where u.ref = t.ref and tq.team_id = u.id and q.id = tq.queue_id and not q.ref = any (t.queue_refs)`,
  );
  const added = await overRows(
    tx,
    rows,
    (chunk) => sql`
    insert into team_queue (team_id, queue_id)
    select u.id, q.id from json_to_recordset(${chunk}::json) as t (ref text, queue_refs text[])
      join team u on u.ref = t.ref join queue q on q.ref = any (t.queue_refs)
    on conflict do nothing`,
  );
  const toldCount = rows.reduce((count, row) => count + row.queue_refs.length, 0);
  return { added, changed, unchanged: toldCount - added };
};

const writeOrganisation = async (tx: Tx, name: string | undefined): Promise<Written> => {
  if (name === undefined) return { added: 0, changed: 0, unchanged: 0 };
  const { numAffectedRows = 0n } = await sql`
    insert into organisation (name) values (${name})
    on conflict (one) do update set name = excluded.name where organisation.name <> excluded.name`.execute(
    tx,
  );
  return { added: 0, changed: Number(numAffectedRows), unchanged: 1 - Number(numAffectedRows) };
};

/** Units that this file puts in other hands: everyone who works under them has another standing. */
const unitsMoved = (told: ToldDirectory, known: KnownDirectory) => ({
  teamRefs: told.teams
    .filter((team) => (known.teams.get(team.ref)?.siteRef ?? team.siteRef) !== team.siteRef)
    .map((team) => team.ref),
  siteRefs: told.sites
    .filter((site) => {
      const before = known.sites.get(site.ref);
      return before !== undefined && site.vendorRef !== undefined && site.vendorRef !== before.vendorRef;
    })
    .map((site) => site.ref),
});

/**
 * Writes a told directory that has been checked: new entries are added, known ones changed, what it does not name
 * stays. Whoever gets another team, role, subject or state gets another standing number, which ends their sessions
 * and grants. A suspension stays in force whatever the file says. The caller has locked the directory.
 */
export const writeDirectory = async (
  tx: Tx,
  { told, known }: { readonly told: ToldDirectory; readonly known: KnownDirectory },
  chance: Chance,
): Promise<DirectoryWritten> => {
  const units = {
    organisation: await writeOrganisation(tx, told.organisationName),
    vendors: await write(tx, vendors(told, chance)),
    sites: await write(tx, sites(told, chance)),
    shifts: await write(tx, shifts(told, chance)),
    queues: await write(tx, queues(told, chance)),
    teams: await write(tx, teams(told, chance)),
  };
  const teamQueues = await writeTeamQueues(tx, told);
  await endStandingsUnder(tx, unitsMoved(told, known));
  return { ...units, teamQueues, agents: await writeAgents(tx, told.agents, chance) };
};
