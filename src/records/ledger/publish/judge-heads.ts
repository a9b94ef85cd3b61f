import { Fault } from '../../../model/fault.ts';
import type { OutsideHead, SignedHead } from './publish-ports.ts';

const wayOut = (origin: string): string =>
  `Nothing is signed, because a second history under the name ${origin} could not be told from fraud. ` +
  'Way out: restore the newest copy of the database, with every entry that was recorded. If there is none, this log ' +
  'has ended: keep its folder as evidence and begin a new log under a new name (casebound ledger restart).';

/**
 * Judges whether this database may go on signing: nobody may hold a head of the log that it does not know. After a
 * restore from a backup somebody does, and signing on would fork the log.
 *
 * `rootAt` gives the root that this database signed for a size.
 *
 * @throws Fault `ledger-stopped` with who holds what, and the way out
 */
export const judgeHeads = (
  origin: string,
  signed: SignedHead & { readonly rootAt: ReadonlyMap<number, Buffer | undefined> },
  outside: readonly OutsideHead[],
): void => {
  for (const { by, size, root } of outside) {
    if (size > signed.size)
      throw new Fault(
        'ledger-stopped',
        `${by} holds a checkpoint of ${size} entries, this database signed only ${signed.size}: it was restored ` +
          `from an older copy. ${wayOut(origin)}`,
      );
    const known = signed.rootAt.get(size);
    if (known === undefined || (root !== undefined && !known.equals(root)))
      throw new Fault(
        'ledger-stopped',
        `${by} holds a checkpoint of ${size} entries that this database did not sign: it belongs to another ` +
          `history. ${wayOut(origin)}`,
      );
  }
};
