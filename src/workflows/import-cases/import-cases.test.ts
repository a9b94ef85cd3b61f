import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import { foldCase } from '../../model/case.ts';
import { Fault } from '../../model/fault.ts';
import { formatInstant, instantOf, later } from '../../model/instant.ts';
import { seededChance } from '../../platform/chance/seeded-chance.ts';
import { caseReader } from '../../records/cases/case-reader.ts';
import { caseWriter } from '../../records/cases/case-writer.ts';
import { isFieldProblem, readToldChange, type ToldChange } from '../../records/cases/told-change.ts';
import { type CaseImportProgress, type ImportCasesPorts, importCases } from './import-cases.ts';

const now = instantOf(Date.UTC(2026, 10, 22, 12));
const start = instantOf(Date.UTC(2026, 10, 1));
const keys: ImportCasesPorts['keys'] = {
  hash: (use, value) => createHmac('sha256', 'test key').update(`${use} ${value}`).digest().subarray(0, 16),
};
const columns = [
  'at',
  'case',
  'change',
  'agent',
  'customer',
  'queue',
  'topic',
  'channel',
  'initiated_by',
] as const;

let fresh: FreshDatabase;
let ports: ImportCasesPorts;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-cases-'));
  fresh = await freshDatabase();
  ports = { cases: caseWriter(fresh.db, seededChance(1)), keys, clock: { now: () => now } };
});
afterAll(async () => {
  await fresh.drop();
  await rm(folder, { recursive: true });
});

let files = 0;
const importing = async (name: string, content: string | Buffer, over: Partial<ImportCasesPorts> = {}) => {
  files += 1;
  const path = join(folder, `${files}-${name}`);
  const rejectsPath = `${path}.rejects.ndjson`;
  await writeFile(path, content);
  const seen: CaseImportProgress[] = [];
  const summary = await importCases({ ...ports, ...over }, { path, rejectsPath }, (at) => seen.push(at));
  const rejects = await readFile(rejectsPath, 'utf8').catch(() => '');
  return {
    summary,
    seen,
    rejects: rejects
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  };
};

const madeUp = (name: string, cases: number): ToldChange[] =>
  Array.from({ length: cases }, (_, n): ToldChange[] => {
    const at = (steps: number) => formatInstant(later(start, (n * 60 + steps) * 1_000));
    const base = { case: `${name}-${n}` };
    return [
      {
        ...base,
        at: at(0),
        change: 'opened',
        customer: `K-${n}`,
        channel: 'phone',
        initiated_by: 'customer',
      },
      { ...base, at: at(1), change: 'assigned', agent: `agent-${n % 9}` },
      { ...base, at: at(100), change: n % 2 ? 'closed' : 'replied' },
    ];
  })
    .flat()
    .sort((a, b) => (a.at < b.at ? -1 : 1));
const asCsv = (rows: readonly ToldChange[]): string =>
  [columns.join(','), ...rows.map((row) => columns.map((name) => row[name] ?? '').join(','))].join('\n');
const asNdjson = (rows: readonly ToldChange[]): string => rows.map((row) => JSON.stringify(row)).join('\n');

const countCases = async (name: string) =>
  (
    await sql<{
      n: number;
    }>`select count(*)::int as n from support_case where ref like ${`${name}-%`}`.execute(fresh.db.kysely)
  ).rows[0]?.n;

