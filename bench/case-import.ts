/**
 * How fast a case file is imported: read, checked, hashed, kept and folded into cases, durably. Beside its floor in
 * the same run: the same rows put into a bare table by the same database, a thousand a statement.
 *
 *     node bench/case-import.ts [rows]
 */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { caseChangeKinds } from '../src/model/case.ts';
import { formatInstant, instantOf } from '../src/model/instant.ts';
import { seededChance } from '../src/platform/chance/seeded-chance.ts';
import { systemChance } from '../src/platform/chance/system-chance.ts';
import { systemClock } from '../src/platform/clock/system-clock.ts';
import { startEmbedded } from '../src/platform/postgres/embedded-server.ts';
import { openRowFile } from '../src/platform/row-file/row-file.ts';
import { caseReader } from '../src/records/cases/case-reader.ts';
import { caseWriter } from '../src/records/cases/case-writer.ts';
import { openCaseboundDatabase } from '../src/records/schema/open-casebound-database.ts';
import { importCases } from '../src/workflows/import-cases/import-cases.ts';

const rowsWanted = Number(process.argv[2] ?? 300_000);
const folder = await mkdtemp(join(tmpdir(), 'bench-case-import-'));
// The database's own account, when this runs as root, must be able to pass.
await chmod(folder, 0o711);
const path = join(folder, 'cases.csv');
const start = Date.UTC(2026, 0, 1);

/** In the order of time, as a help desk exports it: about six changes a case, spread over two days. */
const writeFile = async (): Promise<void> => {
  const dice = seededChance('case import');
  const roll = (sides: number): number => Buffer.from(dice.bytes(4)).readUInt32BE() % sides;
  const out = createWriteStream(path);
  out.write('at,case,change,agent,customer,queue,topic,channel,initiated_by\n');
  const casesOpen: number[] = [];
  let opened = 0;
  for (let n = 0; n < rowsWanted; n += 1) {
    const at = formatInstant(instantOf(start + n * 700));
    const isNew = casesOpen.length < 2_000 || roll(6) === 0;
    let line: string;
    if (isNew) {
      opened += 1;
      casesOpen.push(opened);
      line = `${at},CASE-${opened},opened,agent-${roll(500)},CUST-${roll(100_000)},queue-${roll(8)},payment,phone,customer`;
    } else {
      const place = roll(casesOpen.length);
      const kind = caseChangeKinds[1 + roll(caseChangeKinds.length - 2)] ?? 'replied';
      line = `${at},CASE-${casesOpen[place]},${kind},agent-${roll(500)},,,,,`;
      if (kind === 'closed') casesOpen.splice(place, 1);
    }
    if (!out.write(`${line}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
};

const seconds = async <T>(work: () => Promise<T>): Promise<{ readonly answer: T; readonly s: number }> => {
  const from = process.hrtime.bigint();
  const answer = await work();
  return { answer, s: Number(process.hrtime.bigint() - from) / 1e9 };
};

const report = (what: string, rows: number, s: number): void =>
  console.log(
    `${what.padEnd(52)} ${rows.toLocaleString('en')} rows  ${s.toFixed(1)} s  ${Math.round(rows / s)} rows/s`,
  );

await writeFile();
const server = await startEmbedded({ dataDir: join(folder, 'data') });
const db = await openCaseboundDatabase(server.connection, systemClock.now());
const keys = {
  hash: (use: string, value: string) =>
    createHmac('sha256', 'bench')
      .update(use + value)
      .digest()
      .subarray(0, 16),
};
const ports = { cases: caseWriter(db, systemChance), keys, clock: systemClock };
const file = { path, rejectsPath: join(folder, 'rejects.ndjson') };

try {
  await db.pool.query('create table bare (line bigint primary key, fields jsonb not null)');
  const bare = await seconds(async () => {
    const rows = await openRowFile(path, { requiredColumns: [] });
    let waiting: unknown[] = [];
    const put = () =>
      db.pool.query(
        'insert into bare select * from json_to_recordset($1::json) as t (line bigint, fields jsonb)',
        [JSON.stringify(waiting.splice(0, 1_000))],
      );
    for await (const batch of rows.batches()) {
      waiting = waiting.concat(batch);
      while (waiting.length >= 1_000) await put();
    }
    await put();
  });
  report('floor: the same rows into a bare table', rowsWanted, bare.s);
  const first = await seconds(() => importCases(ports, file));
  report('import: read, checked, kept, folded', first.answer.rowsNew, first.s);
  const second = await seconds(() => importCases(ports, file));
  report('import of the same file again: nothing changes', second.answer.rowsRepeated, second.s);
  const reader = caseReader(db);
  const asked = 2_000;
  const held = await seconds(async () => {
    for (let n = 0; n < asked; n += 1)
      await reader.casesHeldBy(`agent-${n % 500}`, { open: true, countMax: 50, after: undefined });
  });
  console.log(
    `who holds what, one agent after the other: ${((held.s / asked) * 1e3).toFixed(2)} ms a question`,
  );
  console.log(`peak memory of this process: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
} finally {
  await db.close();
  await server.stop();
  await rm(folder, { recursive: true });
}
