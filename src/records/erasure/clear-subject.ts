import { Fault } from '../../model/fault.ts';
import { patientQuery } from '../../platform/postgres/patient-query.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import type { Erasure } from './erasure.ts';

/**
 * $1 the erasure, $2 the person. Each removes all of one kind, and counts it in the same statement, so that a kill in
 * between loses no count. Nobody else waits for these rows.
 */
const counted = (removed: string, column: string): string => `
with removed as (${removed} returning 1), counted as (
  update erasure set ${column} = ${column} + (select count(*) from removed)
  where id = $1 and exists (select from removed)
)
select count(*) as count from removed`;

const standIn = '(select stand_in from erasure where id = $1)';

/**
 * What is left of a customer's id: in the sequence that readers follow one stand-in takes its place, so that how many
 * different customers an agent looked at stays countable.
 */
const customerSteps: readonly string[] = [
  counted(`delete from disclosure where subject_id = $2 and subject_class = 'customer'`, 'disclosures'),
  counted(`update access set customer_id = ${standIn} where customer_id = $2`, 'links'),
  counted('delete from approval where customer_id = $2', 'approvals'),
  counted(
    `update break_glass set customer_id = ${standIn},
       ended_at = coalesce(ended_at, (select destroyed_at from erasure where id = $1)) where customer_id = $2`,
    'links',
  ),
  counted('delete from shown_view where customer_id = $2', 'links'),
  counted('delete from customer_chain where customer_id = $2', 'links'),
  // A hold that has ended: one that stands would have stopped the erasure.
  counted(`update hold set target_id = ${standIn} where scope = 'customer' and target_id = $2`, 'links'),
  // Leads tell of looks: they go on to tell of as many customers.
  counted(`update lead set told = replace(told, $2, ${standIn}) where strpos(told, $2) > 0`, 'links'),
  // A look-up that was under way may have bound them to a case after the destruction.
  counted('update support_case set found_customer_id = null where found_customer_id = $2', 'links'),
];

const agentSteps: readonly string[] = [
  counted(`delete from disclosure where subject_id = $2 and subject_class = 'actor'`, 'disclosures'),
];

/** See ErasureWriter.clear. */
export const clearSubject = async (
  db: CaseboundDatabase,
  { id, subjectClass, subjectId }: Erasure,
): Promise<number> => {
  if (subjectId === undefined) throw new Fault('bug', 'an erasure that is forgotten has nothing to clear');
  let cleared = 0;
  for (const text of subjectClass === 'customer' ? customerSteps : agentSteps) {
    const [row] = await patientQuery<{ count: number }>(db.pool, text, [id, subjectId]);
    cleared += row?.count ?? 0;
  }
  return cleared;
};