describe('importing a case file', () => {
  it('makes the cases that its rows make, in any format, and changes nothing the second time', async () => {
    const rows = madeUp('twice', 900);
    const first = await importing('a.csv', asCsv(rows));
    expect(first.summary).toMatchObject({ rowsNew: 2_700, rowsRepeated: 0, rowsBad: 0 });
    expect(first.summary.bytesRead).toBe(first.summary.bytesTotal);
    expect(first.seen.length).toBeGreaterThan(2);
    expect(await countCases('twice')).toBe(900);
    for (const [name, content] of [
      ['a.csv', asCsv(rows)],
      ['a.csv.gz', gzipSync(asCsv(rows.toReversed()))],
      ['a.ndjson', asNdjson(rows)],
    ] as const)
      expect((await importing(name, content)).summary).toMatchObject({ rowsNew: 0, rowsRepeated: 2_700 });
    const reader = caseReader(fresh.db);
    for (const [ref, told] of Map.groupBy(rows, (row) => row.case)) {
      const changes = told.map((row, index) => {
        const read = readToldChange(row, (value) => keys.hash('customer-ref', value).toString('hex'));
        if (isFieldProblem(read)) throw new Error(read.problem);
        return { ...read, messageId: String(index) };
      });
      expect(await reader.caseByKey(ref)).toMatchObject(foldCase(changes) ?? {});
    }
  });

  it('keeps the good rows and names the bad ones with line and reason, without their values', async () => {
    const rows = madeUp('mixed', 30).map((row) => columns.map((name) => row[name] ?? '').join(','));
    rows.splice(5, 0, 'yesterday,mixed-x,opened,,,,,,');
    rows.splice(40, 0, '2026-11-01T00:00:00Z,,opened,,,,,,');
    rows.splice(60, 0, '2026-11-01T00:00:00Z,mixed-x,exploded,,Ann Example,,,,');
    rows.splice(70, 0, '2026-11-01T00:00:00Z,mixed-x,opened');
    rows.push(`${formatInstant(later(now, 3_600_000))},mixed-x,opened,,,,,,`);
    const { summary, rejects } = await importing('mixed.csv', [columns.join(','), ...rows].join('\n'));
    expect(summary).toMatchObject({ rowsNew: 90, rowsBad: 5 });
    expect(rejects).toEqual([
      { line: 7, reason: expect.stringMatching(/^at is not an RFC 3339 time/) },
      { line: 42, reason: 'case is missing' },
      { line: 62, reason: expect.stringMatching(/^change is none of opened/) },
      { line: 72, reason: 'has 3 fields where the first line names 9' },
      { line: 96, reason: 'at lies in the future; correct the time or its offset' },
    ]);
    expect(JSON.stringify(rejects)).not.toMatch(/Ann|exploded|yesterday|mixed-x/);
    expect(await countCases('mixed')).toBe(30);
  });

  it('stores no reference of a customer', async () => {
    await importing(
      'secret.ndjson',
      '{"at":"2026-11-01T00:00:00Z","case":"s-1","change":"opened","customer":"KUNDE-99"}',
    );
    const { rows } = await sql`select row_to_json(c)::text as t from case_change c`.execute(fresh.db.kysely);
    expect(JSON.stringify(rows)).not.toContain('KUNDE');
  });

  it('goes on where it broke off when it is started again', async () => {
    const rows = madeUp('broken', 1_500);
    let left = 2;
    const failing: ImportCasesPorts['cases'] = {
      ...ports.cases,
      takeChanges: async (changes) => {
        left -= 1;
        if (left < 0) throw new Fault('storage-full', 'the disk is full');
        return ports.cases.takeChanges(changes);
      },
    };
    await expect(importing('broken.csv', asCsv(rows), { cases: failing })).rejects.toMatchObject({
      code: 'storage-full',
    });
    const { summary } = await importing('broken.csv', asCsv(rows));
    expect(summary).toMatchObject({ rowsNew: 2_500, rowsRepeated: 2_000 });
    expect(await countCases('broken')).toBe(1_500);
  });

  it('is refused in one line when the file names no columns, or the rejects cannot be written', async () => {
    await expect(importing('wrong.csv', 'time;number\n1;2')).rejects.toThrow(
      /wrong.csv, line 1: lacks the column at and case and change/,
    );
    const path = join(folder, 'no-place.csv');
    await writeFile(path, 'at,case,change\nx,y,z');
    await expect(importCases(ports, { path, rejectsPath: join(folder, 'none', 'r.ndjson') })).rejects.toThrow(
      'r.ndjson: the file of rejected rows cannot be written; name another place for it.',
    );
  });
});
