import type { LogNameList } from '../../model/access-columns.ts';
import type { PackedNames } from './byte-dictionary.ts';
import type { CellKind } from './log-schema.ts';
import type { TimePlan } from './time-text.ts';

/** How one of our columns is read from the rows of one file. Can be sent to a thread. */
export interface CellPlan {
  readonly name: string;
  readonly kind: CellKind;
  /** Which of the row's values: a column of a CSV file, or a place in `keys`. */
  readonly source: number;
  readonly filled: boolean;
  readonly list: LogNameList | undefined;
  readonly words: readonly string[] | undefined;
  /** Their word, then ours. */
  readonly values: readonly (readonly [string, string])[];
  /** What they write when they do not know. */
  readonly unknown: readonly string[];
  readonly time: TimePlan | undefined;
  readonly day: 'first' | 'last' | undefined;
  /** A count is multiplied by this. */
  readonly factor: number;
  /** Ids: a regular expression whose first group is the value. */
  readonly match: string | undefined;
}

/** How one file is read. */
export interface ParsePlan {
  readonly format: 'csv' | 'ndjson';
  /** The byte between two fields of a CSV record. */
  readonly delimiter: number;
  /** How many values a row has. */
  readonly sources: number;
  /** NDJSON: the keys that are read; a dot leads into an object. */
  readonly keys: readonly string[];
  readonly cells: readonly CellPlan[];
  /** Chance for the dictionaries. */
  readonly seed: number;
}

/** In a value map: the row is none of ours. */
export const skipWord = 'skip';

/** A row's text may have this many bytes; a longer one is broken. */
export const recordBytesMax = 262_144;
/** A quoted field may run over this many lines; beyond, its quote was never closed. */
export const recordLinesMax = 100;
/** Each block lists this many of its rows that were set aside; it counts all. */
export const examplesMax = 1000;

/** A thread's list, and its new names. A list that grew too long is followed by the next generation. */
export interface ToldNames {
  readonly generation: number;
  readonly names: PackedNames | undefined;
}

/** Rows of one block that can be used, column by column, with the account of all its rows. */
export interface EncodedBlock {
  readonly rows: number;
  /** In the order of the plan's cells. Ids are places in this thread's lists; -1 is not known. */
  readonly columns: readonly (
    | Float64Array<ArrayBuffer>
    | Int32Array<ArrayBuffer>
    | Uint8Array<ArrayBuffer>
  )[];
  /** By cell: which of its lists the places are of, and what that list got since the block before. */
  readonly names: readonly (ToldNames | undefined)[];
  /** Rows that hold anything at all. */
  readonly read: number;
  /** Rows, empty ones included: by how much the numbering goes on. */
  readonly numbered: number;
  /** Why rows were set aside, and how many. */
  readonly problems: readonly (readonly [string, number])[];
  /** Rows that were set aside, numbered from 0 within the block, and the problem's place in `problems`. */
  readonly examples: readonly (readonly [number, number])[];
  /** Words that nobody knows: cell, word (shortened), rows. */
  readonly unknownWords: readonly (readonly [number, string, number])[];
  /** Where in the block's bytes the first record begins that was not read. */
  readonly endedAt: number;
  /** The bytes from `endedAt` on, up to the next line end, are the rest of a line that is too long. */
  readonly inLongLine: boolean;
}
