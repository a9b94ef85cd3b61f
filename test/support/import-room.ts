import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCatalogue } from '../../src/analysis/catalogue/parse-catalogue.ts';
import { isFault } from '../../src/model/fault.ts';
import type { FieldName, LookupKind } from '../../src/model/field.ts';
import type { CustomerId } from '../../src/model/id.ts';
import { exposePlaintext, plain } from '../../src/model/plain.ts';
import { systemChance } from '../../src/platform/chance/system-chance.ts';
import { SimulatedClock } from '../../src/platform/clock/simulated-clock.ts';
import { generateRing, KeyRing } from '../../src/platform/keys/key-ring.ts';
import { findByLookup, hashCustomerRef } from '../../src/records/vault/find-customers.ts';
import { openFields, openMasks, type SealedRecord } from '../../src/records/vault/open-vault.ts';
import type { ImportOptions, ImportSummary } from '../../src/workflows/import-customers/import-ask.ts';
import { importCustomers } from '../../src/workflows/import-customers/import-customers.ts';
import { type FreshDatabase, freshDatabase } from './fresh-database.ts';

export const catalogueText = readFileSync(new URL('../../policy/fields.yaml', import.meta.url), 'utf8');
export const catalogue = parseCatalogue(catalogueText);

export interface ImportedRow extends SealedRecord {
  readonly protected: string | null;
  readonly wrapping_key_id: string;
  readonly wrapped: Buffer;
}

/** A database, a key ring and a folder for tests that import customers and look at what the vault then holds. */
export class ImportRoom {
  readonly fresh: FreshDatabase;
  readonly folder: string;
  readonly keys = new KeyRing(generateRing(systemChance), systemChance);
  readonly clock = new SimulatedClock();
  #fileNo = 0;

  private constructor(fresh: FreshDatabase, folder: string) {
    this.fresh = fresh;
    this.folder = folder;
  }
  static async open(): Promise<ImportRoom> {
    return new ImportRoom(await freshDatabase(), await mkdtemp(join(tmpdir(), 'casebound-import-')));
  }
  async empty(): Promise<void> {
    await this.fresh.db.pool.query('truncate customer, lookup_hash, import, keys.customer_key');
  }
  async close(): Promise<void> {
    await this.fresh.drop();
    await rm(this.folder, { recursive: true, force: true });
  }
  path(name: string): string {
    return join(this.folder, name);
  }

  /** Imports a text as a file. `rejects` are the listed rows as `line field reason`. */
  async importText(
    text: string | Buffer,
    over: Partial<ImportOptions> & { name?: string } = {},
  ): Promise<ImportSummary & { rejects: string[]; rejectsText: string }> {
    this.#fileNo += 1;
    const file = this.path(over.name ?? `customers-${this.#fileNo}.csv`);
    const rejectsFile = over.rejectsFile ?? this.path(`rejects-${this.#fileNo}.ndjson`);
    await writeFile(file, text);
    this.clock.advance(1_000);
    const summary = await importCustomers({
      db: this.fresh.db,
      keys: this.keys,
      catalogue,
      clock: this.clock,
      chance: systemChance,
      file,
      ...over,
      rejectsFile,
    });
    const rejectsText = await readFile(rejectsFile, 'utf8');
    const lines = rejectsText.split('\n').filter((line) => line !== '');
    const rejects = lines.map((line) => {
      const told = JSON.parse(line) as { line: number; field: string | null; reason: string };
      return `${told.line} ${told.field ?? '-'} ${told.reason}`;
    });
    return { ...summary, rejects, rejectsText };
  }

  async rowOf(ref: string): Promise<ImportedRow> {
    const row = await this.findRow(ref);
    if (!row) throw new Error('no such customer was imported');
    return row;
  }
  async findRow(ref: string): Promise<ImportedRow | undefined> {
    const { rows } = await this.fresh.db.pool.query<ImportedRow>(
      `select c.id as "customerId", c.catalogue_version as "catalogueVersion", c.masks, c.sealed, c.protected,
         k.wrapping_key_id, k.wrapped
       from customer c join keys.customer_key k on k.customer_id = c.id where c.ref_hash = $1`,
      [hashCustomerRef(this.keys, ref)],
    );
    return rows[0];
  }
  /** What the vault holds of a customer, opened. */
  async heldOf(ref: string): Promise<Record<string, string> | undefined> {
    const row = await this.findRow(ref);
    if (!row) return undefined;
    const names = [...catalogue.fields.map((field) => field.name), 'favourite_colour' as FieldName];
    const opened = openFields(row, await this.keyOf(row), names);
    return Object.fromEntries(opened.map(({ name, value }) => [name, exposePlaintext(value)]));
  }
  async masksOf(ref: string): Promise<Record<string, string>> {
    const row = await this.rowOf(ref);
    return Object.fromEntries(openMasks(row, await this.keyOf(row), catalogue));
  }
  keyOf(row: ImportedRow): ReturnType<KeyRing['unwrap']> {
    return this.keys.unwrap({ wrappingKeyId: row.wrapping_key_id, wrapped: row.wrapped }, row.customerId);
  }
  find(by: LookupKind, said: string): Promise<readonly CustomerId[]> {
    return findByLookup({ db: this.fresh.db, keys: this.keys, catalogue }, by, plain(said));
  }
}

/** The code and outward text of what an act throws. */
export const faultOf = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'nothing thrown',
    (thrown: unknown) => (isFault(thrown) ? `${thrown.code}: ${thrown.outward}` : String(thrown)),
  );
