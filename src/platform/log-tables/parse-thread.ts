import { parentPort } from 'node:worker_threads';
import type { ParseAnswer, ParseRequest } from './parse-messages.ts';
import { type BlockParser, blockParser } from './parsing.ts';

/** The thread that ParseThreads starts: a parser that is asked by messages. */
let parser: BlockParser | undefined;

const answer = (request: ParseRequest): ParseAnswer => {
  const { askNo, block, plan } = request;
  try {
    if (plan) parser = blockParser(plan);
    if (!parser) return { kind: 'failed', askNo, fault: 'no plan' };
    return { kind: 'parsed', askNo, block: parser.read(block), bytes: block.bytes };
  } catch (thrown) {
    // Only the kind of error: its text could quote a value.
    return { kind: 'failed', askNo, fault: thrown instanceof Error ? thrown.name : 'unknown' };
  }
};

parentPort?.on('message', (request: ParseRequest) => {
  const told = answer(request);
  const memory =
    told.kind === 'failed'
      ? []
      : [
          told.bytes.buffer,
          ...told.block.columns.map(({ buffer }) => buffer),
          ...told.block.names.flatMap((list) =>
            list?.names ? [list.names.bytes.buffer, list.names.ends.buffer] : [],
          ),
        ];
  parentPort?.postMessage(told, memory);
});
