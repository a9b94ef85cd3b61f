import type { RawBuilder, Transaction } from 'kysely';
import type { Tables } from '../schema/tables.ts';

/** How many entries of one kind were added, changed, or already there just so. */
export interface Written {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
}
export type Tx = Transaction<Tables>;
type Statement = (rows: string) => RawBuilder<unknown>;

const rowsPerStatement = 5_000;

/** Runs a statement over the rows, a few thousand at a time, and adds up the rows it touched. */
export const overRows = async (tx: Tx, rows: readonly object[], statement: Statement): Promise<number> => {
  let touched = 0n;
  for (let from = 0; from < rows.length; from += rowsPerStatement) {
    const chunk = JSON.stringify(rows.slice(from, from + rowsPerStatement));
    touched += (await statement(chunk).execute(tx)).numAffectedRows ?? 0n;
  }
  return Number(touched);
};

/** The rows of one kind, and the statements that change those which are known and add the others. */
export interface Kind {
  readonly rows: readonly object[];
  readonly update: Statement;
  readonly insert: Statement;
}

export const write = async (tx: Tx, { rows, update, insert }: Kind): Promise<Written> => {
  const changed = await overRows(tx, rows, update);
  const added = await overRows(tx, rows, insert);
  return { added, changed, unchanged: rows.length - changed - added };
};
