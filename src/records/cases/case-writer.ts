import type { CaseId, CustomerId } from '../../model/id.ts';
import type { Chance } from '../../model/ports.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import { type BindOutcome, bindFoundCustomer } from './bind-found-customer.ts';
import type { ReceivedChange } from './case-change-row.ts';
import { type ChangeOutcome, takeChanges } from './take-changes.ts';

export interface CaseWriter {
  /**
   * Takes up to `changesPerTakeMax` changes, all or none, and brings their cases up to date. Safe to repeat, and
   * from several processes at once: every case ends as all its changes together make it.
   * @returns one outcome a change, in the order given.
   * @throws RangeError for more changes; Fault `busy`, `storage-full` or `storage-down`: nothing was taken.
   */
  takeChanges(changes: readonly ReceivedChange[]): Promise<readonly ChangeOutcome[]>;
  /** Names the customer that a look-up found, if the case names nobody yet. Naming the same one again is bound. */
  bindFoundCustomer(caseId: CaseId, customerId: CustomerId): Promise<BindOutcome>;
}

export const caseWriter = (db: CaseboundDatabase, chance: Chance): CaseWriter => ({
  takeChanges: (changes) => takeChanges(db, chance, changes),
  bindFoundCustomer: (caseId, customerId) => bindFoundCustomer(db, caseId, customerId),
});
