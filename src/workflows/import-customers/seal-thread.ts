import { parentPort, workerData } from 'node:worker_threads';
import { BatchSealer } from './batch-sealer.ts';
import type { SealAnswer, SealRequest, SealSettings } from './seal-messages.ts';

/** The thread that SealThreads starts: a BatchSealer that is asked by messages. */
const sealer = new BatchSealer(workerData as SealSettings);

const answer = (request: SealRequest): SealAnswer => {
  const { batchNo } = request;
  try {
    if (request.kind === 'parse')
      return { kind: 'parsed', batchNo, rows: sealer.parse(batchNo, request.bytes, request.places) };
    const columns = sealer.seal(batchNo, request.customers);
    const parts = columns.flatMap(({ sealed, masks }) => [sealed, masks]);
    return {
      kind: 'sealed',
      batchNo,
      bytes: joined(parts),
      lengths: Uint32Array.from(parts, (part) => part.length),
    };
  } catch (thrown) {
    // Only the kind of error: its text could quote a value.
    return { kind: 'failed', batchNo, fault: thrown instanceof Error ? thrown.name : 'unknown' };
  }
};

/** In memory of its own, which can be handed over whole. */
const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};

parentPort?.on('message', (request: SealRequest) => {
  const told = answer(request);
  const memory = told.kind === 'sealed' ? [told.bytes, told.lengths] : [];
  parentPort?.postMessage(
    told,
    memory.map((part) => part.buffer as ArrayBuffer),
  );
});
