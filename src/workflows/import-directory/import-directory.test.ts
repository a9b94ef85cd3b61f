import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import { MemoryLedger } from '../../../test/support/memory-ledger.ts';
import { Fault } from '../../model/fault.ts';
import type { AgentId, SessionId } from '../../model/id.ts';
import { instantOf } from '../../model/instant.ts';
import { seededChance } from '../../platform/chance/seeded-chance.ts';
import { SubjectKey } from '../../platform/keys/subject-key.ts';
import { directoryReader } from '../../records/directory/directory-reader.ts';
import { readDirectoryFile } from './directory-file.ts';
import { type ImportDirectoryPorts, type Importer, importDirectory } from './import-directory.ts';

const now = instantOf(Date.UTC(2026, 10, 22, 9));
const chance = seededChance(1);
const key = SubjectKey.generate(chance);
const ada: Importer = {
  agentId: 'agt_ada' as AgentId,
  role: 'administrator',
  sessionId: 'ses_1' as SessionId,
};

let fresh: FreshDatabase;
let ledger: MemoryLedger;
let ports: ImportDirectoryPorts;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-directory-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  fresh = await freshDatabase();
  ledger = new MemoryLedger();
  ports = {
    db: fresh.db,
    clock: { now: () => now },
    chance,
    ledger,
    agentSealer: async () => key.sealer('ledger'),
  };
});
afterEach(() => fresh.drop());

const bank = `
organisation: { name: Meridian Bank }
vendors:
  - { ref: v1, name: Vendor One }
sites:
  - { ref: s1, name: Indore, vendor: v1, time_zone: Asia/Kolkata }
  - { ref: own, name: Leeds, time_zone: Europe/London }
shifts:
  - { ref: early, name: Early, starts_at: 06:00, ends_at: 14:30, time_zone: Asia/Kolkata }
queues:
  - { ref: payments, name: Payments }
  - { ref: cards, name: Cards }
teams:
  - { ref: t1, name: Heron, site: s1, shift: early, queues: [payments, cards] }
  - { ref: t2, name: Ibis, site: s1 }
  - { ref: staff, name: Staff, site: own }
agents:
  - { ref: ann, name: Ann, role: agent, team: t1, subject: sub-ann }
  - { ref: bob, name: Bob, role: lead, team: t1, subject: sub-bob }
  - { ref: ada, name: Ada, role: administrator, team: staff }
  - { ref: lou, name: Lou, role: auditor }
`;

let files = 0;
const importing = async (content: string | Buffer, name = 'directory.yaml', by?: Importer) => {
  files += 1;
  const path = join(folder, `${files}-${name}`);
  await writeFile(path, content);
  return importDirectory(ports, await readDirectoryFile(path), by);
};
const kept = async (content: string | Buffer, name?: string, by?: Importer) => {
  const answer = await importing(content, name, by);
  if (!answer.kept)
    throw new Error(answer.problems.map(({ where, problem }) => `${where}: ${problem}`).join('\n'));
  return answer;
};
const agentOf = (ref: string) => directoryReader(fresh.db.kysely).agentByRef(ref);
const everything = async () =>
  (
    await sql`select (select json_agg(a order by ref) from agent a) a, (select json_agg(t order by ref) from team t) t,
      (select json_agg(s order by ref) from site s) s, (select json_agg(v order by ref) from vendor v) v,
      (select count(*) from team_queue) tq`.execute(fresh.db.kysely)
  ).rows[0];

