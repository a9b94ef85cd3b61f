import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleWorld } from '../../../../test/support/sample-world.ts';
import type { Command, CommandIo, ExitStatus } from '../command.ts';
import { readArguments } from '../command-line.ts';
import { attributeCommand } from './attribute-command.ts';
import { exposureCommand } from './exposure-command.ts';

let folder = '';
const path = (name: string): string => join(folder, name);
const dayMs = 86_400_000;

/** A desk with one thief, as files: the log in two parts, reports of customers the thief saw, a leaked list. */
const world = sampleWorld({
  seed: 11,
  agents: 50,
  queues: 4,
  customers: 8_000,
  days: 120,
  viewsPerDay: 14,
  thieves: 1,
  records: 40,
  datedDays: 3,
});
const thief = `agent ${world.thieves[0]}`;
const iso = (ms: number): string => new Date(ms).toISOString();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trace-'));
  const { chunk, records } = world;
  const head = 'at,agent,action,customer,queue,fields\n';
  const lines = [...chunk.agent.keys()].map(
    (row) =>
      `${iso(chunk.atMs[row] ?? 0)},agent ${chunk.agent[row]},view,c${chunk.customer[row]},q${chunk.queue[row]},email phone\n`,
  );
  lines.push(
    '2026-01-05T09:00:00Z,agent 1,view,c1,q1,iban\n',
    '2026-01-06T09:00:00Z,agent 2,refused,c9999,q1,\n',
  );
  const middle = lines.length >> 1;
  await writeFile(path('a.csv'), head + lines.slice(middle).join(''));
  await writeFile(path('b*,.csv'), head + lines.slice(0, middle).join(''));
  const sample = records.map(
    (record) => `c${record.customer},${iso(record.asOfFromMs)},${iso(record.asOfToMs)}\n`,
  );
  await writeFile(path('sample.csv'), `customer,as_of_from,as_of_to\n${sample.join('')}`);
  // Eight of ten records of the sample were copied by the thief; their customers report two weeks later.
  const reports = records.map(
    (record, at) => `${iso(record.asOfToMs + (10 + (at % 9)) * dayMs)},c${record.customer},impersonation\n`,
  );
  await writeFile(path('reports.csv'), `at,customer,kind\n${reports.join('')}`);
  await writeFile(path('none.csv'), 'at,customer,kind\n');
});
afterAll(() => rm(folder, { recursive: true }));

interface Run {
  readonly status: ExitStatus;
  readonly answers: readonly string[];
  readonly told: readonly string[];
}
const run = async (command: Command, ...words: string[]): Promise<Run> => {
  const [answers, told]: [string[], string[]] = [[], []];
  const io: CommandIo = {
    answer: (line) => void answers.push(line),
    tell: (line) => void told.push(line),
    showProgress: () => {},
    environment: {},
    stop: new AbortController().signal,
  };
  return { status: await command.run(readArguments(command, words), io), answers, told };
};
const lineOf = (command: Command, ...words: string[]): Promise<string> =>
  run(command, ...words).then(
    () => 'no complaint',
    (thrown: unknown) => (thrown as Error).message,
  );

const log = (): string[] => ['--accesses', path('a.csv'), '--accesses', path('b*,.csv')];

