import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccessChunk } from '../../model/access-columns.ts';
import { isFault } from '../../model/fault.ts';
import { type LogAccount, type LogFiles, type LogReading, openLogTables } from './log-tables.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-tables-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

let count = 0;
const kept = async (name: string, content: string | Uint8Array): Promise<string> => {
  count += 1;
  const path = join(folder, `${count}-${name}`);
  await writeFile(path, content);
  return path;
};

interface ReadBack {
  readonly rows: readonly Record<string, string | number>[];
  readonly account: LogAccount;
  readonly columns: readonly string[];
}

const readBack = async (files: LogFiles, reading: LogReading = {}): Promise<ReadBack> => {
  const tables = await openLogTables(files, reading);
  try {
    const rows: Record<string, string | number>[] = [];
    for await (const chunk of tables.accesses())
      for (let at = 0; at < chunk.rows; at += 1) rows.push(rowOf(chunk, at, tables.names));
    return { rows, account: tables.account(), columns: [...tables.accessColumns] };
  } finally {
    await tables.close();
  }
};

const rowOf = (
  chunk: AccessChunk,
  at: number,
  names: Awaited<ReturnType<typeof openLogTables>>['names'],
) => ({
  at: new Date(chunk.atMs[at] ?? 0).toISOString(),
  agent: names.agents[chunk.agent[at] ?? 0] ?? '?',
  customer: names.customers[chunk.customer[at] ?? 0] ?? '?',
  case: names.cases[chunk.case[at] ?? 0] ?? '?',
  fields: names.fieldSets[chunk.fieldSet[at] ?? 0] ?? '?',
  queue: names.queues[chunk.queue[at] ?? 0] ?? '?',
  action: chunk.action[at] ?? -1,
  dwell: chunk.dwellMs[at] ?? -2,
});

const lineOf = async (files: LogFiles): Promise<string> => {
  const thrown: unknown = await readBack(files).then(
    () => undefined,
    (fault: unknown) => fault,
  );
  expect(isFault(thrown) && thrown.code).toBe('unprocessable');
  expect((thrown as Error).message).not.toContain('\n');
  return (thrown as Error).message;
};

const head = 'at,agent,action,customer,case,fields\n';