describe('importing a directory', () => {
  it('makes everyone and everything the file names, with who belongs where', async () => {
    const { written } = await kept(bank);
    expect(written).toMatchObject({
      vendors: { added: 1 },
      sites: { added: 2 },
      teams: { added: 3 },
      agents: { added: 4 },
    });
    const reader = directoryReader(fresh.db.kysely);
    const all = { countMax: 100, after: undefined };
    expect(await reader.organisationName()).toBe('Meridian Bank');
    expect((await reader.teams(all)).entries[1]).toMatchObject({
      ref: 't1',
      queueRefs: ['cards', 'payments'],
    });
    expect((await reader.shifts(all)).entries).toMatchObject([
      { ref: 'early', startsAt: '06:00', endsAt: '14:30' },
    ]);
    const v1 = (await reader.vendors(all)).entries[0];
    expect(await agentOf('ann')).toMatchObject({
      role: 'agent',
      vendorId: v1?.id,
      active: true,
      standingNo: 0,
    });
    expect(await agentOf('lou')).toMatchObject({ role: 'auditor', teamId: undefined, vendorId: undefined });
    expect(await reader.agentBySubject('sub-bob')).toMatchObject({ ref: 'bob' });
  });

  it('changes nothing the second time, in YAML or NDJSON', async () => {
    await kept(bank);
    const before = await everything();
    const { written } = await kept(bank);
    expect(Object.values(written).every(({ added, changed }) => added + changed === 0)).toBe(true);
    const lines = [
      { entry: 'organisation', name: 'Meridian Bank' },
      { entry: 'agent', ref: 'ann', name: 'Ann', role: 'agent', team: 't1', subject: 'sub-ann' },
      { entry: 'team', ref: 't1', name: 'Heron', site: 's1' },
    ];
    const ndjson = lines.map((line) => JSON.stringify(line)).join('\n');
    await kept(ndjson, 'directory.ndjson');
    await kept(gzipSync(ndjson), 'directory.ndjson.gz');
    expect(await everything()).toEqual(before);
    expect(ledger.drafts).toHaveLength(1);
  });

  it('leaves what the file does not name, and says what that is', async () => {
    await kept(bank);
    const { changes } = await kept('agents:\n  - { ref: ann, name: Ann Other, role: agent }');
    expect(changes.absent.agents).toEqual({ count: 3, refs: ['ada', 'bob', 'lou'] });
    expect(changes.absent.vendors).toEqual({ count: 1, refs: ['v1'] });
    expect(await agentOf('bob')).toMatchObject({ state: 'active' });
    expect(await agentOf('ann')).toMatchObject({ name: 'Ann Other', standingNo: 0 });
    expect((await agentOf('ann'))?.teamId).toBeDefined();
    expect(await directoryReader(fresh.db.kysely).agentBySubject('sub-ann')).toMatchObject({ ref: 'ann' });
  });

  it.each([
    ['team', '{ ref: ann, name: Ann, role: agent, team: t2 }'],
    ['role', '{ ref: ann, name: Ann, role: lead }'],
    ['state', '{ ref: ann, name: Ann, role: agent, state: left }'],
    ['subject', '{ ref: ann, name: Ann, role: agent, subject: sub-else }'],
    ['subject to none', '{ ref: ann, name: Ann, role: agent, subject: null }'],
  ])('gives an agent with another %s another standing, so that sessions and grants end', async (_, entry) => {
    await kept(bank);
    await kept(`agents: [${entry}]`);
    expect(await agentOf('ann')).toMatchObject({ standingNo: 1 });
    expect(await agentOf('bob')).toMatchObject({ standingNo: 0 });
  });

  it('gives everyone of a team or site in other hands another standing', async () => {
    await kept(bank);
    await kept('teams: [{ ref: t1, name: Heron, site: own }]');
    expect([(await agentOf('ann'))?.standingNo, (await agentOf('ada'))?.standingNo]).toEqual([1, 0]);
    expect(await agentOf('ann')).toMatchObject({ vendorId: undefined });
    await kept(
      'vendors: [{ ref: v2, name: Two }]\nsites: [{ ref: s1, name: Indore, vendor: v2, time_zone: Asia/Kolkata }]',
    );
    expect((await agentOf('ann'))?.standingNo).toBe(1);
  });

  it('never lifts a suspension, whatever the file says, and names it', async () => {
    await kept(bank);
    await sql`update agent set state = 'suspended' where ref = 'ann'`.execute(fresh.db.kysely);
    await sql`update vendor set state = 'suspended'`.execute(fresh.db.kysely);
    const { changes } = await kept(`
vendors: [{ ref: v1, name: Vendor One, state: active }]
agents: [{ ref: ann, name: Ann, role: agent, team: t1, state: active }]`);
    expect(changes.suspensionsKept).toEqual(['v1', 'ann']);
    expect(await agentOf('ann')).toMatchObject({ state: 'suspended', active: false });
    await kept(
      'teams: [{ ref: t1, name: Heron, site: s1, state: suspended }]\nagents: [{ ref: bob, name: Bob, role: lead, state: suspended }]',
    );
    expect(await agentOf('bob')).toMatchObject({ state: 'suspended', standingNo: 1 });
  });

  it('lets two people swap how they sign in', async () => {
    await kept(bank);
    await kept(`agents:
  - { ref: ann, name: Ann, role: agent, subject: sub-bob }
  - { ref: bob, name: Bob, role: lead, subject: sub-ann }`);
    expect(await directoryReader(fresh.db.kysely).agentBySubject('sub-ann')).toMatchObject({
      ref: 'bob',
      standingNo: 1,
    });
  });

  it('lets the first and the last of thousands swap how they sign in', async () => {
    await kept(bank);
    const people = (first: string, last: string): string =>
      Array.from({ length: 5_002 }, (_, n) => ({
        entry: 'agent',
        ref: `p${n}`,
        name: 'P',
        role: 'agent',
        team: 't1',
      }))
        .map((line, n) =>
          JSON.stringify(
            n === 0 ? { ...line, subject: first } : n === 5_001 ? { ...line, subject: last } : line,
          ),
        )
        .join('\n');
    await kept(people('one', 'two'), 'people.ndjson');
    await kept(people('two', 'one'), 'people.ndjson');
    expect(await directoryReader(fresh.db.kysely).agentBySubject('one')).toMatchObject({
      ref: 'p5001',
      standingNo: 1,
    });
  });

  it('replaces the queues of a team that lists some, and leaves those of one that does not', async () => {
    await kept(bank);
    const queuesOf = async () =>
      (await directoryReader(fresh.db.kysely).teams({ countMax: 9, after: undefined })).entries.find(
        (t) => t.ref === 't1',
      )?.queueRefs;
    await kept('teams: [{ ref: t1, name: Heron, site: s1 }]');
    expect(await queuesOf()).toEqual(['cards', 'payments']);
    await kept(
      'queues: [{ ref: new, name: New }]\nteams: [{ ref: t1, name: Heron, site: s1, queues: [new, cards] }]',
    );
    expect(await queuesOf()).toEqual(['cards', 'new']);
    await kept('teams: [{ ref: t1, name: Heron, site: s1, queues: [] }]');
    expect(await queuesOf()).toEqual([]);
    expect(ledger.drafts).toHaveLength(3);
  });

  it('keeps all or nothing, and names the file’s places with what is wrong', async () => {
    const answer = await importing(
      bank.replace('site: own }', 'site: gone }').replace('Asia/Kolkata }', 'Asia/Kolkat }'),
    );
    expect(answer).toMatchObject({
      kept: false,
      problemCount: 2,
      problems: [
        {
          where: 'line 6, sites[0]',
          problem: 'site has a time_zone that is not of the IANA list; write one such as Asia/Manila',
        },
        {
          where: 'line 16, teams[2]',
          problem: 'names a site that is not there; add the site or correct the ref',
        },
      ],
    });
    expect(await agentOf('ann')).toBeUndefined();
    expect(ledger.drafts).toHaveLength(0);
  });

  it('records who imported what before it counts, with every role that changed', async () => {
    await kept(bank);
    expect(ledger.drafts[0]).toMatchObject({ kind: 'config/v1', at: now });
    await kept(
      'agents: [{ ref: ann, name: Ann, role: lead }, { ref: new, name: N, role: analyst }]',
      undefined,
      ada,
    );
    expect(ledger.drafts[1]?.by?.disclosures).toMatchObject({
      agent: 'agt_ada',
      detail: {
        what: 'directory',
        roles_changed: 2,
        roles: [
          ['ann', 'agent', 'lead'],
          ['new', null, 'analyst'],
        ],
      },
    });
  });

  it('changes nothing when the entry cannot be made durable', async () => {
    ledger.break(new Fault('busy', 'the queue is full'));
    await expect(importing(bank)).rejects.toMatchObject({ code: 'busy' });
    expect(await agentOf('ann')).toBeUndefined();
  });

  it('survives several imports at the same moment', async () => {
    const nameless = bank.replace(/^organisation.*$/m, '');
    await Promise.all([kept(nameless), kept(nameless), kept(nameless)]);
    expect(await everything()).toMatchObject({ tq: 2 });
    expect(ledger.drafts).toHaveLength(1);
  });

  it('takes ten thousand agents of one NDJSON file', async () => {
    await kept(bank);
    const lines = Array.from({ length: 10_000 }, (_, n) =>
      JSON.stringify({
        entry: 'agent',
        ref: `a${n}`,
        name: `Agent ${n}`,
        role: 'agent',
        team: 't1',
        subject: `s${n}`,
      }),
    );
    expect((await kept(lines.join('\n'), 'many.ndjson')).written.agents).toEqual({
      added: 10_000,
      changed: 0,
      unchanged: 0,
    });
    expect((await kept(lines.join('\n'), 'many.ndjson')).written.agents).toEqual({
      added: 0,
      changed: 0,
      unchanged: 10_000,
    });
    const reader = directoryReader(fresh.db.kysely);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await reader.agents({ countMax: 499, after });
      seen.push(...page.entries.map((one) => one.ref));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toHaveLength(10_004);
    expect(new Set(seen).size).toBe(10_004);
  });
});

