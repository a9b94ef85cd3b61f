import { Fault } from '../../../model/fault.ts';
import type { CaseboundDatabase } from '../../schema/tables.ts';

/**
 * Ends the log that this database published and begins a new one, under a new name, over all entries it has. For
 * when the old one may not be signed on. What the old one signed is kept.
 * @throws Fault `unprocessable` when a log had this name before
 */
export const startNewLog = async (db: CaseboundDatabase, origin: string): Promise<void> => {
  const { rowCount } = await db.pool.query(
    `update ledger_publisher set origin = $1, size = 0, root = null, first_seq = 0, epoch = epoch + 1
     where origin is distinct from $1 and not exists (select from ledger_checkpoint where origin = $1)`,
    [origin],
  );
  if (rowCount !== 1)
    throw new Fault('unprocessable', `a log was called ${origin} before: a new log takes a name of its own`);
};
