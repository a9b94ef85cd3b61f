import { availableParallelism } from 'node:os';
import type { FieldCatalogue } from '../../analysis/catalogue/field-catalogue.ts';
import {
  endImport,
  findUnendedImport,
  type ImportProgress,
  type ImportSubject,
  startImport,
} from '../../records/vault/import-progress.ts';
import { VaultWriter } from '../../records/vault/vault-writer.ts';
import { BatchImport } from './batch-import.ts';
import type { ImportOptions, ImportSummary } from './import-ask.ts';
import { readHeader } from './import-columns.ts';
import { type ImportFile, importFlaw, importLimits, openImportFile } from './import-file.ts';
import { RejectsFile } from './rejects-file.ts';
import { RowSplitter } from './row-splitter.ts';
import { type Sealing, SealThreads, sealHere } from './seal-threads.ts';

const threadsMaxDefault = 8;
/** About a thousand rows. */
const sealHereBytesMax = 262_144;

/**
 * Imports customers: each row sealed under the customer's own key, old and new customers alike, in batches that are
 * stored whole or not at all together with the position in the file. An import that was interrupted goes on where
 * it stopped when it is called again with the same file under the same catalogue.
 *
 * A row replaces all that was held of its customer; the customer keeps their id and key. Of rows with the same ref
 * the first is kept. Secret columns and those that the catalogue does not name are never stored.
 *
 * @throws Fault `unprocessable` (the file cannot be used, in one line), `conflict` (another import runs, or the file
 * was changed meanwhile), `vault-closed`, `storage-down`, `storage-full`
 */
export const importCustomers = async (options: ImportOptions): Promise<ImportSummary> => {
  const file = await openImportFile(options.file);
  try {
    checkHeader(file, options.catalogue);
    if (await file.isAt(options.rejectsFile))
      throw importFlaw(
        `${options.rejectsFile} is the import file itself: name another file for rejected rows`,
      );
    const writer = await VaultWriter.open(options.db);
    try {
      return await importInto(writer, file, options);
    } finally {
      await writer.close();
    }
  } finally {
    await file.close();
  }
};

const checkHeader = (file: ImportFile, catalogue: FieldCatalogue): void => {
  if (file.form.kind !== 'csv') return;
  const columns = readHeader(catalogue, file.form.header);
  if (typeof columns === 'string') throw importFlaw(`${file.name} line 1: ${columns}`);
};

const importInto = async (
  writer: VaultWriter,
  file: ImportFile,
  options: ImportOptions,
): Promise<ImportSummary> => {
  const { db, clock } = options;
  const { progress, resumed } = await beginOrResume(file, options);
  const { rejects, complete } = await RejectsFile.open(options.rejectsFile, progress.rejectsBytes);
  const sealing = openSealing(file, options);
  try {
    const batches = new BatchImport(
      { ...options, writer, rejects, sealing },
      { ...progress, rejectsBytes: rejects.bytes },
    );
    const whole = await followFile(file, batches, options);
    if (whole) {
      await file.assertUnchanged();
      await endImport(db, progress.importId, clock.now());
    }
    const { rowsKept, rowsNew, rowsBad } = batches.progress;
    return {
      importId: progress.importId,
      ended: whole ? 'whole' : 'stopped',
      resumedAtLine: resumed ? progress.linesRead + 1 : undefined,
      rowsKept,
      rowsNew,
      rowsBad,
      badReasons: batches.badReasons,
      leftOut: batches.leftOut,
      rejectsComplete: complete,
    };
  } finally {
    await sealing.close();
    await rejects.close();
  }
};

const openSealing = (file: ImportFile, { catalogue, threadsMax }: ImportOptions): Sealing => {
  const settings = { catalogue, form: file.form };
  if (file.bytes <= sealHereBytesMax && threadsMax === undefined) return sealHere(settings);
  return new SealThreads(
    settings,
    Math.max(1, threadsMax ?? Math.min(threadsMaxDefault, availableParallelism())),
  );
};

const beginOrResume = async (
  file: ImportFile,
  { db, catalogue, clock, chance }: ImportOptions,
): Promise<{ progress: ImportProgress; resumed: boolean }> => {
  const subject: ImportSubject = {
    fileName: file.name,
    fileBytes: file.bytes,
    fileHash: file.hash,
    catalogueVersion: catalogue.version,
  };
  const unended = await findUnendedImport(db, subject);
  if (unended) return { progress: unended, resumed: true };
  const importId = `imp_${Buffer.from(chance.bytes(16)).toString('hex')}`;
  const begun = { importId, at: clock.now(), positionBytes: file.bodyBytes, linesRead: file.bodyLine - 1 };
  return { progress: await startImport(db, subject, begun), resumed: false };
};

/** Cuts the file into batches and has them imported in order. Answers false when the signal ended it early. */
const followFile = async (
  file: ImportFile,
  batches: BatchImport,
  options: ImportOptions,
): Promise<boolean> => {
  const { positionBytes, linesRead } = batches.progress;
  const splitter = new RowSplitter({
    ...importLimits,
    batchRowsMax: options.batchRowsMax ?? importLimits.batchRowsMax,
    delimiter: file.form.kind === 'csv' ? file.form.delimiter.charCodeAt(0) : undefined,
    startBytes: positionBytes,
    startLine: linesRead + 1,
  });
  const tell = (): void => {
    const { rowsKept, rowsBad } = batches.progress;
    options.onProgress?.({ rowsKept, rowsBad, bytesDone: file.bytesRead(), bytesTotal: file.bytes });
  };
  for await (const { chunk, last } of withLast(file.chunksFrom(positionBytes))) {
    for (const batch of splitter.push(chunk, last)) {
      if (options.signal?.aborted) break;
      await batches.add(batch, tell);
    }
    if (options.signal?.aborted) break;
  }
  await batches.finish();
  return options.signal?.aborted !== true;
};

/** Says of each chunk whether it is the last one; a file without any has one empty chunk. */
async function* withLast(chunks: AsyncIterable<Buffer>): AsyncGenerator<{ chunk: Buffer; last: boolean }> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (held.length > 0) yield { chunk: held, last: false };
    held = chunk;
  }
  yield { chunk: held, last: true };
}
