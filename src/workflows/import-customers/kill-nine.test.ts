import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../test/support/fresh-database.ts';
import type { ImportChildAsk } from '../../../test/support/import-child.ts';
import { catalogue, ImportRoom } from '../../../test/support/import-room.ts';
import { exposePlaintext } from '../../model/plain.ts';
import { systemChance } from '../../platform/chance/system-chance.ts';
import { openKeyRingFile } from '../../platform/keys/key-ring-file.ts';
import type { CaseboundDatabase } from '../../records/schema/tables.ts';
import { openFields, type SealedRecord } from '../../records/vault/open-vault.ts';
import type { ImportSummary } from './import-ask.ts';

const child = fileURLToPath(new URL('../../../test/support/import-child.ts', import.meta.url));
const refOf = (no: number): string => `K-${no % 1_450}`;
const rowOf = (no: number): string =>
  no % 97 === 5
    ? `${refOf(no)},Name ${no},broken,`
    : `${refOf(no)},"Name ""${no}""\nof two lines",name.${no % 700}@example.com,${10_000_000 + no}`;
const text = `ref,name,email,account_number\n${Array.from({ length: 1_500 }, (_, no) => rowOf(no)).join('\n')}\n`;

let room: ImportRoom;
let unbroken: FreshDatabase;
beforeAll(async () => {
  room = await ImportRoom.open();
  unbroken = await freshDatabase();
  await writeFile(room.path('customers.csv'), text);
});
afterAll(async () => {
  await unbroken.drop();
  await room.close();
});

const askFor = ({ connection }: FreshDatabase, name: string): ImportChildAsk => ({
  connection: connection.kind === 'url' ? { kind: 'url', url: exposePlaintext(connection.url) } : connection,
  ringFile: room.path('key-ring'),
  file: room.path('customers.csv'),
  rejectsFile: room.path(`${name}.ndjson`),
  batchRowsMax: 60,
});

/** Imports in a process of its own; kills it `afterMs` after it has stored `atRows` rows. */
const importInChild = async (
  ask: ImportChildAsk,
  kill?: { readonly atRows: number; readonly afterMs: number },
): Promise<ImportSummary | 'killed'> => {
  const started = spawn(process.execPath, [child, JSON.stringify(ask)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => started.once('exit', () => resolve()));
  let last = '';
  let killing: Promise<unknown> | undefined;
  for await (const line of createInterface({ input: started.stdout })) {
    last = line;
    if (kill && !killing && Number(line) >= kill.atRows)
      killing = pause(kill.afterMs).then(() => started.kill('SIGKILL'));
  }
  await killing;
  await ended;
  return last.startsWith('{') ? (JSON.parse(last) as ImportSummary) : 'killed';
};

/** Everything that the vault holds, opened, without what differs from one import to another. */
const contentOf = async (db: CaseboundDatabase): Promise<unknown> => {
  const keys = await openKeyRingFile({ file: room.path('key-ring'), chance: systemChance, neededKeyIds: [] });
  const { rows } = await db.pool.query<
    SealedRecord & { ref: string; key_id: string; wrapped: Buffer; lookups: string[] }
  >(
    `select c.id as "customerId", encode(c.ref_hash, 'hex') as ref, c.catalogue_version as "catalogueVersion", c.masks,
       c.sealed, k.wrapping_key_id as key_id, k.wrapped,
       (select array_agg(l.kind || encode(l.hash, 'hex') order by l.kind, l.hash) from lookup_hash l
         where l.customer_id = c.id) as lookups
     from customer c join keys.customer_key k on k.customer_id = c.id order by ref`,
  );
  const names = catalogue.fields.map((field) => field.name);
  return Promise.all(
    rows.map(async (row) => {
      const key = await keys.unwrap({ wrappingKeyId: row.key_id, wrapped: row.wrapped }, row.customerId);
      const held = openFields(row, key, names).map(({ name, value }) => [name, exposePlaintext(value)]);
      return { ref: row.ref, held, lookups: row.lookups };
    }),
  );
};

const countsOf = async (db: CaseboundDatabase): Promise<unknown> => {
  const { rows } = await db.pool.query(
    `select (select count(*) from customer) as customers, (select count(*) from keys.customer_key) as keys,
       (select count(*) from lookup_hash) as lookups`,
  );
  return rows[0];
};

describe('an import killed with -9 again and again', () => {
  it('ends with the very customers of one that nobody interrupted: none lost, none twice', {
    timeout: 240_000,
  }, async () => {
    const whole = await importInChild(askFor(unbroken, 'unbroken'));
    const ask = askFor(room.fresh, 'killed');
    let kills = 0;
    let summary: ImportSummary | 'killed' = 'killed';
    while (summary === 'killed' && kills < 12) {
      const at = kills * 230;
      summary = await importInChild(ask, kills < 5 ? { atRows: at, afterMs: Math.random() * 40 } : undefined);
      if (summary === 'killed') kills += 1;
    }
    expect(kills).toBeGreaterThan(2);
    if (summary === 'killed' || whole === 'killed') throw new Error('never ended');
    expect(summary.resumedAtLine).toBeGreaterThan(2);
    expect(summary).toMatchObject({ ended: 'whole', rejectsComplete: true });
    expect([summary.rowsKept, summary.rowsNew, summary.rowsBad]).toEqual([
      whole.rowsKept,
      whole.rowsNew,
      whole.rowsBad,
    ]);
    expect(await countsOf(room.fresh.db)).toEqual(await countsOf(unbroken.db));
    expect(await contentOf(room.fresh.db)).toEqual(await contentOf(unbroken.db));
    const rejects = await Promise.all(
      ['killed', 'unbroken'].map((name) => readFile(room.path(`${name}.ndjson`), 'utf8')),
    );
    expect(rejects[0]).toBe(rejects[1]);
  });
});
