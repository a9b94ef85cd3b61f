// Reading of logs into columns, beside DuckDB that only reads and groups the same files.
// Run: node bench/log-tables.ts [million accesses] [csv|ndjson|parquet]. Each measurement is a process of its own.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { openLogTables } from '../src/platform/log-tables/log-tables.ts';

const threads = '2';

/** A desk of 5,000 agents and a million customers in time order but for a tenth; cases last some hours. */
const write = async (path: string, rows: number): Promise<void> => {
  const connection = await (
    await DuckDBInstance.create(':memory:', { threads, memory_limit: '2GB' })
  ).connect();
  const form = path.endsWith('.parquet') ? 'parquet' : path.endsWith('.ndjson') ? 'json' : 'csv, HEADER';
  const step = Math.floor((180 * 86_400_000) / rows);
  await connection.run(`COPY (
    SELECT strftime(TIMESTAMP '2026-01-01' + to_milliseconds((i * ${step} + CASE WHEN i % 10 = 0 THEN hash(i) % 86400000 ELSE 0 END)::BIGINT), '%Y-%m-%dT%H:%M:%S.%gZ') AS "at",
      'agt_' || lpad((hash(i // 7) % 5000)::VARCHAR, 5, '0') AS agent,
      (['lookup', 'view', 'view', 'reveal'])[(hash(i * 3) % 4)::INT + 1] AS action,
      'cus_' || lpad((hash(i // 4 * 11) % 1000000)::VARCHAR, 10, '0') AS customer,
      'CASE-' || lpad((i // 4 - (hash(i) % 2000)::BIGINT)::VARCHAR, 9, '0') AS "case",
      (['email phone', 'email', 'name phone address', 'name', 'balance'])[(hash(i * 17) % 5)::INT + 1] AS fields,
      'vendor ' || (hash(i // 7) % 3)::VARCHAR AS vendor, 'site ' || (hash(i // 7) % 9)::VARCHAR AS site,
      'team ' || (hash(i // 7) % 250)::VARCHAR AS team, 'queue ' || (hash(i // 7) % 40)::VARCHAR AS queue,
      'topic ' || (hash(i * 19) % 40)::VARCHAR AS topic, (['phone', 'chat', 'mail'])[(hash(i * 23) % 3)::INT + 1] AS channel,
      'customer' AS initiated_by, 'ses_' || (i // 60)::VARCHAR AS session,
      'dev_' || (hash(i // 7) % 5000)::VARCHAR AS device, (hash(i * 31) % 100000)::VARCHAR AS dwell_ms
    FROM range(${rows}) rows(i)) TO '${path}' (FORMAT ${form})`);
  connection.closeSync();
};

const group = async (path: string): Promise<number> => {
  const connection = await (
    await DuckDBInstance.create(':memory:', { threads, memory_limit: '2GB' })
  ).connect();
  const read = path.endsWith('.parquet')
    ? 'read_parquet'
    : path.endsWith('.ndjson')
      ? 'read_json'
      : 'read_csv';
  const reader = await connection.runAndReadAll(
    `SELECT count(*) FROM (SELECT agent, queue, "at"::TIMESTAMP::DATE AS "day", count(*), count(DISTINCT customer) FROM ${read}('${path}') GROUP BY ALL)`,
  );
  return Number(reader.getRowsJS()[0]?.[0]);
};

const modes = {
  group: (path: string) => group(path),
  ordered: (path: string) => rowsOf(path, {}),
  unordered: (path: string) => rowsOf(path, { ordered: false }),
  attribution: (path: string) =>
    rowsOf(path, { columns: ['action', 'queue', 'team', 'topic', 'initiated_by'], ordered: true }),
  exposure: (path: string) => rowsOf(path, { columns: ['action', 'fields', 'vendor'], ordered: false }),
} as const;

const rowsOf = async (path: string, reading: Parameters<typeof openLogTables>[1]): Promise<number> => {
  const tables = await openLogTables({ accesses: [path] }, reading);
  let rows = 0;
  for await (const chunk of tables.accesses()) rows += chunk.rows;
  await tables.close();
  return rows;
};

const [first = '2', second = 'csv', path = ''] = process.argv.slice(2);
if (Object.hasOwn(modes, first)) {
  const began = performance.now();
  const answer = await modes[first as keyof typeof modes](path);
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  console.log(
    JSON.stringify({
      answer,
      seconds: (performance.now() - began) / 1000,
      cpu: (userCPUTime + systemCPUTime) / 1e6,
      megabytes: maxRSS / 1024,
    }),
  );
} else {
  const folder = await mkdtemp(join(tmpdir(), 'casebound-bench-'));
  const file = join(folder, `log.${second}`);
  try {
    await write(file, Number(first) * 1e6);
    console.log(`${first} million accesses, ${(statSync(file).size / 1e6).toFixed(0)} MB of ${second}`);
    console.log('| what | seconds | processor seconds | MB at most |\n|---|---|---|---|');
    for (const mode of Object.keys(modes)) {
      const { stdout, stderr, status } = spawnSync(
        process.execPath,
        [process.argv[1] ?? '', mode, second, file],
        {
          encoding: 'utf8',
        },
      );
      if (status !== 0) throw new Error(stderr);
      const { seconds, cpu, megabytes } = JSON.parse(stdout) as Record<string, number>;
      console.log(`| ${mode} | ${seconds?.toFixed(1)} | ${cpu?.toFixed(1)} | ${megabytes?.toFixed(0)} |`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}
