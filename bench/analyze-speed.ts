// `casebound analyze` from CSV to report, beside DuckDB only reading and grouping the same files.
//   node bench/analyze-speed.ts [--accesses 10000000] [--changes 2000000] [--keep DIR]
// Writes both files first (about 1.7 GB at full size) and deletes them at the end, unless --keep names their folder.
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { seededChance } from '../src/platform/chance/seeded-chance.ts';

const { values } = parseArgs({
  options: {
    accesses: { type: 'string', default: '10000000' },
    changes: { type: 'string', default: '2000000' },
    keep: { type: 'string' },
  },
});
const accessRows = Number(values.accesses);
const changeRows = Number(values.changes);
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'analyze-speed-'));
const files = { accesses: join(folder, 'accesses.csv'), cases: join(folder, 'cases.csv') };

const desk = { agents: 2_000, customers: 1_000_000, queues: 12, teams: 80, days: 60 } as const;
const topics = ['payment', 'address', 'login', 'refund', 'card', 'limits'] as const;
const fieldSets = ['name', 'name email', 'phone', 'name address', 'balance', 'name phone email'] as const;

/** Whole numbers below a bound, quick enough for 10 million rows. */
const drawer = (): ((below: number) => number) => {
  const seed = seededChance(7).bytes(4);
  let state = (seed[0] ?? 1) | ((seed[1] ?? 1) << 8) | ((seed[2] ?? 1) << 16) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
};

const writeLines = async (path: string, lines: Iterable<string>): Promise<void> => {
  const stream = createWriteStream(path, { highWaterMark: 1 << 22 });
  let text = '';
  for (const line of lines) {
    text += line;
    if (text.length < 1 << 20) continue;
    if (!stream.write(text)) await new Promise((resolve) => stream.once('drain', () => resolve(undefined)));
    text = '';
  }
  stream.end(text);
  await new Promise((resolve, reject) =>
    stream.once('close', () => resolve(undefined)).once('error', reject),
  );
};

const startMs = Date.UTC(2026, 0, 5);
const spanMs = desk.days * 86_400_000;
const casesCount = Math.floor(changeRows / 4);

/** Case k opens, is given to an agent, answered and closed within an hour; its accesses lie in between. */
const caseOf = (k: number) => {
  const openedMs = startMs + Math.floor((k / casesCount) * (spanMs - 3_600_000));
  const agent = Math.imul(k, 2_654_435_761) >>> 0;
  return { openedMs, agent: agent % desk.agents, customer: (Math.imul(k, 40_503) >>> 0) % desk.customers };
};
const timeText = (ms: number): string => new Date(ms).toISOString();

function* changeLines(): Generator<string> {
  yield 'at,case,change,agent,customer,queue,topic,channel,initiated_by\n';
  for (let k = 0; k < casesCount; k += 1) {
    const { openedMs, agent, customer } = caseOf(k);
    const tail = `cus-${customer},queue-${agent % desk.queues},${topics[k % topics.length]},phone,customer\n`;
    yield `${timeText(openedMs)},case-${k},opened,,${tail}`;
    yield `${timeText(openedMs + 60_000)},case-${k},assigned,agent-${agent},${tail}`;
    yield `${timeText(openedMs + 900_000)},case-${k},replied,agent-${agent},${tail}`;
    yield `${timeText(openedMs + 1_800_000)},case-${k},closed,agent-${agent},${tail}`;
  }
}

