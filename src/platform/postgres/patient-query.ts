import type pg from 'pg';
import { asDatabaseFault } from './database-fault.ts';

/** Counting or clearing millions of rows takes longer than any statement that somebody waits for. */
const statementMs = 600_000;

type PatientConfig = pg.QueryConfig & { readonly query_timeout: number };

/**
 * Runs one statement for up to ten minutes, in a transaction of its own: for work in the background.
 * @throws Fault as asDatabaseFault says
 */
export const patientQuery = async <Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  text: string,
  values: readonly unknown[],
): Promise<readonly Row[]> => {
  const client = await pool.connect().catch((thrown: unknown) => Promise.reject(asDatabaseFault(thrown)));
  let broken = true;
  try {
    await client.query('begin');
    await client.query(`set local statement_timeout = ${statementMs}`);
    const asked: PatientConfig = { text, values: [...values], query_timeout: statementMs + 5_000 };
    const { rows } = await client.query<Row>(asked);
    await client.query('commit');
    broken = false;
    return rows;
  } catch (thrown) {
    throw asDatabaseFault(thrown);
  } finally {
    // A connection inside a failed transaction goes away rather than back.
    client.release(broken);
  }
};
