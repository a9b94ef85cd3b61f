import { Buffer } from 'node:buffer';
import { Worker } from 'node:worker_threads';
import { Fault } from '../../model/fault.ts';
import type { SealedColumns } from '../../records/vault/seal-customer.ts';
import { BatchSealer } from './batch-sealer.ts';
import type { RowBatch } from './row-splitter.ts';
import type { CustomerToSeal, ParsedRows, SealAnswer, SealRequest, SealSettings } from './seal-messages.ts';

/** A batch that has been parsed and whose values wait to be sealed. */
export interface ParsedBatch {
  readonly rows: ParsedRows;
  /** Seals rows of it, in the order given, and lets the rest be forgotten. Call it once, with none if need be. */
  seal(customers: readonly CustomerToSeal[]): Promise<readonly SealedColumns[]>;
}

/** Whoever parses and seals batches for an import. */
export interface Sealing {
  parse(batch: RowBatch): Promise<ParsedBatch>;
  close(): Promise<void>;
}

/** In this thread: for files so small that starting others would take longer than sealing. */
export const sealHere = (settings: SealSettings): Sealing => {
  const sealer = new BatchSealer(settings);
  let batchNo = 0;
  return {
    async parse({ bytes, places }) {
      batchNo += 1;
      const own = batchNo;
      const rows = sealer.parse(own, bytes, places);
      return { rows, seal: async (customers) => sealer.seal(own, customers) };
    },
    close: async () => undefined,
  };
};

interface Asked {
  readonly resolve: (answer: SealAnswer) => void;
  readonly reject: (fault: Fault) => void;
}

/** A thread needs little for long: small limits make it tidy up instead of growing. */
const threadLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 };

/** The threads that parse and seal. Each batch stays with one of them. */
export class SealThreads implements Sealing {
  readonly #threads: readonly SealThread[];
  #batchNo = 0;

  constructor(settings: SealSettings, count: number) {
    this.#threads = Array.from({ length: count }, () => new SealThread(settings));
  }

  /** Hands a batch to the thread that has least to do. The batch's memory goes with it. */
  async parse(batch: RowBatch): Promise<ParsedBatch> {
    const [thread] = this.#threads.toSorted((a, b) => a.batches - b.batches);
    if (!thread) throw new Fault('bug', 'an import needs a thread');
    this.#batchNo += 1;
    const batchNo = this.#batchNo;
    thread.batches += 1;
    const answer = await thread.ask({ kind: 'parse', batchNo, bytes: batch.bytes, places: batch.places });
    if (answer.kind !== 'parsed') throw new Fault('bug', 'a thread answered something else');
    return {
      rows: answer.rows,
      async seal(customers) {
        const sealed = await thread.ask({ kind: 'seal', batchNo, customers });
        thread.batches -= 1;
        if (sealed.kind !== 'sealed') throw new Fault('bug', 'a thread answered something else');
        return columnsOf(sealed);
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}

class SealThread {
  /** Batches that it has not finished. */
  batches = 0;
  readonly #worker: Worker;
  readonly #asked = new Map<number, Asked>();
  #broken: Fault | undefined;

  constructor(settings: SealSettings) {
    this.#worker = new Worker(new URL('./seal-thread.ts', import.meta.url), {
      workerData: settings,
      resourceLimits: threadLimits,
    });
    this.#worker.on('message', (answer: SealAnswer) => this.#take(answer));
    this.#worker.on('error', (thrown) => this.#break(thrown instanceof Error ? thrown.name : 'unknown'));
    this.#worker.on('exit', () => this.#break('it ended'));
  }

  ask(request: SealRequest): Promise<SealAnswer> {
    if (this.#broken) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      this.#asked.set(request.batchNo, { resolve, reject });
      const memory = request.kind === 'parse' ? [request.bytes.buffer, request.places.buffer] : [];
      this.#worker.postMessage(request, memory as ArrayBuffer[]);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #take(answer: SealAnswer): void {
    const asked = this.#asked.get(answer.batchNo);
    this.#asked.delete(answer.batchNo);
    if (answer.kind === 'failed') asked?.reject(new Fault('bug', `a sealing thread failed: ${answer.fault}`));
    else asked?.resolve(answer);
  }

  #break(why: string): void {
    this.#broken ??= new Fault('bug', `a sealing thread broke: ${why}`);
    for (const asked of this.#asked.values()) asked.reject(this.#broken);
    this.#asked.clear();
  }
}

const columnsOf = ({ bytes, lengths }: Extract<SealAnswer, { kind: 'sealed' }>): readonly SealedColumns[] => {
  const memory = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const columns: SealedColumns[] = [];
  let at = 0;
  for (let index = 0; index < lengths.length; index += 2) {
    const middle = at + (lengths[index] ?? 0);
    const end = middle + (lengths[index + 1] ?? 0);
    columns.push({ sealed: memory.subarray(at, middle), masks: memory.subarray(middle, end) });
    at = end;
  }
  return columns;
};
