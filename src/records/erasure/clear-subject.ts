import { Fault } from '../../model/fault.ts';
import { patientQuery } from '../../platform/postgres/patient-query.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import type { Erasure } from './erasure.ts';

/** Rows of one statement: seconds at most, and nobody else waits for them. */
const batchRows = 100_000;

/**
 * $1 the erasure, $2 the person, $3 how many rows. Each takes a batch of one kind and counts it in the same
 * statement, so that a kill in between loses no count.
 */
const counted = (removed: string, column: string): string => `
with removed as (${removed}), counted as (
  update erasure set ${column} = ${column} + (select count(*) from removed) where id = $1 and exists (select from removed)
)
select count(*) as count from removed`;

const disclosuresOf = (subjectClass: Erasure['subjectClass']): string =>
  counted(
    `delete from disclosure d using (
       select seq from disclosure where subject_id = $2 and subject_class = '${subjectClass}' limit $3
     ) due where d.seq = due.seq and d.subject_class = '${subjectClass}' returning d.seq`,
    'disclosures',
  );

/** What is left of a customer's id: in the sequence that readers follow one stand-in takes its place, so that how
 * many different customers an agent looked at stays countable. */
const customerSteps: readonly string[] = [
  disclosuresOf('customer'),
  counted(
    `update access a set customer_id = e.stand_in from erasure e, (
       select seq, at from access where customer_id = $2 limit $3
     ) due where e.id = $1 and a.seq = due.seq and a.at = due.at returning a.seq`,
    'links',
  ),
  counted(
    'delete from approval where id in (select id from approval where customer_id = $2 limit $3) returning id',
    'approvals',
  ),
  counted(
    `update break_glass b set customer_id = e.stand_in, ended_at = coalesce(b.ended_at, e.destroyed_at)
     from erasure e
     where e.id = $1 and b.id in (select id from break_glass where customer_id = $2 limit $3) returning b.id`,
    'links',
  ),
  counted(
    `delete from shown_view
     where view_id in (select view_id from shown_view where customer_id = $2 limit $3) returning view_id`,
    'links',
  ),
  counted(
    `delete from customer_chain
     where customer_id in (select customer_id from customer_chain where customer_id = $2 limit $3)
     returning customer_id`,
    'links',
  ),
  // Leads tell of looks: they go on to tell of as many customers.
  counted(
    `update lead l set told = replace(l.told, $2, e.stand_in) from erasure e
     where e.id = $1 and l.alert_id in (select alert_id from lead where strpos(told, $2) > 0 limit $3)
     returning l.alert_id`,
    'links',
  ),
  // A look-up that was under way may have bound them to a case after the destruction.
  counted(
    `update support_case set found_customer_id = null
     where id in (select id from support_case where found_customer_id = $2 limit $3) returning id`,
    'links',
  ),
];

const agentSteps: readonly string[] = [disclosuresOf('actor')];

/** See ErasureWriter.clear. */
export const clearSubject = async (
  db: CaseboundDatabase,
  { id, subjectClass, subjectId }: Erasure,
): Promise<number> => {
  if (subjectId === undefined) throw new Fault('bug', 'an erasure that is forgotten has nothing to clear');
  let cleared = 0;
  for (const text of subjectClass === 'customer' ? customerSteps : agentSteps)
    for (let count = batchRows; count === batchRows; cleared += count) {
      const [row] = await patientQuery<{ count: number }>(db.pool, text, [id, subjectId, batchRows]);
      count = row?.count ?? 0;
    }
  return cleared;
};
