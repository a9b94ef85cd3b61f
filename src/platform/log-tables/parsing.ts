import { type Block, CsvBlocks } from './csv-block.ts';
import { NdjsonBlocks } from './ndjson-block.ts';
import type { EncodedBlock, ParsePlan } from './parse-plan.ts';
import { RowEncoder } from './row-encoder.ts';

/** Reads the blocks of one file. */
export interface BlockParser {
  read(block: Block): EncodedBlock;
}

export const blockParser = (plan: ParsePlan): BlockParser => {
  const encoder = new RowEncoder(plan);
  return plan.format === 'csv' ? new CsvBlocks(plan, encoder) : new NdjsonBlocks(plan, encoder);
};
