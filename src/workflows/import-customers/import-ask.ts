import type { FieldCatalogue } from '../../analysis/catalogue/field-catalogue.ts';
import type { Chance, Clock } from '../../model/ports.ts';
import type { KeyEncryption } from '../../platform/keys/key-encryption.ts';
import type { CaseboundDatabase } from '../../records/schema/tables.ts';
import type { BadRowReason } from './bad-row.ts';
import type { LeftOut } from './import-columns.ts';

export interface ImportOptions {
  readonly db: CaseboundDatabase;
  readonly keys: KeyEncryption;
  readonly catalogue: FieldCatalogue;
  readonly clock: Clock;
  readonly chance: Chance;
  /** CSV or NDJSON, packed by gzip or not. */
  readonly file: string;
  /** Where rows that cannot be kept are listed, as NDJSON: line, field, reason, fix. */
  readonly rejectsFile: string;
  readonly onProgress?: (progress: ImportSeen) => void;
  /** Ends the import after the batches in hand; a later call with the same file goes on from there. */
  readonly signal?: AbortSignal;
  /** Sealing threads. When left out: as many as processors, at most eight, and none for a small file. */
  readonly threadsMax?: number;
  /** Rows that are stored in one transaction, 1,000 by default. */
  readonly batchRowsMax?: number;
}

/** How far an import has come, for whoever watches. */
export interface ImportSeen {
  readonly rowsKept: number;
  readonly rowsBad: number;
  /** Of the file as it lies on disk. */
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

export interface ImportSummary {
  readonly importId: string;
  /** `stopped`: by the signal, before the end of the file. */
  readonly ended: 'whole' | 'stopped';
  /** The line that this call went on from, when an earlier one had been interrupted. */
  readonly resumedAtLine: number | undefined;
  /** Over the whole file, earlier calls included. */
  readonly rowsKept: number;
  readonly rowsNew: number;
  readonly rowsBad: number;
  /** Reasons with their number of rows, in this call. */
  readonly badReasons: Readonly<Partial<Record<BadRowReason, number>>>;
  /** Columns whose values were not stored because they are secret, or because the catalogue does not name them. */
  readonly leftOut: LeftOut;
  /** False when an earlier call's list of rejected rows was gone, so that the list begins at `resumedAtLine`. */
  readonly rejectsComplete: boolean;
}
