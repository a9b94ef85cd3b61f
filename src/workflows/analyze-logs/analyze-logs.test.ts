import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addLooks, type DeskLog, honestDesk } from '../../analysis/detection/cast/small-desk.ts';
import { isFault } from '../../model/fault.ts';
import { type Analysis, analyzeLogs } from './analyze-logs.ts';
import { agentsCsv, alertLine, openOutFolder, writeAnalysis } from './write-analysis.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'analyze-'));
});
afterAll(() => rm(folder, { recursive: true }));

const cell = (value: string | number | undefined): string => {
  const text = String(value ?? '');
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
const timeText = (atMs: number): string => new Date(atMs).toISOString();

/** A thief whose name tries to break out of tables and pages. */
const wickedName = '<script>alert("x")</script>, Łukasz 🦊';
const wicked = (agent: string | undefined): string | undefined => (agent === 'agent-4' ? wickedName : agent);

const csvOf = (desk: DeskLog): { accesses: string; cases: string } => ({
  accesses: [
    'at,agent,action,customer,case,fields,vendor,site,team,queue,topic,session,device,dwell_ms',
    ...desk.accesses
      .toSorted((a, b) => a.atMs - b.atMs)
      .map((row) =>
        [
          timeText(row.atMs),
          wicked(row.agent),
          row.action,
          row.customer,
          row.case,
          row.fields,
          row.vendor,
          row.site,
          row.team,
          row.queue,
          row.topic,
          row.session,
          row.device,
          row.dwellMs,
        ]
          .map(cell)
          .join(','),
      ),
    '',
  ].join('\n'),
  cases: [
    'at,case,change,agent,customer,queue,topic,initiated_by',
    ...desk.changes.map((row) =>
      [
        timeText(row.atMs),
        row.case,
        row.change,
        wicked(row.agent),
        row.customer,
        row.queue,
        row.topic,
        row.initiatedBy,
      ]
        .map(cell)
        .join(','),
    ),
    '',
  ].join('\n'),
});

const desk = honestDesk({ agents: 20, days: 26 });
addLooks(desk, { place: 4, fromDay: 14, toDay: 26, daily: 14 });
const csv = csvOf(desk);

const written = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};

const analyzed = (accesses: string, cases?: string): Promise<Analysis> =>
  analyzeLogs({
    accesses: [accesses],
    cases: cases === undefined ? [] : [cases],
    map: undefined,
    alertShareMax: 0.005,
    dayOffsetMinutes: 0,
    onProgress: () => {},
    signal: new AbortController().signal,
  });

const faultOf = async (work: Promise<unknown>): Promise<string> => {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(isFault(thrown), String(thrown)).toBe(true);
  return thrown instanceof Error ? thrown.message : '';
};