describe('a directory file', () => {
  it.each([
    ['broken.yaml', 'agents: [', /broken.yaml, line 1: is not YAML/],
    ['list.yaml', '- a\n- b', /list.yaml: holds no lists; it needs vendors, sites/],
    ['bomb.yaml', 'agents: &a [x]\nteams: *a', /bomb.yaml: uses YAML aliases; write every entry out/],
    ['big.yaml', `# ${'x'.repeat(4 * 1_048_576)}`, /big.yaml: is larger than 4 MiB; write it as NDJSON/],
    ['table.csv', 'ref,name', /table.csv: is neither .yaml, .json nor .ndjson/],
    ['empty.yaml', 'agents: []', /empty.yaml: holds no entries/],
  ])('is refused in one line that names it and the fix: %s', async (name, content, message) => {
    await expect(importing(content, name)).rejects.toThrow(message);
  });

  it('is refused when there is none', async () => {
    await expect(readDirectoryFile(join(folder, 'none.yaml'))).rejects.toThrow(/none.yaml: does not exist/);
  });

  it('names entries that are none, and goes on to name the others', async () => {
    const yaml = await importing('agents: 7\nteam: []\nvendors: [x, { ref: v, name: 5 }]');
    expect(yaml).toMatchObject({
      problems: [
        { where: 'agents', problem: 'is not a list; begin each entry with a dash' },
        {
          where: 'line 2',
          problem: 'is none of organisation, vendors, sites, shifts, queues, teams, agents',
        },
        { where: 'vendors[0]', problem: 'is not an entry with named fields' },
        { where: 'line 3, vendors[1]', problem: 'vendor has a name that is not text; put it in quotes' },
      ],
    });
    const ndjson = await importing('{"entry":"agents"}\nnot json\n{"entry":"queue","ref":"q"}', 'bad.ndjson');
    expect(ndjson).toMatchObject({
      problems: [
        {
          where: 'line 1',
          problem: 'entry is none of organisation, vendor, site, shift, queue, team, agent',
        },
        { where: 'line 2', problem: 'is not JSON' },
        { where: 'line 3', problem: 'queue has no name' },
      ],
    });
  });
});
