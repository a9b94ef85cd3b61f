import type pg from 'pg';
import { formatInstant, type Instant } from '../../model/instant.ts';
import { lockClass, lockNumber } from '../../platform/postgres/advisory-locks.ts';
import { asDatabaseFault } from '../../platform/postgres/database-fault.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import type { Erasure } from './erasure.ts';
import { heldStatements } from './erasure-reader.ts';

const rowsOf = async (client: pg.PoolClient, text: string, values: readonly unknown[]): Promise<number> =>
  (await client.query(text, [...values])).rowCount ?? 0;

/** Everything by which a customer can be found or read; one after the other, since the row names the rest. */
const destroyCustomer = async (client: pg.PoolClient, id: string) => {
  const keys = await rowsOf(client, 'delete from keys.customer_key where customer_id = $1', [id]);
  const lookUps = await rowsOf(client, 'delete from lookup_hash where customer_id = $1', [id]);
  // The help desk's cases stay, and say no more whom they were about.
  const changes = await rowsOf(
    client,
    `update case_change cc set customer_ref_hash = null
     from customer cu
     where cu.id = $1 and cc.customer_ref_hash = cu.ref_hash and cc.case_ref in (
       select c.ref from support_case c where c.customer_ref_hash = cu.ref_hash
       union select c.ref from support_case c where c.id in (select case_id from access where customer_id = $1))`,
    [id],
  );
  const cases = await rowsOf(
    client,
    `update support_case c
     set customer_ref_hash = case when c.customer_ref_hash = cu.ref_hash then null else c.customer_ref_hash end,
       found_customer_id = case when c.found_customer_id = $1 then null else c.found_customer_id end
     from (select ref_hash from customer where id = $1) cu
     where c.customer_ref_hash = cu.ref_hash or c.found_customer_id = $1`,
    [id],
  );
  const vaultRows = await rowsOf(client, 'delete from customer where id = $1', [id]);
  return { keys, lookUps, vaultRows, sessions: 0, links: changes + cases };
};

/** An agent's row stays, since entries and rows name its id; what it says of a person goes. */
const destroyAgent = async (client: pg.PoolClient, id: string, standIn: string) => {
  const keys = await rowsOf(client, 'delete from keys.agent_key where agent_id = $1', [id]);
  const sessions = await rowsOf(client, 'delete from session where agent_id = $1', [id]);
  const cases = await rowsOf(
    client,
    `update support_case c set holder_ref = case when c.holder_ref = a.ref then $2 else c.holder_ref end,
       helper_refs = array_replace(c.helper_refs, a.ref, $2)
     from agent a where a.id = $1 and (c.holder_ref = a.ref or a.ref = any (c.helper_refs))`,
    [id, standIn],
  );
  const changes = await rowsOf(
    client,
    'update case_change cc set agent_ref = $2 from agent a where a.id = $1 and cc.agent_ref = a.ref',
    [id, standIn],
  );
  const named = await rowsOf(
    client,
    `update agent set ref = $2, subject = null, name = 'erased', standing_no = standing_no + 1 where id = $1`,
    [id, standIn],
  );
  return { keys, lookUps: 0, vaultRows: named, sessions, links: cases + changes };
};

/** `held`: a hold came first and the erasure is blocked. `moved`: another process has taken this step. */
export type Destruction = 'destroyed' | 'held' | 'moved';

/**
 * The point of no return, one transaction: the key, and all by which the person can be found or read. Holds are
 * asked again in here, and nobody can put one on meanwhile.
 */
export const destroySubject = async (
  db: CaseboundDatabase,
  { id, standIn, subjectClass, subjectId }: Erasure,
  now: Instant,
): Promise<Destruction> => {
  const client = await db.pool.connect().catch((thrown: unknown) => Promise.reject(asDatabaseFault(thrown)));
  let broken = true;
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1, $2)', [lockClass, lockNumber.destroySubject]);
    const turn = await rowsOf(client, `select from erasure where id = $1 and state = 'ordered' for update`, [
      id,
    ]);
    // Another process carries it on: whoever reads its state again sees how far it is.
    if (turn !== 1 || subjectId === undefined) return 'moved';
    const held = await client.query<{ held: boolean }>(heldStatements[subjectClass], [
      subjectId,
      formatInstant(now),
    ]);
    const outcome = held.rows[0]?.held === false ? 'destroyed' : 'held';
    if (outcome === 'held') await client.query(`update erasure set state = 'blocked' where id = $1`, [id]);
    else {
      const gone =
        subjectClass === 'customer'
          ? await destroyCustomer(client, subjectId)
          : await destroyAgent(client, subjectId, standIn);
      await client.query(
        `update erasure set state = 'destroyed', destroyed_at = $2, keys = $3, vault_rows = $4, look_ups = $5,
           sessions = $6, links = $7
         where id = $1`,
        [id, formatInstant(now), gone.keys, gone.vaultRows, gone.lookUps, gone.sessions, gone.links],
      );
    }
    await client.query('commit');
    broken = false;
    return outcome;
  } catch (thrown) {
    throw asDatabaseFault(thrown);
  } finally {
    // A connection inside a failed transaction goes away rather than back.
    client.release(broken);
  }
};
