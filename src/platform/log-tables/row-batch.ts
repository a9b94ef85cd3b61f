import { ByteSource } from './byte-source.ts';

/** Rows that are encoded together, column after column: each column's list stays in the processor's cache. */
export const batchRowsMax = 512;

const space = 32;

/** Some rows as places in bytes. Value `v` of row `r` is at `r * sources + v` of `starts` and `ends`. */
export class RowBatch {
  readonly sources: number;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Which row of the block each is. */
  readonly numbers = new Int32Array(batchRowsMax);
  /** Why a row is set aside: place + 1 in the block's problems; 0 when it is used. */
  readonly problems = new Int32Array(batchRowsMax);
  source = new ByteSource(new Uint8Array(0));
  /** Some value may begin or end with a space. */
  hasSpaces = false;
  rows = 0;

  constructor(sources: number) {
    this.sources = sources;
    this.starts = new Int32Array(batchRowsMax * sources);
    this.ends = new Int32Array(batchRowsMax * sources);
  }

  /** Spaces around values do not count. */
  trim(value: number): void {
    const { starts, ends, sources, source } = this;
    const { bytes } = source;
    for (let row = 0, at = value; row < this.rows; row += 1, at += sources) {
      let from = starts[at] as number;
      let to = ends[at] as number;
      if (from === to || ((bytes[from] as number) !== space && (bytes[to - 1] as number) !== space)) continue;
      while (from < to && bytes[from] === space) from += 1;
      while (from < to && bytes[to - 1] === space) to -= 1;
      starts[at] = from;
      ends[at] = to;
    }
  }
}
