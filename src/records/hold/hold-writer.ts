import { sql } from 'kysely';
import type { AgentId, HoldId } from '../../model/id.ts';
import { formatInstant, type Instant } from '../../model/instant.ts';
import { lockClass, lockNumber } from '../../platform/postgres/advisory-locks.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import type { Hold } from './hold.ts';

export interface HoldWriter {
  /**
   * From here on it stands. One that the same entry already put on stays as it is. Whoever is being destroyed at
   * this very instant is destroyed before it stands, or not at all.
   */
  put(hold: Omit<Hold, 'liftAsked' | 'lifted'>): Promise<void>;
  /** The first of two people asks. False when it was asked for already, or the hold is lifted. */
  askLift(id: HoldId, by: AgentId, now: Instant): Promise<boolean>;
  /** The second person lifts it. False when nobody else asked for it, or it is lifted. */
  lift(id: HoldId, by: AgentId, now: Instant): Promise<boolean>;
}

const targetOf = ({ cover }: Pick<Hold, 'cover'>) =>
  cover.scope === 'range'
    ? { target_id: null, from_at: formatInstant(cover.from), to_at: formatInstant(cover.to) }
    : { target_id: cover.id };

export const holdWriter = (store: CaseboundDatabase['kysely']): HoldWriter => ({
  async put(hold) {
    await faulting(
      store.transaction().execute(async (tx) => {
        await sql`select pg_advisory_xact_lock(${lockClass}, ${lockNumber.destroySubject})`.execute(tx);
        await tx
          .insertInto('hold')
          .values({
            id: hold.id,
            seq: hold.seq,
            scope: hold.cover.scope,
            ...targetOf(hold),
            until_at: hold.until === undefined ? null : formatInstant(hold.until),
            reason: hold.reason,
            put_by: hold.putBy,
            put_at: formatInstant(hold.putAt),
            lift_asked_by: null,
            lifted_by: null,
          })
          .onConflict((conflict) => conflict.column('seq').doNothing())
          .execute();
      }),
    );
  },
  async askLift(id, by, now) {
    const { numUpdatedRows } = await faulting(
      store
        .updateTable('hold')
        .set({ lift_asked_by: by, lift_asked_at: formatInstant(now) })
        .where('id', '=', id)
        .where('lifted_at', 'is', null)
        .where('lift_asked_by', 'is', null)
        .executeTakeFirstOrThrow(),
    );
    return numUpdatedRows === 1n;
  },
  async lift(id, by, now) {
    const { numUpdatedRows } = await faulting(
      store
        .updateTable('hold')
        .set({ lifted_by: by, lifted_at: formatInstant(now) })
        .where('id', '=', id)
        .where('lifted_at', 'is', null)
        .where('lift_asked_by', 'is not', null)
        .where('lift_asked_by', '<>', by)
        .executeTakeFirstOrThrow(),
    );
    return numUpdatedRows === 1n;
  },
});
