import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyDirectory, type KnownDirectory } from '../../records/directory/known-directory.ts';
import { checkDirectory } from './check-directory.ts';
import { readEntries } from './read-entries.ts';
import { entryKinds, Problems, type ToldEntry } from './told-entry.ts';

const at = (kind: ToldEntry['kind'], fields: Record<string, unknown>, line = 1): ToldEntry => ({
  kind,
  where: `line ${line}`,
  fields,
});
const problemsOf = (entries: readonly ToldEntry[], known: KnownDirectory = emptyDirectory): string[] => {
  const problems = new Problems();
  checkDirectory(readEntries(entries, problems), known, problems);
  return problems.named.map(({ where, problem }) => `${where}: ${problem}`);
};
const vendor = at('vendor', { ref: 'v1', name: 'Vendor' });
const site = at('site', { ref: 's1', name: 'Site', vendor: 'v1', time_zone: 'Asia/Manila' });
const ownSite = at('site', { ref: 'own', name: 'Own', time_zone: 'Europe/London' });
const team = at('team', { ref: 't1', name: 'Team', site: 's1' });
const ownTeam = at('team', { ref: 'town', name: 'Own', site: 'own' });
const agent = (over: object = {}, line = 1) =>
  at('agent', { ref: 'ann', name: 'Ann', role: 'agent', team: 't1', ...over }, line);
const ground = [vendor, site, ownSite, team, ownTeam];

const known = (over: Partial<KnownDirectory> = {}): KnownDirectory => ({
  organisationName: 'Bank',
  vendors: new Map([['v1', { state: 'active' }]]),
  sites: new Map([
    ['s1', { state: 'active', vendorRef: 'v1' }],
    ['own', { state: 'active', vendorRef: null }],
  ]),
  shifts: new Set(['early']),
  queues: new Set(['payments']),
  teams: new Map([
    ['t1', { state: 'active', siteRef: 's1' }],
    ['town', { state: 'active', siteRef: 'own' }],
  ]),
  agents: new Map([
    ['ana', { role: 'analyst', teamRef: 'town', subject: 'sub-ana', state: 'active' }],
    ['bob', { role: 'agent', teamRef: 't1', subject: 'sub-bob', state: 'suspended' }],
  ]),
  ...over,
});

