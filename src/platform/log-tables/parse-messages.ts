import type { PlacedBlock } from './block-reader.ts';
import type { EncodedBlock, ParsePlan } from './parse-plan.ts';

export interface ParseRequest {
  readonly askNo: number;
  /** With the first block of a file. */
  readonly plan: ParsePlan | undefined;
  readonly block: PlacedBlock;
}

export type ParseAnswer =
  | {
      readonly kind: 'parsed';
      readonly askNo: number;
      readonly block: EncodedBlock;
      /** The block's bytes, handed back. */
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  | { readonly kind: 'failed'; readonly askNo: number; readonly fault: string };
