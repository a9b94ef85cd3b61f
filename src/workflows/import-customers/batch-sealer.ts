import { Buffer } from 'node:buffer';
import { systemChance } from '../../platform/chance/system-chance.ts';
import { SubjectKey } from '../../platform/keys/subject-key.ts';
import { type SealedColumns, sealCustomer } from '../../records/vault/seal-customer.ts';
import { BatchReader } from './parse-batch.ts';
import type { GoodRow } from './read-row.ts';
import type { CustomerToSeal, ParsedRows, SealSettings } from './seal-messages.ts';

/**
 * Parses batches and seals their rows: nearly all the work of an import. It knows no database, and no key but those
 * of the customers it is just sealing. Values of a parsed batch stay in here until the batch is sealed.
 */
export class BatchSealer {
  readonly #catalogueVersion: string;
  readonly #reader: BatchReader;
  readonly #waiting = new Map<number, readonly GoodRow[]>();

  constructor({ catalogue, form }: SealSettings) {
    this.#catalogueVersion = catalogue.version;
    this.#reader = new BatchReader(catalogue, form);
  }

  /** @param places start, end and line of each row, as a RowBatch holds them */
  parse(batchNo: number, bytes: Uint8Array, places: Uint32Array): ParsedRows {
    const memory = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { good, lines, bad, leftOut } = this.#reader.parse(memory, places);
    this.#waiting.set(batchNo, good);
    const identities = good.map(({ ref, protection, lookups }, row) => ({
      ref,
      protection,
      lookups,
      line: lines[row] ?? 0,
    }));
    return { good: identities, bad, leftOut };
  }

  /** Seals rows of a batch, in the order given, and forgets all of it. The keys are erased. */
  seal(batchNo: number, customers: readonly CustomerToSeal[]): SealedColumns[] {
    const rows = this.#waiting.get(batchNo) ?? [];
    this.#waiting.delete(batchNo);
    return customers.map(({ row, customerId, key }) => {
      const values = rows[row]?.values ?? [];
      const subjectKey = new SubjectKey(key, systemChance);
      key.fill(0);
      return sealCustomer({ customerId, key: subjectKey, catalogueVersion: this.#catalogueVersion, values });
    });
  }
}