describe('a directory', () => {
  it('is sound when everything it refers to is in the file or known', () => {
    expect(problemsOf([...ground, agent()])).toEqual([]);
    expect(
      problemsOf(
        [
          agent({ team: 't1' }),
          at('team', { ref: 't9', name: 'N', site: 'own', shift: 'early', queues: ['payments'] }),
        ],
        known(),
      ),
    ).toEqual([]);
  });

  it.each([
    [[agent({ team: 'none' })], 'line 1: names a team that is not there; add the team or correct the ref'],
    [
      [at('site', { ...site.fields, vendor: 'v9' })],
      'line 1: names a vendor that is not there; add the vendor or correct the ref',
    ],
    [
      [at('team', { ...team.fields, site: 's9' })],
      'line 1: names a site that is not there; add the site or correct the ref',
    ],
    [
      [...ground, at('team', { ref: 'x', name: 'X', site: 's1', shift: 'late' })],
      'line 1: names a shift that is not there; add the shift or correct the ref',
    ],
    [
      [...ground, at('team', { ref: 'x', name: 'X', site: 's1', queues: ['q'] })],
      'line 1: names a queue that is not there; add the queue or correct the ref',
    ],
    [
      [...ground, agent({}, 7), agent({}, 8)],
      'line 8: agent has the same ref as the one at line 7; keep one or rename it',
    ],
    [
      [...ground, agent({ subject: 'x' }, 7), agent({ ref: 'bob', subject: 'x' }, 8)],
      'line 8: agent has the same subject as line 7; each person signs in as one agent',
    ],
    [
      [...ground, agent({ role: 'analyst' })],
      'line 1: agent has role analyst in a team of a vendor; that role is for people of the organisation: give another role or team',
    ],
    [[...ground, agent({ team: undefined })], 'line 1: agent of role agent has no team; name one'],
    [
      [...ground, agent({ role: 'king' })],
      'line 1: agent has a role that is none of agent, lead, vendor-security, analyst, responder, auditor, administrator',
    ],
    [
      [at('site', { ...site.fields, vendor: null, time_zone: 'Mars/Olympus' })],
      'line 1: site has a time_zone that is not of the IANA list; write one such as Asia/Manila',
    ],
    [
      [at('site', { ...site.fields, vendor: null, time_zone: '+05:30' })],
      'line 1: site has a time_zone that is not of the IANA list; write one such as Asia/Manila',
    ],
    [
      [at('shift', { ref: 'e', name: 'E', starts_at: '6:00', ends_at: '14:00', time_zone: 'UTC' })],
      'line 1: shift has a starts_at that is not HH:MM, such as 06:00',
    ],
    [[at('queue', { ref: 7, name: 'Seven' })], 'line 1: queue has a ref that is not text; put it in quotes'],
    [[at('queue', { name: 'No ref' })], 'line 1: queue has no ref'],
    [
      [at('vendor', { ref: 'v', name: 'V', states: 'x' })],
      'line 1: vendor has a field that is none of ref, name, state; remove it',
    ],
    [
      [at('vendor', { ref: 'v', name: 'V', state: 'left' })],
      'line 1: vendor has a state that is none of active, suspended',
    ],
    [
      [at('organisation', { name: 'A' }), at('organisation', { name: 'B' })],
      'line 1: organisation is there twice; keep one',
    ],
  ])('names the place and the fix: %#', (entries, problem) => {
    expect(problemsOf(entries)).toEqual([problem]);
  });

  it('lets nobody of the organisation end up under a vendor because a site or team changed hands', () => {
    const sold = at('site', { ...ownSite.fields, vendor: 'v1' }, 4);
    const problem =
      'line 4: gives a vendor a team in which someone has role analyst; move that person or change the role first';
    expect(problemsOf([sold], known())).toEqual([problem]);
    expect(problemsOf([at('team', { ...ownTeam.fields, site: 's1' }, 4)], known())).toEqual([problem]);
    const movedToo = at('agent', { ref: 'ana', name: 'Ana', role: 'analyst', team: null }, 5);
    expect(problemsOf([sold, movedToo], known())).toEqual([]);
  });

  it('keeps the vendor of a known site that the file names without one', () => {
    const unnamed = at('site', { ref: 's1', name: 'Site', time_zone: 'Asia/Manila' });
    expect(problemsOf([unnamed, agent({ role: 'analyst' })], known())).toHaveLength(1);
    expect(
      problemsOf(
        [{ ...unnamed, fields: { ...unnamed.fields, vendor: null } }, agent({ role: 'analyst' })],
        known(),
      ),
    ).toEqual([]);
  });

  it('lets a subject pass on only when its former holder gives it up in the same file', () => {
    const takes = agent({ subject: 'sub-bob' }, 3);
    expect(problemsOf([takes], known())).toEqual([
      'line 3: agent has the same subject as someone whom this file does not name; each person signs in as one agent',
    ]);
    const gives = (subject: unknown) =>
      at('agent', { ref: 'bob', name: 'Bob', role: 'agent', team: 't1', subject }, 4);
    expect(problemsOf([takes, gives(null)], known())).toEqual([]);
    expect(problemsOf([takes, gives('sub-new')], known())).toEqual([]);
    expect(problemsOf([takes, gives(undefined)], known())).toHaveLength(1);
  });

  it('names every problem once, ten thousand at most, and counts the rest', () => {
    const problems = new Problems();
    const entries = Array.from({ length: 10_001 }, (_, n) => at('queue', { ref: `q${n}` }, n));
    checkDirectory(readEntries(entries, problems), emptyDirectory, problems);
    expect(problems.named).toHaveLength(10_000);
    expect(problems.count).toBe(10_002);
  });

  it('holds a hundred thousand agents at most', () => {
    const many = Array.from({ length: 100_001 }, (_, n) => agent({ ref: `a${n}` }, n));
    expect(problemsOf([...ground, ...many.slice(0, 100_000)])).toEqual([]);
    expect(problemsOf([...ground, ...many])).toEqual([
      'the file: makes more than 100000 agents; remove those who are not needed',
    ]);
  });

  it('never repeats names or subjects, and never crashes, whatever the entries hold', () => {
    const value = fc.oneof(fc.constant('zqx Name'), fc.constant('zqx@example.org'), fc.anything());
    const fields = fc.dictionary(
      fc.constantFrom(
        'ref',
        'name',
        'role',
        'team',
        'subject',
        'state',
        'site',
        'vendor',
        'queues',
        'time_zone',
        'starts_at',
      ),
      value,
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...entryKinds), fields), { maxLength: 8 }), (entries) => {
        const told = entries.map(([kind, some], line) => at(kind, some, line));
        expect(problemsOf(told).join('\n')).not.toContain('zqx');
      }),
    );
  });
});
