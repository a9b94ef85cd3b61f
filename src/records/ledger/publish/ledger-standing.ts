import { readCheckpoint } from '../../../analysis/tlog/checkpoint/checkpoint.ts';
import { readVerifierKey } from '../../../analysis/tlog/note/verifier-key.ts';
import type { Instant } from '../../../model/instant.ts';
import type { LogStore } from '../../../platform/log-store/log-store.ts';
import { faulting } from '../../../platform/postgres/faulting.ts';
import type { CaseboundDatabase } from '../../schema/tables.ts';
import { proveEntry } from './prove-entry.ts';
import type { Querying } from './publisher-row.ts';
import { cosignedHead } from './witness-row.ts';

/**
 * How well an entry is held. `sequenced`: durable, in its place. `published`: under a signed checkpoint. `witnessed`:
 * under one that the quorum of witnesses cosigned. `timestamped`: under one that a timestamp service stamped.
 */
export type EntryState = 'sequenced' | 'published' | 'witnessed' | 'timestamped';

/** A head that the log has reached, and when. */
export interface HeadAt {
  readonly size: number;
  readonly at: Instant;
}

export interface WitnessStanding {
  /** Its key's name. */
  readonly name: string;
  /** What it cosigned last; 0 for nothing. */
  readonly size: number;
  readonly answeredAt: Instant | undefined;
  readonly problem: string | undefined;
}

export interface LedgerHeads {
  /** The log's name; undefined while nothing was published. */
  readonly origin: string | undefined;
  /** Durable entries that stand in this log or will: like the heads, counted from where it begins. */
  readonly sequenced: number;
  readonly published: HeadAt | undefined;
  readonly witnessed: HeadAt | undefined;
  readonly timestamped: HeadAt | undefined;
  readonly witnesses: readonly WitnessStanding[];
}

interface HeadsRow {
  readonly origin: string | null;
  /** The place in the sequence of the log's index 0. */
  readonly first: number;
  readonly sequenced: number;
}

const originOf = async (db: Querying): Promise<HeadsRow> => {
  const { rows } = await db.query<HeadsRow>(
    'select p.origin, p.first_seq as first, h.size as sequenced from ledger_publisher p, ledger_head h',
  );
  return rows[0] ?? { origin: null, first: 0, sequenced: 0 };
};

/** The log in which the entry of this place stands: the one in use, or that of a past year. */
const logOf = async (db: Querying, seq: number): Promise<HeadsRow> => {
  const now = await originOf(db);
  if (seq >= now.first) return now;
  const { rows } = await db.query<Pick<HeadsRow, 'origin' | 'first'>>(
    'select origin, first_seq as first from ledger_log where first_seq <= $1 order by first_seq desc limit 1',
    [seq],
  );
  return { ...now, ...(rows[0] ?? { origin: null }) };
};

const headsSql = {
  published: 'select size, at from ledger_checkpoint where origin = $1',
  witnessed:
    'select size, witnessed_at as at from ledger_checkpoint where origin = $1 and witnessed_at is not null',
  timestamped: 'select size, at from ledger_timestamp where origin = $1',
} as const;

const newestHead = async (
  db: Querying,
  state: keyof typeof headsSql,
  origin: string,
): Promise<HeadAt | undefined> =>
  (await db.query<HeadAt>(`${headsSql[state]} order by size desc limit 1`, [origin])).rows[0];

/** The first head of a state under which an entry stands. */
const firstHeadOver = async (
  db: Querying,
  state: keyof typeof headsSql,
  place: { readonly origin: string; readonly index: number },
): Promise<HeadAt | undefined> =>
  (
    await db.query<HeadAt>(`${headsSql[state]} and size > $2 order by size limit 1`, [
      place.origin,
      place.index,
    ])
  ).rows[0];

/** Where the ledger stands, by state. */
export const readLedgerHeads = async ({ pool }: CaseboundDatabase): Promise<LedgerHeads> => {
  const db = pool as Querying;
  const { first, origin, sequenced: all } = await faulting(originOf(db));
  const sequenced = all - first;
  if (origin === null)
    return {
      origin: undefined,
      sequenced,
      published: undefined,
      witnessed: undefined,
      timestamped: undefined,
      witnesses: [],
    };
  const [published, witnessed, timestamped, told] = await faulting(
    Promise.all([
      newestHead(db, 'published', origin),
      newestHead(db, 'witnessed', origin),
      newestHead(db, 'timestamped', origin),
      db.query<{ witness: string; size: number; answeredAt: Instant | null; problem: string | null }>(
        `select witness, size, answered_at as "answeredAt", problem from ledger_witness where origin = $1
         order by witness collate "C" limit 100`,
        [origin],
      ),
    ]),
  );
  const witnesses = told.rows.map(({ witness, size, answeredAt, problem }) => ({
    name: readVerifierKey(witness).name,
    size,
    answeredAt: answeredAt ?? undefined,
    problem: problem ?? undefined,
  }));
  return { origin, sequenced, published, witnessed, timestamped, witnesses };
};

export interface EntryStanding {
  readonly seq: number;
  readonly state: EntryState;
  readonly published: HeadAt | undefined;
  readonly witnessed: HeadAt | undefined;
  readonly timestamped: HeadAt | undefined;
  /** The entry as it stands in the tree, and a `.tlog-proof`; undefined while it is not published. */
  readonly evidence: { readonly entry: Buffer; readonly proof: string } | undefined;
}

export interface StandingPorts {
  readonly db: CaseboundDatabase;
  /** The folder of the log of this name. */
  readonly storeOf: (origin: string) => Pick<LogStore, 'read'>;
}

/**
 * How well one entry is held, with its proof under the newest witnessed checkpoint that covers it, or else under the
 * newest published one. Undefined when there is no such entry.
 */
export const readEntryStanding = async (
  { db: { pool }, storeOf }: StandingPorts,
  seq: number,
): Promise<EntryStanding | undefined> => {
  const db = pool as Querying;
  const { first, origin, sequenced } = await faulting(logOf(db, seq));
  if (seq >= sequenced) return undefined;
  const index = seq - first;
  const none = { published: undefined, witnessed: undefined, timestamped: undefined, evidence: undefined };
  if (origin === null) return { seq, state: 'sequenced', ...none };
  const place = { origin, index };
  const [published, witnessed, timestamped, newest, newestWitnessed] = await faulting(
    Promise.all([
      firstHeadOver(db, 'published', place),
      firstHeadOver(db, 'witnessed', place),
      firstHeadOver(db, 'timestamped', place),
      newestHead(db, 'published', origin),
      newestHead(db, 'witnessed', origin),
    ]),
  );
  if (!published || !newest) return { seq, state: 'sequenced', ...none };
  const size = newestWitnessed && newestWitnessed.size > index ? newestWitnessed.size : newest.size;
  const note = (await faulting(cosignedHead(db, origin, size)))?.note ?? '';
  const evidence = await proveEntry(storeOf(origin), readCheckpoint(Buffer.from(note)), index);
  const state = timestamped ? 'timestamped' : witnessed ? 'witnessed' : 'published';
  return { seq, state, published, witnessed, timestamped, evidence };
};
