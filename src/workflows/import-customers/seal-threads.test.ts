import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { parseCatalogue } from '../../analysis/catalogue/parse-catalogue.ts';
import { isFault } from '../../model/fault.ts';
import { newId } from '../../model/id.ts';
import { exposePlaintext } from '../../model/plain.ts';
import { systemChance } from '../../platform/chance/system-chance.ts';
import { SubjectKey } from '../../platform/keys/subject-key.ts';
import { openFields } from '../../records/vault/open-vault.ts';
import type { RowBatch } from './row-splitter.ts';
import { type Sealing, SealThreads, sealHere } from './seal-threads.ts';

const catalogue = parseCatalogue(
  readFileSync(new URL('../../../policy/fields.yaml', import.meta.url), 'utf8'),
);
const settings = { catalogue, form: { kind: 'ndjson' } } as const;
let opened: Sealing[] = [];
afterEach(async () => {
  await Promise.all(opened.map((sealing) => sealing.close()));
  opened = [];
});
const openBoth = (): readonly Sealing[] => {
  opened = [sealHere(settings), new SealThreads(settings, 2)];
  return opened;
};

const batchOf = (rows: readonly object[]): RowBatch => {
  const lines = rows.map((row) => Buffer.from(JSON.stringify(row)));
  let at = 0;
  const places = lines.flatMap((line, index) => {
    at += line.length;
    return [at - line.length, at, index + 1];
  });
  const bytes = Buffer.from(Uint8Array.from(Buffer.concat(lines)).buffer);
  return {
    bytes,
    places: Uint32Array.from(places),
    bad: [],
    endBytes: bytes.length,
    endLine: rows.length + 1,
  };
};

describe('sealing, in this thread or in others', () => {
  it('keeps each value with its customer, though batches are under way together', async () => {
    for (const sealing of openBoth()) {
      const work = Array.from({ length: 6 }, async (_, batch) => {
        const rows = Array.from({ length: 40 }, (__, row) => ({
          ref: `${batch}-${row}`,
          name: `Name ${batch} ${row}`,
        }));
        const parsed = await sealing.parse(batchOf(rows));
        expect(parsed.rows.good.map(({ ref }) => ref)).toEqual(rows.map(({ ref }) => ref));
        // every third row only, backwards: the order asked for is the order answered
        const wanted = [39, 36, 33, 0].map((row) => ({
          row,
          customerId: newId('customer', systemChance),
          key: SubjectKey.generate(systemChance),
        }));
        const sealed = await parsed.seal(wanted.map((one) => ({ ...one, key: one.key.exposeForSealing() })));
        for (const [index, { row, customerId, key }] of wanted.entries()) {
          const columns = sealed[index];
          if (!columns) throw new Error('left out');
          const record = { customerId, catalogueVersion: catalogue.version, ...columns };
          const held = openFields(
            record,
            key,
            catalogue.fields.map((field) => field.name),
          );
          expect(held.map(({ value }) => exposePlaintext(value))).toEqual([`Name ${batch} ${row}`]);
        }
      });
      await Promise.all(work);
    }
  });
  it('erases the keys that it was handed', async () => {
    const [sealing] = openBoth();
    const parsed = await sealing?.parse(batchOf([{ ref: '1', name: 'Ann' }]));
    const key = SubjectKey.generate(systemChance).exposeForSealing();
    await parsed?.seal([{ row: 0, customerId: newId('customer', systemChance), key }]);
    expect([...key]).toEqual(new Array(32).fill(0));
  });
});

describe('a sealing thread', () => {
  it('that fails makes the import fail, without a word of the row', async () => {
    const [, threads] = openBoth();
    const parsed = await threads?.parse(batchOf([{ ref: 'ref-1', name: 'Ann' }]));
    const short = { row: 0, customerId: newId('customer', systemChance), key: new Uint8Array(3) };
    const thrown = await parsed?.seal([short]).catch((fault: unknown) => fault);
    expect(isFault(thrown) && thrown.code).toBe('bug');
    expect(String(thrown)).not.toMatch(/Ann|ref-1/);
  });
  it('that ends lets nobody wait for it', async () => {
    const [, threads] = openBoth();
    const asked = threads?.parse(batchOf([{ ref: '1' }]));
    const thrown = asked?.catch((fault: unknown) => fault);
    await threads?.close();
    expect(isFault(await thrown)).toBe(true);
  });
});
