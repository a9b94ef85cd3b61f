import { sql } from 'kysely';
import type { CaseId, CustomerId } from '../../model/id.ts';
import { asDatabaseFault } from '../../platform/postgres/database-fault.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';

/**
 * What became of naming a found customer. `desk-names-someone`: the help desk's word counts. `another-found`: an
 * earlier look-up named somebody else for this case.
 */
export type BindOutcome =
  | { readonly bound: true }
  | { readonly bound: false; readonly because: 'desk-names-someone' | 'no-such-case' }
  | { readonly bound: false; readonly because: 'another-found'; readonly customerId: CustomerId };

interface NamedRow {
  readonly desk: boolean;
  readonly found_customer_id: CustomerId | null;
}

/**
 * Compare and set in one statement: of two look-ups that found different customers under one case, one wins and
 * the other is told. See CaseWriter.bindFoundCustomer.
 */
export const bindFoundCustomer = async (
  { kysely }: CaseboundDatabase,
  caseId: CaseId,
  customerId: CustomerId,
): Promise<BindOutcome> => {
  try {
    const set = await sql`
      update support_case set found_customer_id = ${customerId}
      where id = ${caseId} and customer_ref_hash is null
        and (found_customer_id is null or found_customer_id = ${customerId})`.execute(kysely);
    if (set.numAffectedRows === 1n) return { bound: true };
    const { rows } = await sql<NamedRow>`
      select customer_ref_hash is not null as desk, found_customer_id from support_case where id = ${caseId}`.execute(
      kysely,
    );
    const named = rows[0];
    if (!named) return { bound: false, because: 'no-such-case' };
    if (named.desk || named.found_customer_id === null)
      return { bound: false, because: 'desk-names-someone' };
    return { bound: false, because: 'another-found', customerId: named.found_customer_id };
  } catch (thrown) {
    throw asDatabaseFault(thrown);
  }
};