describe('a log', () => {
  it('in CSV gives rows in order of time, whatever their order, time zones, quotes, emoji and line ends', async () => {
    const path = await kept(
      'a.csv',
      '\uFEFFat,agent,action,customer,case,fields\r\n' +
        '2026-01-02T09:00:00.5+02:00,"Ann, ""A""",reveal,c🙂1,K-1,phone  email\r\n' +
        '2026-01-02T06:59:59Z,bob,view,"c,2",,\r\n\r\n' +
        '2026-01-02T01:30:00-05:00,bob,LOOKUP,,K-2,"email;phone"',
    );
    const { rows, account } = await readBack({ accesses: [path] });
    expect(
      rows.map(({ at, agent, customer, fields, action }) => [at, agent, customer, fields, action]),
    ).toEqual([
      ['2026-01-02T06:30:00.000Z', 'bob', '', 'email phone', 1],
      ['2026-01-02T06:59:59.000Z', 'bob', 'c,2', '', 2],
      ['2026-01-02T07:00:00.500Z', 'Ann, "A"', 'c🙂1', 'email phone', 3],
    ]);
    expect(account.files[0]).toMatchObject({ read: 3, used: 3, setAside: 0 });
  });

  it('gives the same rows as CSV, NDJSON and Parquet, packed or not, by any name', async () => {
    const lines = Array.from({ length: 50 }, (_, at) => ({
      at: new Date(Date.UTC(2026, 0, 1, 0, 50 - at)).toISOString(),
      agent: `agent ${at % 7}`,
      action: 'view',
      customer: `customer-${at % 11}`,
      case: at % 3 === 0 ? '' : `a case with a long name ${at}`,
      fields: at % 2 === 0 ? 'phone' : 'email phone',
    }));
    const csv = head + lines.map((line) => Object.values(line).join(',')).join('\n');
    const ndjson = lines.map((line) => JSON.stringify(line)).join('\n');
    const parquet = join(folder, "it's a [log]*.parquet");
    const source = await kept('b.csv', csv);
    const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
    await duckdb.run(
      `COPY (SELECT * EXCLUDE (fields, "at"), "at"::TIMESTAMPTZ AS "at", string_split(fields, ' ') AS fields FROM read_csv('${source}', all_varchar=true)) TO '${parquet.replaceAll("'", "''")}' (FORMAT parquet)`,
    );
    const { rows } = await readBack({ accesses: [source] });
    expect(rows).toHaveLength(50);
    for (const path of [
      await kept('b.csv.gz', gzipSync(csv)),
      await kept('log*.ndjson', ndjson),
      await kept('b.json.gz', gzipSync(ndjson)),
      parquet,
    ])
      expect((await readBack({ accesses: [path] })).rows).toEqual(rows);
    expect((await readdir(tmpdir())).filter((name) => /^casebound-[A-Za-z0-9]{6}$/.test(name))).toEqual([]);
  });

  it('accounts for every row: broken ones by number and reason, duplicates, words that nobody knows', async () => {
    const path = await kept(
      'c.csv',
      `${head}2026-01-01T00:00:00Z,ann,view,c1,,\n` +
        '2026-01-01T00:00:00Z,ann,view,c1,,\n' +
        'yesterday,ann,view,c1,,\n' +
        '2026-01-01T00:00:01,ann,view,c1,,\n' +
        '2026-01-01T00:00:02Z,,view,c1,,\n' +
        '2026-01-01T00:00:03Z,ann,view\n' +
        '2026-01-01T00:00:04Z,ann,view,"c1,,\n' +
        '2026-01-01T00:00:05Z,ann,stare,c1,,\n' +
        '1970-01-01T00:00:06Z,ann,view,c1,,\n' +
        '2026-01-01T00:00:07Z,ann,view,c1,,,,\n',
    );
    const { rows, account } = await readBack({ accesses: [path] });
    expect(rows).toHaveLength(2);
    expect(account.duplicates).toEqual({ accesses: 1, cases: undefined });
    const [file] = account.files;
    expect(file).toMatchObject({ read: 10, used: 3, setAside: 7 });
    expect(file?.reasons.reduce((sum, { rows: some }) => sum + some, 0)).toBe(7);
    expect(file?.examples.map(({ row, reason }) => `${row} ${reason.split(':')[0]}`)).toEqual([
      '4 at is not a time',
      '5 at has no time zone',
      '6 agent is empty',
      '7 has fewer fields than the first line names',
      '8 opens a quote that is not closed',
      '10 at is not between 1990 and 2100',
      '11 has more fields than the first line names',
    ]);
    expect(file?.unknownWords).toEqual([{ column: 'action', word: 'stare', rows: 1 }]);
  });

  it('does not count spaces around values, quoted or not', async () => {
    const path = await kept(
      's.csv',
      `${head}2026-01-01T00:00:00Z , ann,view,c1,,\n2026-01-01T00:00:01Z,"ann ",view, "c""2" ,,\n2026-01-01T00:00:02Z,"ann",view," c""3",,\n2026-01-01T00:00:03Z,a n n,view,c4 \r\n`,
    );
    const { rows } = await readBack({ accesses: [path] });
    expect(rows.map(({ agent, customer }) => [agent, customer])).toEqual([
      ['ann', 'c1'],
      ['ann', '"c""2"'],
      ['ann', 'c"3'],
    ]);
  });

  it('never crashes and never loses count, whatever bytes a file holds', async () => {
    const piece = fc.constantFrom(
      ...[
        '2026-01-01T00:00:00Z',
        'ann',
        ',',
        ',',
        ',',
        '\n',
        '\n',
        '"',
        '"',
        '""',
        '\r\n',
        'é',
        '{',
        '}',
        ' ',
      ],
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 80 }), async (pieces) => {
        const path = await kept('any.csv', `at,agent,customer\n${pieces.join('')}`);
        const { rows, account } = await readBack({ accesses: [path] });
        const [file] = account.files;
        expect((file?.used ?? 0) + (file?.setAside ?? 0)).toBe(file?.read);
        expect(rows.length + (account.duplicates.accesses ?? 0)).toBe(file?.used);
      }),
      { numRuns: 80 },
    );
  });

  it('that cannot be read is refused in one line that names the file, the field and the fix', async () => {
    const map = await kept('m.yaml', 'columns: { customer: klant }');
    const csv = await kept('d.csv', 'at,agent,customer\n');
    for (const [file, line] of [
      [await kept('empty.csv', ''), /empty\.csv: is empty: it needs at least a line/],
      [await kept('lf.csv', '\n\n'), /lf\.csv: is empty/],
      [
        await kept('e.csv', 'at,agent\n1,2\n'),
        /has no column "customer": name it so .*the file has at, agent/,
      ],
      [await kept('t.parquet', 'at,agent,customer\n'), /called \.parquet but is none .*: name it \.csv/],
      [await kept('t2.parquet', 'PAR1 and nothing else'), /Parquet file cannot be read: it is damaged/],
      [await kept('n.csv.gz', 'at,agent'), /is called \.gz but is not packed/],
      [
        await kept('g.csv.gz', new Uint8Array([0x1f, 0x8b, 8, 0, 1, 2, 3])),
        /is not a gzip file, or it is damaged/,
      ],
      [await kept('u.csv', Buffer.from('\uFEFFat,agent', 'utf16le')), /UTF-16: save it as UTF-8/],
      [await kept('z.csv', new Uint8Array([1, 0, 2])), /is not text/],
      [join(folder, 'absent*.csv'), /absent\*\.csv: cannot be read \(ENOENT\)/],
      [folder, /is not a file/],
    ] as const)
      expect(await lineOf({ accesses: [file] })).toMatch(line);
    expect(await lineOf({ accesses: [csv], map })).toMatch(
      /reads customer from the column "klant", which is not there/,
    );
  });

  it('with names of columns and no row has no rows', async () => {
    const { rows, account } = await readBack({ accesses: [await kept('h.csv', 'at,agent,customer\n')] });
    expect(rows).toEqual([]);
    expect(account.files[0]).toMatchObject({ read: 0, used: 0 });
  });

  it('of others is read through a map: columns, constants, words, zone, what is not known, rows to skip', async () => {
    const map = await kept(
      'map.yaml',
      `time: { format: '%d/%m/%Y %H:%M', zone: Europe/Lisbon }
unknown: ['?']
columns:
  at: changed
  agent: who
  customer: caller
  action: { column: verb, values: { Read: view, Login: skip, '*': lookup } }
  queue: { constant: first line }
  dwell_ms: { column: seconds, times: 1000 }
  fields: { column: seen, values: { tel: phone } }
`,
    );
    const path = await kept(
      'map.csv',
      'changed;who;caller;verb;seconds;seen\n15/7/2016 10:00;u1;k1;Read;2;tel name\n15/7/2016 10:01;u1;?;Peek;;?\n' +
        '15/7/2016 10:02;?;k1;Read;1;tel\n15/7/2016 10:03;u1;k1;Login;1;tel\n',
    );
    const { rows, account } = await readBack({ accesses: [path], map });
    expect(rows).toMatchObject([
      { at: '2016-07-15T09:00:00.000Z', action: 2, queue: 'first line', dwell: 2000, fields: 'name phone' },
      { at: '2016-07-15T09:01:00.000Z', action: 1, customer: '', dwell: -1, fields: '' },
    ]);
    expect(account.files[0]?.reasons).toEqual([
      { reason: 'skipped, as the map says for action', rows: 1 },
      { reason: 'agent is empty', rows: 1 },
    ]);
  });

  it('in NDJSON is read flat or nested, with escapes, and a broken line costs one row', async () => {
    const map = await kept('n.yaml', 'columns: { agent: actor.user.uid, customer: target.0, fields: seen }');
    const path = await kept(
      'n.ndjson',
      '{"at":"2026-01-01T00:00:00Z","actor":{"user":{"uid":"a\\u00e9"}},"target":["c1"],"seen":["phone","email"]}\n' +
        '{"at":"2026-01-01T00:00:01Z","actor":{"user":{}},"target":["c1"]}\n[1]\n{"at":\n',
    );
    const { rows, account } = await readBack({ accesses: [path], map });
    expect(rows).toMatchObject([{ agent: 'aé', customer: 'c1', fields: 'email phone' }]);
    expect(account.files[0]?.examples.map(({ row }) => row)).toEqual([2, 3, 4]);
  });

  it('names the columns that are there, constants included, and reads only those that are wanted', async () => {
    const path = await kept('w.csv', `${head}2026-01-01T00:00:00Z,ann,view,c1,K,phone\n`);
    const { rows, columns } = await readBack({ accesses: [path] }, { columns: ['case'], ordered: false });
    expect(columns).toEqual(['at', 'agent', 'customer', 'case']);
    expect(rows).toMatchObject([{ case: 'K', fields: '', action: 0 }]);
  });
});