function* accessLines(): Generator<string> {
  yield 'at,agent,action,customer,case,fields,vendor,site,team,queue,topic,channel,initiated_by,session,device,dwell_ms\n';
  const draw = drawer();
  const each = accessRows / casesCount;
  let written = 0;
  for (let k = 0; k < casesCount; k += 1) {
    const { openedMs, agent, customer } = caseOf(k);
    const team = agent % desk.teams;
    const place = `vendor-${team % 4},site-${team % 9},team-${team},queue-${agent % desk.queues},${topics[k % topics.length]},phone,customer,ses-${agent}-${Math.floor(openedMs / 86_400_000)},dev-${agent},`;
    for (; written < (k + 1) * each && written < accessRows; written += 1) {
      const linked = draw(10) > 0;
      const shown = draw(4) === 0 ? fieldSets[draw(fieldSets.length)] : '';
      const whom = linked ? customer : draw(desk.customers);
      yield `${timeText(openedMs + 70_000 + draw(1_600_000))},agent-${agent},${shown === '' ? 'view' : 'reveal'},cus-${whom},${linked ? `case-${k}` : ''},${shown},${place}${5_000 + draw(90_000)}\n`;
    }
  }
}

const megabytes = (path: string): string => `${(statSync(path).size / 1e6).toFixed(0)} MB`;
if (!existsSync(files.accesses)) {
  await writeLines(files.accesses, accessLines());
  await writeLines(files.cases, changeLines());
}
console.log(
  `${accessRows} accesses (${megabytes(files.accesses)}), ${changeRows} case changes (${megabytes(files.cases)})`,
);

interface Cost {
  readonly seconds: number;
  /** Of both cores together: what counts when the machine has other work. */
  readonly processorSeconds: number;
  readonly memoryMb: number;
}

const ticksPerSecond = 100;
/** User and system time of a process that runs, in seconds (proc(5)). */
const processorTime = (stat: string): number => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / ticksPerSecond;
};

/** What one run of the command cost. */
const runAnalyze = (): Promise<Cost> =>
  new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(
      process.execPath,
      [
        join(import.meta.dirname, '..', 'src', 'interfaces', 'cli', 'main.ts'),
        'analyze',
        ...['--accesses', files.accesses, '--cases', files.cases, '--out', join(folder, 'out')],
      ],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
    let memoryMb = 0;
    let processorSeconds = 0;
    const watch = setInterval(async () => {
      const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8').catch(() => '');
      if (stat !== '') processorSeconds = processorTime(stat);
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
      memoryMb = Math.max(memoryMb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    }, 200);
    child.on('error', reject);
    child.on('exit', (code) => {
      clearInterval(watch);
      if (code === 0) resolve({ seconds: (performance.now() - started) / 1000, processorSeconds, memoryMb });
      else reject(new Error(`analyze ended with ${code}`));
    });
  });

const readAndGroup = async (): Promise<Omit<Cost, 'memoryMb'>> => {
  const started = performance.now();
  const before = process.cpuUsage();
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  await connection.run(`create table a as select * from read_csv('${files.accesses}', all_varchar = false)`);
  await connection.run(`create table c as select * from read_csv('${files.cases}', all_varchar = false)`);
  await connection.run(
    `select agent, cast("at" as date) as day, count(*), count(distinct customer) from a left join (select distinct "case" as known from c) on a."case" = known group by 1, 2`,
  );
  connection.closeSync();
  instance.closeSync();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - started) / 1000, processorSeconds: (user + system) / 1e6 };
};

const analyzed = await runAnalyze();
const grouped = await readAndGroup();
const told = ({ seconds, processorSeconds }: Omit<Cost, 'memoryMb'>): string =>
  `${seconds.toFixed(1)} s (${processorSeconds.toFixed(1)} s of processor time)`;
console.log(
  `casebound analyze: ${told(analyzed)}, ${analyzed.memoryMb.toFixed(0)} MB at most (limits at full size: 30 s, 1500 MB)`,
);
console.log(
  `DuckDB, reading and grouping: ${told(grouped)}; analyze takes ${(analyzed.seconds / grouped.seconds).toFixed(1)} times that, in processor time ${(analyzed.processorSeconds / grouped.processorSeconds).toFixed(1)} times (limit: 3)`,
);
if (values.keep === undefined) rmSync(folder, { recursive: true });
