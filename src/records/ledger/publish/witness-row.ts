import { formatInstant, type Instant, instantOf } from '../../../model/instant.ts';
import type { Querying } from './publisher-row.ts';

/** The size that each witness cosigned last for this log, by its verifier key, as far as is known here. */
export const witnessSizes = async (client: Querying, origin: string): Promise<Map<string, number>> => {
  const { rows } = await client.query<{ witness: string; size: number }>(
    'select witness, size from ledger_witness where origin = $1',
    [origin],
  );
  return new Map(rows.map(({ witness, size }) => [witness, size]));
};

export interface WitnessNews {
  readonly origin: string;
  readonly witness: string;
  readonly at: Instant;
  /** The size it cosigned last; undefined: nothing new is known. */
  readonly size: number | undefined;
  /** What is wrong with it; undefined: nothing. */
  readonly problem: string | undefined;
}

const newsSql = `
insert into ledger_witness (origin, witness, size, answered_at, problem, problem_at)
values ($1, $2, coalesce($3::bigint, 0), case when $4::text is null then $5::timestamptz end, $4,
  case when $4::text is not null then $5::timestamptz end)
on conflict (origin, witness) do update set
  size = coalesce($3::bigint, ledger_witness.size),
  answered_at = coalesce(excluded.answered_at, ledger_witness.answered_at),
  problem = excluded.problem,
  problem_at = excluded.problem_at`;

/** Keeps how a witness answered last. */
export const keepNews = async (client: Querying, news: WitnessNews): Promise<void> => {
  const { origin, witness, at, size, problem } = news;
  await client.query(newsSql, [origin, witness, size ?? null, problem ?? null, formatInstant(at)]);
};

export interface KeptCosignature {
  readonly origin: string;
  readonly size: number;
  /** The witness's verifier key. */
  readonly witness: string;
  readonly line: string;
  /** Seconds since 1970, by the witness's clock. */
  readonly time: number;
}

// The latest time that a database timestamp and a JavaScript date both hold: a witness may state any 64 bits.
const timeMax = 253_402_300_799;

export const keepCosignature = async (client: Querying, kept: KeptCosignature): Promise<void> => {
  const at = formatInstant(instantOf(Math.min(kept.time, timeMax) * 1_000));
  await client.query(
    `insert into ledger_cosignature (origin, size, witness, line, at) values ($1, $2, $3, $4, $5)
     on conflict (origin, size, witness) do nothing`,
    [kept.origin, kept.size, kept.witness, kept.line, at],
  );
};

export interface FoundCosignature {
  readonly witness: string;
  readonly line: string;
  readonly at: Instant;
}

export const cosignaturesOf = async (
  client: Querying,
  origin: string,
  size: number,
): Promise<FoundCosignature[]> => {
  const { rows } = await client.query<FoundCosignature>(
    `select witness, line, at from ledger_cosignature where origin = $1 and size = $2 order by witness collate "C"`,
    [origin, size],
  );
  return rows;
};

/** Marks a checkpoint as witnessed, and forgets cosignatures of the ones before it. */
export const keepWitnessed = async (
  client: Querying,
  checkpoint: { readonly origin: string; readonly size: number; readonly at: Instant },
): Promise<void> => {
  const { origin, size, at } = checkpoint;
  await client.query(
    `update ledger_checkpoint set witnessed_at = $3 where origin = $1 and size = $2 and witnessed_at is null`,
    [origin, size, formatInstant(at)],
  );
  await client.query('delete from ledger_cosignature where origin = $1 and size < $2', [origin, size]);
};

/** A signed checkpoint with the cosignatures that are kept for it, as one note. */
export const cosignedHead = async (
  client: Querying,
  origin: string,
  size: number,
): Promise<{ readonly note: string; readonly isWitnessed: boolean } | undefined> => {
  const { rows } = await client.query<{ note: string; witnessed: boolean }>(
    'select note, witnessed_at is not null as witnessed from ledger_checkpoint where origin = $1 and size = $2',
    [origin, size],
  );
  const lines = (await cosignaturesOf(client, origin, size)).map(({ line }) => line);
  return rows[0] && { note: rows[0].note + lines.join(''), isWitnessed: rows[0].witnessed };
};
