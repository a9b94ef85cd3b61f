import { setTimeout } from 'node:timers/promises';
import type pg from 'pg';
import { decodeDisclosure } from '../../../analysis/tlog/entry/disclosure.ts';
import type { SignerKey } from '../../../analysis/tlog/note/signer-key.ts';
import { formatVerifierKey } from '../../../analysis/tlog/note/verifier-key.ts';
import { Fault } from '../../../model/fault.ts';
import { formatInstant } from '../../../model/instant.ts';
import type { Chance, Clock } from '../../../model/ports.ts';
import type { LogStore } from '../../../platform/log-store/log-store.ts';
import { asDatabaseFault } from '../../../platform/postgres/database-fault.ts';
import type { CaseboundDatabase } from '../../schema/tables.ts';
import { actedByProgram, type SealFor } from '../acted-by.ts';
import { disclosureContext, sealEntry } from '../seal-entry.ts';
import { writeBatchSql, writeBatchValues } from '../write-batch.ts';
import type { LedgerPublisher } from './publisher.ts';

/** In the folder of a log that follows another: the disclosure by which its first entry commits to that one's end. */
export const beginsPath = 'begins';

export interface OpenYearPorts {
  readonly db: CaseboundDatabase;
  readonly chance: Chance;
  readonly clock: Clock;
  readonly sealFor: SealFor;
  /** The log that ends: its publisher and its key. */
  readonly publisher: Pick<LedgerPublisher, 'step'>;
  readonly from: SignerKey;
  /** The log that begins: its key, and where it will stand. */
  readonly to: SignerKey;
  readonly store: Pick<LogStore, 'replace'>;
}

export interface YearOpened {
  /** The place in the sequence of the new log's first entry. */
  readonly firstSeq: number;
  /** How many entries the old log ended with. */
  readonly endedSize: number;
}

/** Appends wait this long at most; a log that cannot be published by then goes on under its old name. */
const patience = { msMax: 6_000, lookMs: 50 };

interface LastHead {
  readonly first_seq: number;
  readonly size: number;
  readonly note: string | null;
}

const lastHead = async (client: pg.PoolClient, origin: string): Promise<LastHead | undefined> => {
  const { rows } = await client.query<LastHead>(
    `select p.first_seq, p.size, c.note from ledger_publisher p
     left join ledger_checkpoint c on c.origin = p.origin and c.size = p.size where p.origin = $1`,
    [origin],
  );
  return rows[0];
};

/** Publishes what is left, by this process or by the server that holds the turn, until all of it is signed. */
const signAll = async (
  { from, publisher }: OpenYearPorts,
  client: pg.PoolClient,
  size: number,
): Promise<LastHead & { readonly note: string }> => {
  for (let waitedMs = 0; waitedMs <= patience.msMax; waitedMs += patience.lookMs) {
    await publisher.step();
    const head = await lastHead(client, from.verifierKey.name);
    if (head && head.note !== null && head.first_seq + head.size === size)
      return { ...head, note: head.note };
    await setTimeout(patience.lookMs);
  }
  throw new Fault(
    'busy',
    'the log of the past year was not signed to its end in time: it is tried again later',
  );
};

/**
 * The first entry of the new log, which commits to the last checkpoint of the old one word for word. What it says is
 * put beside the new log, so that anyone can check the link.
 */
const writeFirst = async (
  ports: OpenYearPorts,
  client: pg.PoolClient,
  { firstSeq, previous }: { readonly firstSeq: number; readonly previous: string },
): Promise<void> => {
  const detail = { act: 'log-begins', origin: ports.to.verifierKey.name, previous };
  const by = await actedByProgram(ports.sealFor, detail);
  const draft = { kind: 'key/v1', at: ports.clock.now(), by } as const;
  const sealed = sealEntry(draft, firstSeq, undefined, ports.chance);
  const texts = by.sealer
    .open(sealed.actorSealed ?? Buffer.of(), disclosureContext(firstSeq, 'actor'))
    .toString()
    .split('\n');
  const told = texts.find((text) => decodeDisclosure(text).name === 'detail') ?? '';
  await ports.store.replace({ path: beginsPath, bytes: Buffer.from(`${told}\n`) });
  const { rowCount } = await client.query(
    writeBatchSql,
    writeBatchValues(firstSeq, [{ sealed, key: undefined }]),
  );
  if (rowCount !== 1) throw new Fault('bug', 'the ledger grew while its head was held');
};

const noteLogs = async (ports: OpenYearPorts, client: pg.PoolClient, last: LastHead): Promise<void> => {
  const now = formatInstant(ports.clock.now());
  const [from, to] = [ports.from.verifierKey, ports.to.verifierKey];
  await client.query(
    `insert into ledger_log (origin, first_seq, vkey, began_at, ended_size, ended_at)
     values ($1, $2, $3, $4::timestamptz, $5, $4::timestamptz)
     on conflict (origin) do update set vkey = excluded.vkey, ended_size = excluded.ended_size, ended_at = excluded.ended_at`,
    [from.name, last.first_seq, formatVerifierKey(from), now, last.size],
  );
  await client.query(
    'insert into ledger_log (origin, first_seq, vkey, began_at) values ($1, $2, $3, $4::timestamptz)',
    [to.name, last.first_seq + last.size, formatVerifierKey(to), now],
  );
  await client.query(
    `update ledger_publisher set origin = $2, first_seq = $3, size = 0, root = null, epoch = epoch + 1 where origin = $1`,
    [from.name, to.name, last.first_seq + last.size],
  );
};

/**
 * Ends a log and begins the next one, without a gap and without an overlap: the old log's last checkpoint covers all
 * entries up to the place where the new one begins, and the new one's first entry holds that checkpoint. Appends wait
 * for the moment that it takes; all of it happens, or nothing.
 * @throws Fault `busy` when the old log cannot be signed to its end now, `unprocessable` when the name was used before
 */
export const openYear = async (ports: OpenYearPorts): Promise<YearOpened> => {
  // What can be signed while appends go on is signed before they have to wait.
  for (let did = 'published'; did === 'published'; ) ({ did } = await ports.publisher.step());
  const client = await ports.db.pool
    .connect()
    .catch((thrown: unknown) => Promise.reject(asDatabaseFault(thrown)));
  let broken = true;
  try {
    await client.query('begin');
    const used = await client.query('select from ledger_checkpoint where origin = $1 limit 1', [
      ports.to.verifierKey.name,
    ]);
    if (used.rowCount !== 0)
      throw new Fault('unprocessable', `a log was called ${ports.to.verifierKey.name} before`);
    const head = await client.query<{ size: number }>('select size from ledger_head for update');
    const firstSeq = head.rows[0]?.size ?? 0;
    const last = await signAll(ports, client, firstSeq);
    await writeFirst(ports, client, { firstSeq, previous: last.note });
    await noteLogs(ports, client, last);
    await client.query('commit');
    broken = false;
    return { firstSeq, endedSize: last.size };
  } catch (thrown) {
    throw asDatabaseFault(thrown);
  } finally {
    // A connection inside a failed transaction goes away rather than back.
    client.release(broken);
  }
};
