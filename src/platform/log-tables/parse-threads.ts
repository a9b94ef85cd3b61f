import { Worker } from 'node:worker_threads';
import { Fault } from '../../model/fault.ts';
import type { PlacedBlock } from './block-reader.ts';
import type { ParsedBlock, Parsing } from './file-rows.ts';
import type { LogFile } from './log-file.ts';
import type { ParseAnswer, ParseRequest } from './parse-messages.ts';

interface Asked {
  readonly resolve: (parsed: ParsedBlock) => void;
  readonly reject: (fault: Fault) => void;
}

/** A thread's lists are in typed arrays, outside of this limit: it makes the thread tidy up instead of growing. */
const threadLimits = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 16 };

class ParseThread {
  /** Blocks that it has not finished. */
  blocks = 0;
  readonly #number: number;
  readonly #worker: Worker;
  readonly #asked = new Map<number, Asked>();
  #askNo = 0;
  #file: LogFile | undefined;
  #broken: Fault | undefined;

  constructor(number: number) {
    this.#number = number;
    this.#worker = new Worker(new URL('./parse-thread.ts', import.meta.url), {
      resourceLimits: threadLimits,
    });
    this.#worker.on('message', (answer: ParseAnswer) => this.#take(answer));
    this.#worker.on('error', (cause) =>
      this.#break(new Fault('bug', 'a thread that parses broke', { cause })),
    );
    this.#worker.on('exit', () => this.#break(new Fault('bug', 'a thread that parses has ended')));
  }

  ask(file: LogFile, block: PlacedBlock): Promise<ParsedBlock> {
    if (this.#broken) return Promise.reject(this.#broken);
    const plan = this.#file === file ? undefined : file.plan;
    this.#file = file;
    this.#askNo += 1;
    const request: ParseRequest = { askNo: this.#askNo, plan, block };
    this.blocks += 1;
    return new Promise<ParsedBlock>((resolve, reject) => {
      this.#asked.set(request.askNo, { resolve, reject });
      this.#worker.postMessage(request, [block.bytes.buffer]);
    }).finally(() => {
      this.blocks -= 1;
    });
  }

  async close(): Promise<void> {
    this.#broken ??= new Fault('bug', 'a thread that parses was asked after its end');
    await this.#worker.terminate();
  }

  #take(answer: ParseAnswer): void {
    const asked = this.#asked.get(answer.askNo);
    this.#asked.delete(answer.askNo);
    if (answer.kind === 'failed')
      asked?.reject(new Fault('bug', `a block could not be parsed: ${answer.fault}`));
    else asked?.resolve({ block: answer.block, bytes: answer.bytes, parser: this.#number });
  }

  #break(fault: Fault): void {
    this.#broken ??= fault;
    for (const { reject } of this.#asked.values()) reject(this.#broken);
    this.#asked.clear();
  }
}

/** Threads that parse, each a block at a time. */
export class ParseThreads implements Parsing {
  readonly atOnceMax: number;
  readonly #threads: readonly ParseThread[];

  constructor(count: number) {
    this.#threads = Array.from({ length: count }, (_, number) => new ParseThread(number));
    // One block waits at each thread: it never has to wait for us.
    this.atOnceMax = 2 * count;
  }

  /** Hands a block to the thread that has least to do. The block's memory goes with it. */
  parse(file: LogFile, block: PlacedBlock): Promise<ParsedBlock> {
    const [thread] = this.#threads.toSorted((a, b) => a.blocks - b.blocks);
    if (!thread) throw new Fault('bug', 'parsing needs a thread');
    return thread.ask(file, block);
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}
