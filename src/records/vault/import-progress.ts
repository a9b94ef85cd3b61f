import type pg from 'pg';
import { Fault } from '../../model/fault.ts';
import { formatInstant, type Instant } from '../../model/instant.ts';
import { asDatabaseFault } from '../../platform/postgres/database-fault.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';

/** Which file an import reads, under which catalogue: with the same ones an interrupted import goes on. */
export interface ImportSubject {
  readonly fileName: string;
  readonly fileBytes: number;
  /** SHA-256 of the file, hexadecimal. */
  readonly fileHash: string;
  readonly catalogueVersion: string;
}

/** How far an import has come. Everything before the position is in the tables, nothing behind it is. */
export interface ImportProgress {
  readonly importId: string;
  /** In bytes of the unpacked file. */
  readonly positionBytes: number;
  readonly linesRead: number;
  readonly rowsKept: number;
  readonly rowsNew: number;
  readonly rowsBad: number;
  /** Length of the file of rejected rows at that position. */
  readonly rejectsBytes: number;
}

const columns = `id as "importId", position_bytes as "positionBytes", lines_read as "linesRead",
  rows_kept as "rowsKept", rows_new as "rowsNew", rows_bad as "rowsBad", rejects_bytes as "rejectsBytes"`;

/**
 * The import of this very file that was begun and not ended, when nothing was imported since: going on with an
 * older one would put its rows over newer ones for a part of the customers only.
 */
export const findUnendedImport = async (
  db: CaseboundDatabase,
  subject: ImportSubject,
): Promise<ImportProgress | undefined> => {
  const found = await db.pool
    .query<ImportProgress & { same: boolean }>(
      `select ${columns}, (ended_at is null and file_hash = $1 and file_bytes = $2 and catalogue_version = $3) as same
         from import order by started_at desc, id limit 1`,
      [subject.fileHash, subject.fileBytes, subject.catalogueVersion],
    )
    .catch((thrown: unknown) => Promise.reject(asDatabaseFault(thrown)));
  const [last] = found.rows;
  if (!last?.same) return undefined;
  const { same: _, ...progress } = last;
  return progress;
};

/** Writes down that an import begins at `positionBytes` of its file. */
export const startImport = async (
  db: CaseboundDatabase,
  subject: ImportSubject,
  begun: {
    readonly importId: string;
    readonly at: Instant;
    readonly positionBytes: number;
    readonly linesRead: number;
  },
): Promise<ImportProgress> => {
  const { importId, at, positionBytes, linesRead } = begun;
  await db.kysely
    .insertInto('import')
    .values({
      id: importId,
      file_name: subject.fileName,
      file_bytes: subject.fileBytes,
      file_hash: subject.fileHash,
      catalogue_version: subject.catalogueVersion,
      position_bytes: positionBytes,
      lines_read: linesRead,
      started_at: formatInstant(at),
    })
    .execute()
    .catch((thrown: unknown) => Promise.reject(asDatabaseFault(thrown)));
  return { importId, positionBytes, linesRead, rowsKept: 0, rowsNew: 0, rowsBad: 0, rejectsBytes: 0 };
};

/**
 * Moves an import on, in the transaction that stores its rows.
 * @throws Fault `conflict` when the import does not stand where it was left: another process goes on with it
 */
export const advanceImport = async (
  client: pg.ClientBase,
  before: ImportProgress,
  after: ImportProgress,
): Promise<void> => {
  const moved = await client.query(
    `update import set position_bytes = $3, lines_read = $4, rows_kept = $5, rows_new = $6, rows_bad = $7,
       rejects_bytes = $8 where id = $1 and position_bytes = $2 and ended_at is null`,
    [
      before.importId,
      before.positionBytes,
      after.positionBytes,
      after.linesRead,
      after.rowsKept,
      after.rowsNew,
      after.rowsBad,
      after.rejectsBytes,
    ],
  );
  if (moved.rowCount !== 1) throw new Fault('conflict', 'the import was moved on by another process');
};

export const endImport = async (db: CaseboundDatabase, importId: string, at: Instant): Promise<void> => {
  await db.kysely
    .updateTable('import')
    .set({ ended_at: formatInstant(at) })
    .where('id', '=', importId)
    .execute()
    .catch((thrown: unknown) => Promise.reject(asDatabaseFault(thrown)));
};
