import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import type { AgentId, SiteId, TeamId, VendorId } from '../../model/id.ts';
import { type DirectoryReader, directoryReader } from './directory-reader.ts';

let fresh: FreshDatabase;
let reader: DirectoryReader;
beforeAll(async () => {
  fresh = await freshDatabase();
  reader = directoryReader(fresh.db.kysely);
  await sql
    .raw(`
    insert into vendor (id, ref, name, state) values ('ven_1', 'v1', 'One', 'active'), ('ven_2', 'v2', 'Two', 'suspended');
    insert into site (id, ref, vendor_id, name, time_zone) values ('sit_1', 's1', 'ven_1', 'One', 'Asia/Kolkata'),
      ('sit_2', 's2', 'ven_2', 'Two', 'Asia/Manila'), ('sit_o', 'so', null, 'Own', 'Europe/London');
    insert into team (id, ref, site_id, name) values ('tea_1', 't1', 'sit_1', 'One'), ('tea_2', 't2', 'sit_2', 'Two'),
      ('tea_o', 'to', 'sit_o', 'Own');
    insert into agent (id, ref, subject, name, role, team_id, state) values
      ('agt_a', 'a', 'sub-a', 'A', 'agent', 'tea_1', 'active'), ('agt_b', 'b', null, 'B', 'lead', 'tea_1', 'suspended'),
      ('agt_c', 'c', null, 'C', 'agent', 'tea_2', 'active'), ('agt_d', 'd', null, 'D', 'auditor', null, 'active'),
      ('agt_e', 'e', null, 'E', 'agent', 'tea_o', 'left');`)
    .execute(fresh.db.kysely);
});
afterAll(() => fresh.drop());

const page = { countMax: 100, after: undefined };
const one = 'ven_1' as VendorId;
const refs = async (list: Promise<{ readonly entries: readonly { readonly ref: string }[] }>) =>
  (await list).entries.map((entry) => entry.ref);

describe('the directory', () => {
  it('shows one vendor nothing of another vendor nor of the organisation', async () => {
    const filter = { vendorId: one };
    expect(await refs(reader.vendors(page, filter))).toEqual(['v1']);
    expect(await refs(reader.sites(page, filter))).toEqual(['s1']);
    expect(await refs(reader.teams(page, filter))).toEqual(['t1']);
    expect(await refs(reader.agents(page, filter))).toEqual(['a', 'b']);
    expect(await refs(reader.agents(page, { vendorId: one, teamId: 'tea_2' as TeamId }))).toEqual([]);
  });

  it('shows everything to whoever is given no vendor, narrowed by team or state', async () => {
    expect(await refs(reader.agents(page))).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await refs(reader.agents(page, { teamId: 'tea_1' as TeamId }))).toEqual(['a', 'b']);
    expect(await refs(reader.agents(page, { state: 'suspended' }))).toEqual(['b']);
    expect(await refs(reader.sites(page))).toEqual(['s1', 's2', 'so']);
  });

  it('calls active only those who are, through everything they are part of', async () => {
    const active = (await reader.agents(page)).entries.filter((agent) => agent.active);
    expect(active.map((agent) => agent.ref)).toEqual(['a', 'd']);
  });

  it('finds one agent by id, reference or subject, and nobody by anything else', async () => {
    const found = await reader.agentById('agt_a' as AgentId);
    expect(found).toMatchObject({
      ref: 'a',
      vendorId: 'ven_1',
      siteId: 'sit_1',
      teamId: 'tea_1',
      active: true,
    });
    expect(await reader.agentByRef('a')).toEqual(found);
    expect(await reader.agentBySubject('sub-a')).toEqual(found);
    for (const text of ['', 'nobody', 'a\0', `a' or true --`]) {
      expect(await reader.agentByRef(text)).toBeUndefined();
      expect(await reader.agentBySubject(text)).toBeUndefined();
    }
  });

  it('knows of every unit its state and vendor', async () => {
    expect(await reader.unitById({ what: 'vendor', id: one })).toEqual({
      state: 'active',
      vendorId: 'ven_1',
    });
    expect(await reader.unitById({ what: 'vendor', id: 'ven_2' as VendorId })).toMatchObject({
      state: 'suspended',
    });
    expect(await reader.unitById({ what: 'site', id: 'sit_o' as SiteId })).toEqual({
      state: 'active',
      vendorId: undefined,
    });
    expect(await reader.unitById({ what: 'team', id: 'tea_2' as TeamId })).toMatchObject({
      vendorId: 'ven_2',
    });
    expect(await reader.unitById({ what: 'team', id: 'tea_x' as TeamId })).toBeUndefined();
  });

  it('gives pages of at most what was asked, however little or much that is', async () => {
    const first = await reader.agents({ countMax: 2, after: undefined });
    expect(first.next).toBe('b');
    expect(await refs(reader.agents({ countMax: 2, after: 'b' }))).toEqual(['c', 'd']);
    expect((await reader.agents({ countMax: 2, after: 'd' })).next).toBeUndefined();
    expect(await refs(reader.agents({ countMax: -5, after: undefined }))).toEqual(['a']);
    expect((await reader.agents({ countMax: 1e9, after: undefined })).entries).toHaveLength(5);
  });
});