describe('reports, samples and case changes', () => {
  it('share their names with the accesses', async () => {
    const accesses = [await kept('x.csv', 'at,agent,customer\n2026-01-01T00:00:00Z,ann,c2\n')];
    const reports = [
      await kept(
        'r.csv',
        'at,customer,kind\n2026-02-01T00:00:00Z,c2,phishing\n2026-02-02T00:00:00Z,,other\n',
      ),
    ];
    const sample = [await kept('s.csv', 'customer,as_of_from,as_of_to\nc9,2026-01-01,2026-01-03\nc2,,\n')];
    const cases = [
      await kept(
        'k.csv',
        'at,case,change,customer\n2026-01-02T00:00:00Z,K,closed,c2\n2026-01-01T00:00:00Z,K,opened,c2\n',
      ),
    ];
    const tables = await openLogTables({ accesses, reports, sample, cases });
    const told = await tables.reports();
    const { customers } = tables.names;
    expect([told.rows, customers[told.customer[0] ?? 0], told.kind[0], told.contactedAtMs[0]]).toEqual([
      1,
      'c2',
      2,
      Number.NaN,
    ]);
    const list = await tables.sample();
    expect([...list.customer].map((place) => tables.names.customers[place])).toEqual(['c9', 'c2']);
    expect([...list.asOfToMs]).toEqual([Date.parse('2026-01-03T23:59:59.999Z'), Number.NaN]);
    for await (const chunk of tables.accesses()) expect(chunk.customer[0]).toBe(told.customer[0]);
    for await (const chunk of tables.caseChanges()) expect([...chunk.change]).toEqual([1, 6]);
    expect(tables.account().files.map(({ kind, setAside }) => [kind, setAside])).toEqual([
      ['reports', 1],
      ['sample', 0],
      ['accesses', 0],
      ['cases', 0],
    ]);
    await tables.close();
  });
});
