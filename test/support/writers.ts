import { setTimeout as pause } from 'node:timers/promises';
import type { FaultCode } from '../../src/model/fault.ts';
import type { Database } from '../../src/platform/postgres/database.ts';
import { asDatabaseFault } from '../../src/platform/postgres/database-fault.ts';

/**
 * Several connections that write numbered rows, one after another, and keep what was acknowledged: the witness of
 * tests that break the server. A row that failed is not tried again under its number.
 */
export class Writers {
  readonly faultCodes: FaultCode[] = [];
  readonly #db: Database<unknown>;
  readonly #acknowledged = new Set<number>();
  #next = 0;
  #ending = false;
  #running: Promise<void>[] = [];

  private constructor(db: Database<unknown>) {
    this.#db = db;
  }

  /** `filler`: how many bytes that cannot be compressed each row carries besides its number. */
  static async start(db: Database<unknown>, count: number, filler = 0): Promise<Writers> {
    await db.pool.query('drop table if exists written');
    await db.pool.query('create table written (no bigint primary key, filler bytea not null)');
    const writers = new Writers(db);
    writers.#running = Array.from({ length: count }, () => writers.#write(filler));
    return writers;
  }

  async #write(filler: number): Promise<void> {
    while (!this.#ending) {
      const no = this.#next;
      this.#next += 1;
      try {
        await this.#db.pool.query('insert into written (no, filler) values ($1, $2)', [
          no,
          crypto.getRandomValues(Buffer.alloc(filler)),
        ]);
        this.#acknowledged.add(no);
      } catch (thrown) {
        this.faultCodes.push(asDatabaseFault(thrown).code);
        await pause(5);
      }
    }
  }

  get acknowledgedCount(): number {
    return this.#acknowledged.size;
  }

  /** Waits until that many more rows are acknowledged than now. */
  async untilMoreAcknowledged(more: number): Promise<void> {
    const goal = this.#acknowledged.size + more;
    while (this.#acknowledged.size < goal) await pause(2);
  }

  async stop(): Promise<void> {
    this.#ending = true;
    await Promise.all(this.#running);
  }

  /** How many acknowledged rows the database does not have. */
  async countLost(): Promise<number> {
    const { rows } = await this.#db.pool.query<{ no: number }>('select no from written');
    const there = new Set(rows.map((row) => row.no));
    return [...this.#acknowledged].filter((no) => !there.has(no)).length;
  }
}
