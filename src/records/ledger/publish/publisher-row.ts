import { emptyRoot } from '../../../analysis/tlog/tree/merkle-hash.ts';
import { Fault } from '../../../model/fault.ts';
import { formatInstant, type Instant } from '../../../model/instant.ts';
import type { SignedHead } from './publish-ports.ts';

/** The part of a database connection that these statements need. */
export interface Querying {
  query<Row>(text: string, values?: readonly unknown[]): Promise<{ readonly rows: Row[] }>;
}

/** A publisher's turn: from taking the epoch on, only statements with this number change anything. */
export interface Turn {
  readonly epoch: number;
  readonly head: SignedHead;
  /** How many entries are committed. */
  readonly committed: number;
}

interface TurnRow {
  readonly origin: string;
  readonly epoch: number;
  readonly size: number;
  readonly root: Buffer | null;
  readonly note: string | null;
  readonly committed: number;
}

const takeSql = `
with turn as (
  update ledger_publisher set epoch = epoch + 1, origin = coalesce(origin, $1)
  returning origin, epoch, size, root, first_seq
)
select turn.origin, turn.epoch, turn.size, turn.root, (select size from ledger_head) - turn.first_seq as committed,
  (select note from ledger_checkpoint c where c.origin = turn.origin and c.size = turn.size) as note
from turn`;

/**
 * Begins a publisher's turn and ends everybody else's.
 *
 * @throws Fault `ledger-stopped` when the log has another name than the key
 */
export const takeTurn = async (client: Querying, origin: string): Promise<Turn> => {
  const [row] = (await client.query<TurnRow>(takeSql, [origin])).rows;
  if (!row) throw new Fault('bug', 'the ledger has no publisher row');
  if (row.origin !== origin)
    throw new Fault(
      'ledger-stopped',
      `the log is called ${row.origin}, the key ${origin}: a log never changes its name; use the key of that name`,
    );
  const head = { size: row.size, root: row.root ?? emptyRoot, note: row.note ?? undefined };
  if (head.size > 0 && (row.root === null || row.note === null))
    throw new Fault('ledger-stopped', `the checkpoint of size ${row.size} is not among those that were kept`);
  return { epoch: row.epoch, head, committed: row.committed };
};

export interface NextCheckpoint {
  readonly origin: string;
  readonly epoch: number;
  readonly from: number;
  readonly size: number;
  readonly root: Buffer;
  readonly note: string;
  readonly at: Instant;
}

// The one statement after which a checkpoint counts as signed. It changes nothing when another publisher has begun
// its turn, when the log has grown since, or when the entries are not committed here.
const advanceSql = `
with moved as (
  update ledger_publisher set size = $4, root = $5
  where origin = $1 and epoch = $2 and size = $3 and $4 > $3 and $4 <= (select size from ledger_head) - first_seq
  returning origin, epoch, size, root
)
insert into ledger_checkpoint (origin, size, root, note, epoch, at)
select origin, size, root, $6, epoch, $7::timestamptz from moved returning size`;

/** Answers false when this publisher's turn is over. */
export const advance = async (client: Querying, next: NextCheckpoint): Promise<boolean> => {
  const { rows } = await client.query(advanceSql, [
    next.origin,
    next.epoch,
    next.from,
    next.size,
    next.root,
    next.note,
    formatInstant(next.at),
  ]);
  return rows.length === 1;
};

/** The root that the log signed for a size, or undefined when it signed none. */
export const signedRoot = async (
  client: Querying,
  origin: string,
  size: number,
): Promise<Buffer | undefined> => {
  const { rows } = await client.query<{ root: Buffer }>(
    'select root from ledger_checkpoint where origin = $1 and size = $2',
    [origin, size],
  );
  return size === 0 ? emptyRoot : rows[0]?.root;
};

export const committedSize = async (client: Querying): Promise<number> => {
  const { rows } = await client.query<{ size: number }>(
    'select h.size - p.first_seq as size from ledger_head h, ledger_publisher p',
  );
  return rows[0]?.size ?? 0;
};

export const isTurnOf = async (client: Querying, epoch: number): Promise<boolean> => {
  const { rows } = await client.query<{ epoch: number }>('select epoch from ledger_publisher');
  return rows[0]?.epoch === epoch;
};
