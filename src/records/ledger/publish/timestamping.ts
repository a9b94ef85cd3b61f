import { formatInstant, type Instant, later } from '../../../model/instant.ts';
import type { Clock } from '../../../model/ports.ts';
import { faulting } from '../../../platform/postgres/faulting.ts';
import type { CaseboundDatabase } from '../../schema/tables.ts';
import type { Querying } from './publisher-row.ts';
import { cosignedHead } from './witness-row.ts';

/** A timestamp service's whole answer, checked, and the time in it. */
export interface Stamp {
  readonly answer: Uint8Array;
  readonly at: Instant;
}

export interface TimestampingPorts {
  readonly db: CaseboundDatabase;
  readonly clock: Clock;
  readonly origin: string;
  /** Stamp only what the quorum of witnesses has cosigned. */
  readonly onlyWitnessed: boolean;
  /** Has bytes stamped, or says why not. */
  readonly stamp: (bytes: Uint8Array) => Promise<Stamp | { readonly problem: string }>;
  readonly everyMs: number;
  /** Told when what is wrong with the service changes; undefined: nothing is any more. */
  readonly onTimestamps: (problem: string | undefined) => void;
}

const retryMsFirst = 60_000;

const dueSql = (onlyWitnessed: boolean): string => `
select size,
  (select max(at) from ledger_timestamp where origin = $1) as "stampedAt",
  (select max(size) from ledger_timestamp where origin = $1) as "stampedSize"
from ledger_checkpoint where origin = $1 ${onlyWitnessed ? 'and witnessed_at is not null' : ''}
order by size desc limit 1`;

interface DueRow {
  readonly size: number;
  readonly stampedAt: Instant | null;
  readonly stampedSize: number | null;
}

/**
 * Has the newest checkpoint stamped by a timestamp service, now and then. A service that does not answer holds up
 * nothing: it is asked again later, over the checkpoint that is the newest then.
 */
export class Timestamping {
  readonly #ports: TimestampingPorts;
  #running: Promise<void> | undefined;
  #nextTryAt: Instant | undefined;
  #failures = 0;
  #problem: string | undefined;

  constructor(ports: TimestampingPorts) {
    this.#ports = ports;
  }

  /** Asks when it is time to, and does not wait for the answer. */
  turn(): void {
    const now = this.#ports.clock.now();
    if (this.#running || (this.#nextTryAt !== undefined && now < this.#nextTryAt)) return;
    this.#running = this.#stampIfDue(now)
      .catch(() => this.#failed('the answer could not be kept', now))
      .finally(() => {
        this.#running = undefined;
      });
  }

  /** Resolves when nothing is being asked any more. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #stampIfDue(now: Instant): Promise<void> {
    const { db, origin, onlyWitnessed, stamp, everyMs } = this.#ports;
    const client = db.pool as Querying;
    const [due] = (await faulting(client.query<DueRow>(dueSql(onlyWitnessed), [origin]))).rows;
    if (!due || due.size <= (due.stampedSize ?? 0)) return;
    if (due.stampedAt !== null && now < later(due.stampedAt, everyMs)) return;
    const stamped = Buffer.from((await faulting(cosignedHead(client, origin, due.size)))?.note ?? '');
    const made = await stamp(stamped);
    if ('problem' in made) return this.#failed(made.problem, now);
    await faulting(
      client.query(
        `insert into ledger_timestamp (origin, size, stamped, answer, at) values ($1, $2, $3, $4, $5)
         on conflict (origin, size) do nothing`,
        [origin, due.size, stamped, Buffer.from(made.answer), formatInstant(made.at)],
      ),
    );
    this.#failures = 0;
    this.#nextTryAt = undefined;
    this.#tell(undefined);
  }

  #failed(problem: string, now: Instant): void {
    const { everyMs } = this.#ports;
    this.#nextTryAt = later(
      now,
      Math.min(retryMsFirst * 2 ** this.#failures, Math.max(everyMs, retryMsFirst)),
    );
    this.#failures += 1;
    this.#tell(problem);
  }

  #tell(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#ports.onTimestamps(problem);
  }
}