describe('analyzing logs', () => {
  it('writes alerts, agents and a report in the fixed form, the strongest lead first', async () => {
    const analysis = await analyzed(
      await written('accesses.csv', csv.accesses),
      await written('cases.csv', csv.cases),
    );
    const out = join(folder, 'out');
    await openOutFolder(out);
    await writeAnalysis(analysis, out);
    expect((await readdir(out)).toSorted()).toEqual(['agents.csv', 'alerts.ndjson', 'report.html']);
    const lines = (await readFile(join(out, 'alerts.ndjson'), 'utf8')).trimEnd().split('\n');
    const alerts = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(alerts[0]).toMatchObject({ agent: wickedName, kind: 'unexplained-looks' });
    for (const key of ['at', 'agent', 'kind', 'score', 'reasons', 'accesses', 'innocent_explanations'])
      expect(alerts[0]).toHaveProperty(key);
    const scores = alerts.map(({ score }) => Number(score));
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    const [header, first] = (await readFile(join(out, 'agents.csv'), 'utf8')).split('\n');
    expect(header).toBe('agent,score,accesses,customers,unexplained,alerts');
    expect(first).toMatch(/^"<script>alert\(""x""\)<\/script>, Łukasz 🦊",\d+\.\d{3},\d+,\d+,\d+,1$/);
  });

  it('makes a page without scripts and addresses, on which every name is only a name', async () => {
    const analysis = await analyzed(join(folder, 'accesses.csv'), join(folder, 'cases.csv'));
    const page = await readFile(join(folder, 'out', 'report.html'), 'utf8');
    expect(page).not.toMatch(/<script|javascript:|https?:|<img|<link|@import|url\(|onerror|<iframe/i);
    expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;, Łukasz 🦊');
    expect(page).toContain("default-src 'none'");
    expect(page).toContain('<svg');
    expect(page).toContain('Innocent explanations that were tried');
    expect(page).toContain('What would clear this person');
    expect(page).toContain(analysis.totals.accesses.toLocaleString('en-US'));
  });

  it('tells the same of the same logs every time, whatever the order of their rows', async () => {
    const [header = '', ...rows] = csv.accesses.trimEnd().split('\n');
    const turned = await written('turned.csv', `${[header, ...rows.toReversed()].join('\n')}\n`);
    const cases = join(folder, 'cases.csv');
    const [straight, reversed] = [
      await analyzed(join(folder, 'accesses.csv'), cases),
      await analyzed(turned, cases),
    ];
    expect(reversed.alerts.map(alertLine)).toEqual(straight.alerts.map(alertLine));
    expect(agentsCsv(reversed.agents)).toBe(agentsCsv(straight.agents));
  });

  it('says which checks are off without a case file, and still finds who looks without a case', async () => {
    const analysis = await analyzed(join(folder, 'accesses.csv'));
    expect(analysis.hasCaseFile).toBe(false);
    expect(analysis.checksOff.length).toBeGreaterThan(2);
    expect(analysis.alerts[0]?.agent).toBe(wickedName);
  });

  it('works with nothing but time, agent and customer', async () => {
    const bare = csv.accesses
      .trimEnd()
      .split('\n')
      .filter((row) => !row.includes('script'))
      .map((row) => row.split(',').slice(0, 4))
      .map(([at, agent, , customer]) => `${at},${agent},${customer}`);
    const analysis = await analyzed(await written('bare.csv', `${bare.join('\n')}\n`));
    expect(analysis.alerts).toEqual([]);
    expect(analysis.checksOff.map(({ because }) => because).join()).toContain('column case');
  });

  it('sets broken rows aside and counts them', async () => {
    const path = await written('broken.csv', csv.accesses);
    await appendFile(path, 'yesterday,agent-1,view,customer-1\n2026-03-05T10:00:00Z,,view,customer-2\n');
    const { account } = await analyzed(path);
    const [file] = account.files;
    expect(file?.setAside).toBe(2);
    expect(file?.read).toBe((file?.used ?? 0) + 2);
  });
});

describe('logs that cannot be analyzed', () => {
  it('are refused in one line that names the file and the fix', async () => {
    const header = csv.accesses.split('\n')[0] ?? '';
    expect(await faultOf(analyzed(join(folder, 'absent.csv')))).toMatch(/absent\.csv/);
    expect(await faultOf(analyzed(await written('empty.csv', '')))).toMatch(/empty\.csv/);
    expect(await faultOf(analyzed(await written('header.csv', `${header}\n`)))).toMatch(
      /header\.csv: no access could be used: there are no rows/,
    );
    expect(await faultOf(analyzed(await written('other.csv', 'name,age\nbo,3\n')))).toMatch(/other\.csv/);
    const all = await faultOf(analyzed(await written('all-broken.csv', 'at,agent,customer\nnever,a,b\n')));
    expect(all).toMatch(/all-broken\.csv: no access could be used; row 2: /);
    expect(all).not.toContain('\n');
  });

  it('leave what an earlier run wrote as it was', async () => {
    const out = join(folder, 'kept');
    await openOutFolder(out);
    await writeFile(join(out, 'alerts.ndjson'), 'earlier\n');
    await faultOf(analyzed(join(folder, 'absent.csv')));
    await openOutFolder(out);
    expect(await readFile(join(out, 'alerts.ndjson'), 'utf8')).toBe('earlier\n');
    expect(await readdir(out)).toEqual(['alerts.ndjson']);
  });

  it('show an unwritable folder before a long reading', async () => {
    const file = await written('a-file', 'x');
    expect(await faultOf(openOutFolder(join(file, 'out')))).toMatch(/cannot be written \(ENOTDIR\)/);
  });
});
