import { Buffer } from 'node:buffer';
import { parentPort, workerData } from 'node:worker_threads';
import { systemChance } from '../../platform/chance/system-chance.ts';
import { SubjectKey } from '../../platform/keys/subject-key.ts';
import { sealCustomer } from '../../records/vault/seal-customer.ts';
import { BatchReader } from './parse-batch.ts';
import type { GoodRow } from './read-row.ts';
import type { CustomerToSeal, SealAnswer, SealRequest, SealThreadSettings } from './seal-messages.ts';

/**
 * The thread that parses and seals: nearly all the work of an import. It is started by SealThreads and knows no
 * database and no key but those of the customers it is just sealing.
 */
const { catalogue, form } = workerData as SealThreadSettings;
const reader = new BatchReader(catalogue, form);
const waiting = new Map<number, readonly GoodRow[]>();

const parse = ({ batchNo, bytes, places }: Extract<SealRequest, { kind: 'parse' }>): SealAnswer => {
  const parsed = reader.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), places);
  waiting.set(batchNo, parsed.good);
  const good = parsed.good.map(({ ref, protection, lookups }, row) => ({
    ref,
    protection,
    lookups,
    line: parsed.lines[row] ?? 0,
  }));
  return { kind: 'parsed', batchNo, good, bad: parsed.bad, leftOut: parsed.leftOut };
};

const seal = (batchNo: number, customers: readonly CustomerToSeal[]): SealAnswer => {
  const rows = waiting.get(batchNo) ?? [];
  waiting.delete(batchNo);
  const parts: Buffer[] = [];
  for (const { row, customerId, key } of customers) {
    const values = rows[row]?.values ?? [];
    const subjectKey = new SubjectKey(key, systemChance);
    key.fill(0);
    const columns = sealCustomer({
      customerId,
      key: subjectKey,
      catalogueVersion: catalogue.version,
      values,
    });
    parts.push(columns.sealed, columns.masks);
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { kind: 'sealed', batchNo, bytes, lengths: Uint32Array.from(parts, (part) => part.length) };
};

const answer = (request: SealRequest): SealAnswer => {
  try {
    return request.kind === 'parse' ? parse(request) : seal(request.batchNo, request.customers);
  } catch (thrown) {
    // Only the kind of error: its text could quote a value.
    return {
      kind: 'failed',
      batchNo: request.batchNo,
      fault: thrown instanceof Error ? thrown.name : 'unknown',
    };
  }
};

/** Memory that is handed over instead of being copied. */
const memoryOf = (...parts: readonly (Uint8Array | Uint32Array)[]): ArrayBuffer[] =>
  parts.map((part) => part.buffer as ArrayBuffer);

parentPort?.on('message', (request: SealRequest) => {
  const told = answer(request);
  parentPort?.postMessage(told, told.kind === 'sealed' ? memoryOf(told.bytes, told.lengths) : []);
});