describe('attribute', { timeout: 60_000 }, () => {
  it('names the thief from a leaked list, in suspects.json with its fixed keys, on a page, and then who is exposed', async () => {
    const out = path('suspects.json');
    const html = path('suspects.html');
    const { status, answers, told } = await run(
      attributeCommand,
      ...log(),
      '--sample',
      path('sample.csv'),
      '--out',
      out,
      '--html',
      html,
    );
    expect(status).toBe(0);
    expect(answers.join('\n')).toContain(thief);
    expect(told.join('\n')).toMatch(/a\.csv: [\d,]+ rows read/);
    const written = JSON.parse(await readFile(out, 'utf8'));
    expect(written.suspects[0]).toMatchObject({ agent: thief, review: true, placebo: { passed: true } });
    expect(Object.keys(written).slice(0, 3)).toEqual(['suspects', 'nobody_posterior', 'warnings']);
    expect(Object.keys(written.suspects[0]).slice(0, 6)).toEqual([
      'agent',
      'posterior',
      'window',
      'reports_explained',
      'placebo',
      'look_alikes',
    ]);
    expect(Object.keys(written.suspects[0].window)).toEqual(['start', 'start_low', 'start_high', 'end']);
    const page = await readFile(html, 'utf8');
    expect(page).toContain('<svg');
    expect(page).not.toMatch(/<script|src=|href=/);
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);

    const csv = path('exposure.csv');
    const found = await run(
      exposureCommand,
      ...log(),
      '--suspects',
      out,
      '--sample',
      path('sample.csv'),
      '--out',
      csv,
    );
    expect(found.status).toBe(0);
    const [head, ...rows] = (await readFile(csv, 'utf8')).trimEnd().split('\n');
    expect(head).toBe('customer,certainty,fields,first_at,last_at,agents');
    expect(rows.filter((row) => row.split(',')[1] === 'certain').length).toBeGreaterThan(20);
    expect(rows.every((row) => row.endsWith(thief))).toBe(true);
    expect(found.answers.join('\n')).toMatch(/known to be taken: \d+ customers/);
  });

  it('takes reports, and answers with status 1 when nobody can be named', async () => {
    const out = path('r.json');
    const done = await run(
      attributeCommand,
      ...log(),
      '--reports',
      path('reports.csv'),
      '--out',
      out,
      '--json',
    );
    const answer = JSON.parse(done.answers[0] ?? '{}');
    expect(answer.method).toBe('reports');
    expect(answer.account.files.map(({ kind }: { kind: string }) => kind)).toEqual([
      'reports',
      'accesses',
      'accesses',
    ]);
    expect(done.status).toBe(answer.suspects.some(({ review }: { review: boolean }) => review) ? 0 : 1);
    expect(
      answer.suspects.filter(
        ({ review, agent }: { review: boolean; agent: string }) => review && agent !== thief,
      ),
    ).toEqual([]);
    const none = await run(attributeCommand, ...log(), '--reports', path('none.csv'), '--out', out);
    expect([none.status, JSON.parse(await readFile(out, 'utf8')).suspects]).toEqual([1, []]);
  });

  it('refuses wrong use and bad input in one line, and leaves an older answer as it was', async () => {
    const out = path('old.json');
    await writeFile(out, 'old');
    const bad = path('bad.csv');
    await writeFile(bad, 'at,agent,customer\nyesterday,ann,c1\n');
    const tries: [string[], RegExp][] = [
      [['--reports', bad, '--out', out], /--accesses is missing/],
      [[...log(), '--out', out], /either --reports .* or --sample/],
      [[...log(), '--reports', bad, '--sample', bad, '--out', out], /either --reports .* or --sample/],
      [[...log(), '--reports', path('reports.csv')], /--out is missing/],
      [
        ['--accesses', bad, '--reports', path('reports.csv'), '--out', out],
        /bad\.csv: no row can be used; row 2: at is not a time/,
      ],
      [[...log(), '--reports', path('absent.csv'), '--out', out], /absent\.csv: cannot be read \(ENOENT\)/],
      [[...log(), '--reports', path('none.csv'), '--out', path('no/s.json')], /cannot be written \(ENOENT\)/],
    ];
    for (const [words, line] of tries) {
      const told = await lineOf(attributeCommand, ...words);
      expect(told).toMatch(line);
      expect(told).not.toContain('\n');
    }
    expect(await readFile(out, 'utf8')).toBe('old');
  });
});

describe('exposure', { timeout: 60_000 }, () => {
  it('of an agent and dates lists what was shown then, and what was not', async () => {
    const csv = path('one.csv');
    const done = await run(
      exposureCommand,
      ...log(),
      '--agent',
      'agent 1',
      '--from',
      '2026-01-05',
      '--to',
      '2026-01-05',
      '--out',
      csv,
      '--json',
    );
    const answer = JSON.parse(done.answers[0] ?? '{}');
    const rows = (await readFile(csv, 'utf8')).trimEnd().split('\n').slice(1);
    expect(rows.find((row) => row.startsWith('c1,'))).toBe(
      'c1,certain,iban,2026-01-05T09:00:00.000Z,2026-01-05T09:00:00.000Z,agent 1',
    );
    expect(answer.could_see.customers).toBe(rows.length);
    expect(done.status).toBe(0);
  });

  it('answers with status 1 when nobody is exposed: an agent who is not there, tries that were refused', async () => {
    const csv = path('nobody.csv');
    const nobody = await run(exposureCommand, ...log(), '--agent', 'agent 999', '--out', csv);
    expect([nobody.status, await readFile(csv, 'utf8')]).toEqual([
      1,
      'customer,certainty,fields,first_at,last_at,agents\n',
    ]);
    expect(nobody.told.join('\n')).toMatch(/Not in this log at all: agent 999/);
  });

  it('refuses wrong use and bad suspects in one line', async () => {
    const bad = path('bad.json');
    const tries: [string[], string | undefined, RegExp][] = [
      [['--out', 'x'], undefined, /either --suspects FILE, or --agent ID/],
      [['--suspects', bad, '--agent', 'a', '--out', 'x'], '{}', /either --suspects/],
      [['--agent', 'a', '--from', 'monday', '--out', 'x'], undefined, /--from is a day or a time/],
      [
        ['--agent', 'a', '--from', '2026-02-01', '--to', '2026-01-01', '--out', 'x'],
        undefined,
        /--to is before --from/,
      ],
      [['--suspects', bad, '--out', 'x'], '{', /bad\.json: is not JSON/],
      [['--suspects', bad, '--out', 'x'], '{"suspects":{}}', /has no list "suspects"/],
      [
        ['--suspects', bad, '--out', 'x'],
        '{"suspects":[{"agent":"a","posterior":2,"window":{}}]}',
        /suspect 1: posterior/,
      ],
      [
        ['--suspects', bad, '--out', 'x'],
        '{"suspects":[{"agent":"a","posterior":1,"window":{"start":"x"}}]}',
        /suspect 1: window/,
      ],
    ];
    for (const [words, text, line] of tries) {
      if (text !== undefined) await writeFile(bad, text);
      expect(await lineOf(exposureCommand, ...log(), ...words)).toMatch(line);
    }
  });
});
