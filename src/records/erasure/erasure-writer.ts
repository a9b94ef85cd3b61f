import { formatInstant, type Instant } from '../../model/instant.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import { clearSubject } from './clear-subject.ts';
import { type Destruction, destroySubject } from './destroy-subject.ts';
import { type Erasure, subjectHash } from './erasure.ts';

export type NewErasure = Pick<
  Erasure,
  | 'id'
  | 'request'
  | 'subjectClass'
  | 'basis'
  | 'decidedBy'
  | 'decidedRole'
  | 'decidedAt'
  | 'orderedKey'
  | 'doneKey'
  | 'standIn'
> & { readonly subjectId: string };

/** An entry of an erasure, and what it stands for. */
export interface ErasureEntry {
  readonly seq: number;
  readonly told: readonly string[];
}

export interface ErasureWriter {
  /** Writes down what was decided. False when there is one for this person or this request already. */
  add(erasure: NewErasure): Promise<boolean>;
  /** Its first entry is in the ledger. */
  order(id: Erasure['id'], entry: ErasureEntry): Promise<void>;
  destroy(erasure: Erasure, now: Instant): Promise<Destruction>;
  /**
   * Removes what a destroyed person's id still stands at, kind after kind. Answers how many rows; 0 when all was gone.
   * The count of what was destroyed grows in the same statement.
   */
  clear(erasure: Erasure): Promise<number>;
  /** Its second entry is in the ledger. */
  finish(id: Erasure['id'], entry: ErasureEntry, now: Instant): Promise<void>;
  /** Lets go of the id itself. */
  forget(id: Erasure['id'], now: Instant): Promise<void>;
}

export const erasureWriter = (db: CaseboundDatabase): ErasureWriter => {
  const store = db.kysely;
  return {
    async add(erasure) {
      const { numInsertedOrUpdatedRows } = await faulting(
        store
          .insertInto('erasure')
          .values({
            id: erasure.id,
            request: erasure.request,
            subject_class: erasure.subjectClass,
            subject_id: erasure.subjectId,
            subject_hash: subjectHash(erasure.subjectId),
            basis: erasure.basis,
            decided_by: erasure.decidedBy,
            decided_role: erasure.decidedRole,
            decided_at: formatInstant(erasure.decidedAt),
            ordered_key: erasure.orderedKey,
            done_key: erasure.doneKey,
            stand_in: erasure.standIn,
            ordered_seq: null,
            done_seq: null,
            ordered_told: null,
            done_told: null,
          })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst(),
      );
      return numInsertedOrUpdatedRows === 1n;
    },
    async order(id, { seq, told }) {
      await faulting(
        store
          .updateTable('erasure')
          .set({ state: 'ordered', ordered_seq: seq, ordered_told: told.join('\n') })
          .where('id', '=', id)
          .where('state', '=', 'asked')
          .execute(),
      );
    },
    destroy: (erasure, now) => destroySubject(db, erasure, now),
    clear: (erasure) => clearSubject(db, erasure),
    async finish(id, { seq, told }, now) {
      await faulting(
        store
          .updateTable('erasure')
          .set({ state: 'done', done_seq: seq, done_told: told.join('\n'), done_at: formatInstant(now) })
          .where('id', '=', id)
          .where('state', '=', 'destroyed')
          .execute(),
      );
    },
    async forget(id, now) {
      await faulting(
        store
          .updateTable('erasure')
          .set({ subject_id: null, forgotten_at: formatInstant(now) })
          .where('id', '=', id)
          .where('state', '=', 'done')
          .execute(),
      );
    },
  };
};
