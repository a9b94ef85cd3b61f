import { Fault } from '../../model/fault.ts';
import type { Sealer } from '../../platform/keys/subject-key.ts';
import { faulting } from '../../platform/postgres/faulting.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import { disclosureContext } from './seal-entry.ts';

/**
 * The disclosures of one entry in one class, each as the text whose digest stands in the entry.
 * @throws Fault `vault-closed` when the key is not the one they were sealed under, `not-found` when they are gone
 */
export const readTold = async (
  db: CaseboundDatabase,
  place: { readonly seq: number; readonly subjectClass: 'customer' | 'actor' },
  sealer: Sealer,
): Promise<readonly string[]> => {
  const row = await faulting(
    db.kysely
      .selectFrom('disclosure')
      .select('sealed')
      .where('seq', '=', place.seq)
      .where('subject_class', '=', place.subjectClass)
      .executeTakeFirst(),
  );
  if (!row) throw new Fault('not-found', `what entry ${place.seq} stands for is no longer kept`);
  return sealer.open(row.sealed, disclosureContext(place.seq, place.subjectClass)).toString().split('\n');
};
