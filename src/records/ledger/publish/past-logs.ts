import type { SignedCheckpoint } from '../../../analysis/tlog/checkpoint/checkpoint.ts';
import { decodeDisclosure, digestDisclosure } from '../../../analysis/tlog/entry/disclosure.ts';
import { decodeEntry } from '../../../analysis/tlog/entry/entry.ts';
import { notVerified } from '../../../analysis/tlog/not-verified.ts';
import { formatNote } from '../../../analysis/tlog/note/note.ts';
import type { LogStore } from '../../../platform/log-store/log-store.ts';
import { faulting } from '../../../platform/postgres/faulting.ts';
import type { CaseboundDatabase } from '../../schema/tables.ts';
import { beginsPath } from './open-year.ts';
import { proveEntry } from './prove-entry.ts';

/** One of the logs of this ledger. */
export interface LogOfYear {
  readonly origin: string;
  /** The place in the sequence of its index 0. */
  readonly firstSeq: number;
  readonly vkey: string;
  /** Undefined while it goes on. */
  readonly endedSize: number | undefined;
}

/** The logs in their order; empty while there was only ever one. */
export const readLogs = async ({ kysely }: CaseboundDatabase): Promise<readonly LogOfYear[]> => {
  const rows = await faulting(kysely.selectFrom('ledger_log').selectAll().orderBy('first_seq').execute());
  return rows.map((row) => ({
    origin: row.origin,
    firstSeq: row.first_seq,
    vkey: row.vkey,
    endedSize: row.ended_size ?? undefined,
  }));
};

/**
 * Checks that the first entry of a log holds the last checkpoint of the one before: then whoever trusts this log's
 * checkpoint knows that one's, and nobody can put another end to it.
 * @throws Fault `not-verified`
 */
export const checkLink = async (
  store: Pick<LogStore, 'read'>,
  checkpoint: SignedCheckpoint,
  before: SignedCheckpoint,
): Promise<void> => {
  const bytes = await store.read(beginsPath);
  if (bytes === undefined)
    throw notVerified(beginsPath, `the file is missing that ties ${checkpoint.origin} to ${before.origin}`);
  const text = bytes.toString('latin1').trimEnd();
  const { value } = decodeDisclosure(text);
  const { entry } = await proveEntry(store, checkpoint, 0);
  const { digests, kind } = decodeEntry(entry);
  if (kind !== 'key/v1' || !digests.includes(digestDisclosure(text)))
    throw notVerified(beginsPath, 'the first entry does not hold what it says');
  const previous =
    typeof value === 'object' && value !== null && 'previous' in value ? value['previous'] : undefined;
  // Cosignatures may have come after the log's own signature.
  if (typeof previous !== 'string' || !formatNote(before.note).startsWith(previous.trimEnd()))
    throw notVerified(beginsPath, `the first entry holds another end of ${before.origin} than is here`);
};
