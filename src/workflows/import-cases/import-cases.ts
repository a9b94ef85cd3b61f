import { createHash } from 'node:crypto';
import { type Instant, later } from '../../model/instant.ts';
import type { Clock } from '../../model/ports.ts';
import type { KeyEncryption } from '../../platform/keys/key-encryption.ts';
import { isBadRow, type Row } from '../../platform/row-file/row.ts';
import { openRowFile, type RowFile } from '../../platform/row-file/row-file.ts';
import { contentOf, type ReceivedChange } from '../../records/cases/case-change-row.ts';
import type { CaseWriter } from '../../records/cases/case-writer.ts';
import { changesPerTakeMax } from '../../records/cases/take-changes.ts';
import { isFieldProblem, readToldChange, type ToldChange } from '../../records/cases/told-change.ts';
import { type RejectedRow, RejectsFile } from './rejects-file.ts';

export interface ImportCasesPorts {
  readonly cases: CaseWriter;
  readonly keys: Pick<KeyEncryption, 'hash'>;
  readonly clock: Clock;
}

export interface CaseFile {
  /** A case file as formats.md describes it: `.csv` or `.ndjson`, also `.gz`. */
  readonly path: string;
  /** Where rows that cannot be kept are named, as NDJSON of line and reason. Written over; made only if needed. */
  readonly rejectsPath: string;
}

export interface CaseImportProgress {
  readonly bytesRead: number;
  readonly bytesTotal: number;
  readonly rowsNew: number;
  /** Rows whose very content was taken before, from this file or another. */
  readonly rowsRepeated: number;
  readonly rowsBad: number;
}

/** How far a row's time may lie ahead of our clock. */
const aheadMaxMs = 60_000;

/** Rows that are read before their cases are written: a file in the order of time spreads each case over many. */
const windowRows = 20_000;

/** Batches that are being written at one time: one is folded here while the database works on another. */
const lanes = 2;

/** A message id of a row is the hash of what it says, so that importing a file again changes nothing. */
const messageIdOf = (change: ReceivedChange): string =>
  `row/${createHash('sha256').update(contentOf(change)).digest('hex').slice(0, 40)}`;

interface Reading {
  readonly changes: ReceivedChange[];
  readonly rejected: RejectedRow[];
}

const readRows = (rows: readonly Row[], ports: ImportCasesPorts, receivedAt: Instant): Reading => {
  const reading: Reading = { changes: [], rejected: [] };
  const hash = (ref: string): string => ports.keys.hash('customer-ref', ref).toString('hex');
  for (const row of rows) {
    if (isBadRow(row)) {
      reading.rejected.push({ line: row.line, reason: row.problem });
      continue;
    }
    // The reader of told changes checks every field, so the row's shape need not be known before.
    const read = readToldChange(row.fields as unknown as ToldChange, hash);
    if (isFieldProblem(read)) {
      reading.rejected.push({ line: row.line, reason: `${read.field} ${read.problem}` });
    } else if (read.at > later(receivedAt, aheadMaxMs)) {
      reading.rejected.push({
        line: row.line,
        reason: 'at lies in the future; correct the time or its offset',
      });
    } else {
      const change = { ...read, messageId: '', claimedAt: undefined, receivedAt };
      reading.changes.push({ ...change, messageId: messageIdOf(change) });
    }
  }
  return reading;
};

async function* batchesOf(
  file: RowFile,
  ports: ImportCasesPorts,
  rejects: RejectsFile,
): AsyncGenerator<readonly ReceivedChange[]> {
  let window: ReceivedChange[] = [];
  for await (const rows of file.batches()) {
    const { changes, rejected } = readRows(rows, ports, ports.clock.now());
    await rejects.write(rejected);
    window = window.concat(changes);
    if (window.length < windowRows) continue;
    yield* byCase(window);
    window = [];
  }
  yield* byCase(window);
}

/** Changes of one case stand together, so that a case is folded once or twice a window and not once a change. */
function* byCase(window: readonly ReceivedChange[]): Generator<readonly ReceivedChange[]> {
  const sorted = window.toSorted((a, b) => (a.caseRef < b.caseRef ? -1 : a.caseRef > b.caseRef ? 1 : 0));
  for (let from = 0; from < sorted.length; from += changesPerTakeMax)
    yield sorted.slice(from, from + changesPerTakeMax);
}

/** Works off the batches in a few lanes. When one fails all stop, and nothing is under way any more after that. */
const inLanes = async <Batch>(
  batches: AsyncGenerator<Batch>,
  work: (batch: Batch) => Promise<void>,
): Promise<void> => {
  let failed = false;
  const lane = async (): Promise<void> => {
    try {
      for (let next = await batches.next(); !next.done && !failed; next = await batches.next())
        await work(next.value);
    } catch (thrown) {
      failed = true;
      throw thrown;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: lanes }, lane));
  await batches.return(undefined);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
};

/**
 * Imports a case file: good rows are kept, bad ones named in the rejects file. An import that broke off is
 * resumed by starting it again: what was taken before counts as repeated and changes nothing.
 * @param onProgress is called after every batch.
 * @throws Fault `unprocessable` when the file cannot be read at all, `storage-down` and its like when it cannot
 *   be kept; every batch that was reported stays.
 */
export const importCases = async (
  ports: ImportCasesPorts,
  { path, rejectsPath }: CaseFile,
  onProgress: (progress: CaseImportProgress) => void = () => {},
): Promise<CaseImportProgress> => {
  const file = await openRowFile(path, { requiredColumns: ['at', 'case', 'change'] });
  const rejects = new RejectsFile(rejectsPath);
  let rowsNew = 0;
  let rowsTaken = 0;
  const progress = (): CaseImportProgress => ({
    bytesRead: file.bytesRead(),
    bytesTotal: file.bytesTotal,
    rowsNew,
    rowsRepeated: rowsTaken - rowsNew,
    rowsBad: rejects.count,
  });
  const batches = batchesOf(file, ports, rejects);
  await inLanes(batches, async (batch) => {
    const outcomes = await ports.cases.takeChanges(batch);
    rowsNew += outcomes.filter((outcome) => outcome === 'new').length;
    rowsTaken += outcomes.length;
    onProgress(progress());
  }).finally(() => rejects.close());
  return progress();
};
