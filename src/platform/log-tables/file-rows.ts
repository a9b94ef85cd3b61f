import { BlockReader, blockBytesUsual, type PlacedBlock } from './block-reader.ts';
import type { LogFile } from './log-file.ts';
import { type NameBook, Remap } from './name-book.ts';
import type { EncodedBlock } from './parse-plan.ts';
import { type BlockParser, blockParser } from './parsing.ts';
import type { RunningAccount } from './row-account.ts';

/** Who parses blocks: this thread, or others. Each parser has lists of names of its own. */
export interface Parsing {
  /** How many blocks may be under way. */
  readonly atOnceMax: number;
  parse(file: LogFile, block: PlacedBlock): Promise<ParsedBlock>;
}

export interface ParsedBlock {
  readonly block: EncodedBlock;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whose lists its places are of. */
  readonly parser: number;
}

/** In this thread: for files so small that starting others would take longer than parsing. */
export const parseHere = (): Parsing => {
  let latest: { readonly file: LogFile; readonly parser: BlockParser } | undefined;
  return {
    atOnceMax: 1,
    async parse(file, block) {
      if (latest?.file !== file) latest = { file, parser: blockParser(file.plan) };
      return { block: latest.parser.read(block), bytes: block.bytes, parser: 0 };
    },
  };
};

/** Rows of one file, by the plan's cells, with places of the book. */
export interface FileRows {
  readonly rows: number;
  readonly columns: EncodedBlock['columns'];
}

interface UnderWay {
  readonly placed: PlacedBlock;
  readonly parsed: Promise<ParsedBlock>;
}

export interface RowReading {
  readonly parsing: Parsing;
  readonly account: RunningAccount;
  readonly blockBytes?: number;
}

/** Reads one file in the order of its rows. */
export class FileReading {
  readonly #file: LogFile;
  readonly #book: NameBook;
  readonly #parsing: Parsing;
  readonly #account: RunningAccount;
  readonly #blockBytes: number;
  readonly #remaps = new Map<number, readonly (Remap | undefined)[]>();
  /** Where in the text the next record begins. */
  #expected: number;
  #inLongLine = false;
  #reader: BlockReader | undefined;

  constructor(file: LogFile, book: NameBook, reading: RowReading) {
    this.#file = file;
    this.#book = book;
    this.#parsing = reading.parsing;
    this.#account = reading.account;
    this.#blockBytes = reading.blockBytes ?? blockBytesUsual;
    this.#expected = file.rowsFrom;
  }

  bytesRead(): number {
    return this.#reader?.bytesRead() ?? 0;
  }

  async *rows(): AsyncGenerator<FileRows> {
    const reader = await BlockReader.open(this.#file, this.#blockBytes);
    this.#reader = reader;
    const underWay: UnderWay[] = [];
    try {
      for (;;) {
        while (underWay.length < this.#parsing.atOnceMax) {
          const placed = await reader.next();
          if (!placed) break;
          const parsed = this.#parse(placed);
          // It is awaited in its turn; until then a failure is nobody's.
          parsed.catch(() => undefined);
          underWay.push({ placed, parsed });
        }
        const first = underWay.shift();
        if (!first) return;
        const block = await this.#inTurn(first);
        if (!block) continue;
        this.#account.take(block, (cell) => this.#file.plan.cells[cell]?.name ?? '');
        if (block.rows > 0) yield { rows: block.rows, columns: block.columns };
      }
    } finally {
      await Promise.allSettled(underWay.map(({ parsed }) => parsed));
      await reader.close();
    }
  }

  async #parse(placed: PlacedBlock): Promise<ParsedBlock> {
    const done = await this.#parsing.parse(this.#file, placed);
    const remaps = this.#remapsOf(done.parser);
    for (const [cell, names] of done.block.names.entries()) if (names) remaps[cell]?.tell(names);
    return done;
  }

  /** The block's rows, when it began where the one before it ended; else it is read again from there. */
  async #inTurn({ placed, parsed }: UnderWay): Promise<EncodedBlock | undefined> {
    let done = await parsed;
    if (this.#expected !== placed.offset || this.#inLongLine) {
      const from = this.#expected - placed.offset;
      if (from >= done.bytes.length) return undefined;
      done = await this.#parse({ ...placed, bytes: done.bytes, from, inLongLine: this.#inLongLine });
    }
    const { block, parser } = done;
    this.#expected = placed.offset + block.endedAt;
    this.#inLongLine = block.inLongLine;
    const remaps = this.#remapsOf(parser);
    for (const [cell, column] of block.columns.entries()) {
      const names = block.names[cell];
      if (names && column instanceof Int32Array) remaps[cell]?.apply(column, names);
    }
    return block;
  }

  #remapsOf(parser: number): readonly (Remap | undefined)[] {
    const remaps =
      this.#remaps.get(parser) ??
      this.#file.plan.cells.map((cell) =>
        cell.kind === 'id' || cell.kind === 'fields' ? new Remap(this.#book, cell) : undefined,
      );
    this.#remaps.set(parser, remaps);
    return remaps;
  }
}
