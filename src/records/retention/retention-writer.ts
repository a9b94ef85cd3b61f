import { Fault } from '../../model/fault.ts';
import { formatInstant, type Instant } from '../../model/instant.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import { patientQuery } from '../../platform/postgres/patient-query.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import { type PurgedKind, purgeStatements } from './purge-sql.ts';

export interface DueCount {
  /** Past their time and free to go. */
  readonly due: number;
  /** Past their time, and kept by a hold. */
  readonly held: number;
}

export interface RetentionWriter {
  /** Counts what is older than `before`; destroys nothing. */
  count(kind: PurgedKind, before: Instant, now: Instant): Promise<DueCount>;
  /**
   * Destroys up to a batch of what is older than `before` and under no hold; `after` is where the last batch ended.
   * @returns how many, and where it ended; 0 when nothing is left
   */
  purge(
    kind: PurgedKind,
    times: { readonly before: Instant; readonly now: Instant },
    after: number,
  ): Promise<{ readonly count: number; readonly last: number }>;
}

/** Rows of one transaction: short enough that looks go on beside it. */
const batchRows = 5_000;

/**
 * The first place that may be younger than `before`. Times in the ledger grow with the places except where a clock
 * was set back, so this only narrows the search: each entry's own time is asked again.
 */
const placeOf = async (db: CaseboundDatabase, before: Instant): Promise<number> => {
  const { rows } = await faulting(db.pool.query<{ size: number }>('select size from ledger_head'));
  let [low, high] = [0, rows[0]?.size ?? 0];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const found = await faulting(
      db.pool.query<{ old: boolean }>('select at < $2::timestamptz as old from entry where seq = $1', [
        middle,
        formatInstant(before),
      ]),
    );
    if (found.rows[0] === undefined) throw new Fault('bug', `entry ${middle} is missing`);
    if (found.rows[0].old) low = middle + 1;
    else high = middle;
  }
  return low;
};

export const retentionWriter = (db: CaseboundDatabase): RetentionWriter => {
  const placeFor = async (kind: PurgedKind, before: Instant): Promise<readonly number[]> =>
    kind === 'disclosure' ? [await placeOf(db, before)] : [];
  return {
    async count(kind, before, now) {
      const [row] = await patientQuery<DueCount>(db.pool, purgeStatements[kind].count, [
        formatInstant(before),
        formatInstant(now),
        ...(await placeFor(kind, before)),
      ]);
      return { due: row?.due ?? 0, held: row?.held ?? 0 };
    },
    async purge(kind, { before, now }, after) {
      const [row] = await patientQuery<{ count: number; last: number | null }>(
        db.pool,
        purgeStatements[kind].purge,
        [formatInstant(before), formatInstant(now), batchRows, after, ...(await placeFor(kind, before))],
      );
      return { count: row?.count ?? 0, last: row?.last ?? after };
    },
  };
};
