import { hash } from 'node:crypto';
import type { Access } from '../../model/access.ts';
import { Fault } from '../../model/fault.ts';
import type { CustomerId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import type { Chance } from '../../model/ports.ts';
import { GroupedWork, type GroupLimits } from '../../platform/grouping/grouped-work.ts';
import { asDatabaseFault } from '../../platform/postgres/database-fault.ts';
import type { CaseboundDatabase } from '../schema/tables.ts';
import type { Appended, AppendOptions, EntryDraft, Ledger } from './entry-draft.ts';
import { type ChainEnd, type SealedEntry, sealEntry } from './seal-entry.ts';
import { type EntryToWrite, type KeyToWrite, writeBatchSql, writeBatchValues } from './write-batch.ts';

/** What one commit added: places `from` up to, not including, `to`, and the accesses among them in order. */
export interface Committed {
  readonly from: number;
  readonly to: number;
  readonly accesses: readonly Access[];
}

export interface PostgresLedgerPorts {
  readonly db: CaseboundDatabase;
  readonly chance: Chance;
  /** Told after each commit and before anyone is answered, so that budgets never lag behind their own process. */
  readonly onCommitted: (committed: Committed) => void;
  readonly limits?: Partial<GroupLimits>;
}

interface Keyed {
  readonly draft: EntryDraft;
  readonly key: KeyToWrite | undefined;
}

interface Ground {
  readonly size: number;
  /** Undefined for a customer whom no entry names yet. */
  readonly chains: ReadonlyMap<string, ChainEnd | undefined>;
  readonly known: ReadonlyMap<string, { seq: number; at: Instant; fingerprint: Buffer }>;
}

const defaultLimits: GroupLimits = { waitingMax: 4_096, batchMax: 512 };
const attemptsMax = 50;
/** Customers whose chain is remembered between commits: a few megabytes. */
const chainsRememberedMax = 50_000;

/** One snapshot of all that a batch builds on: the ledger's size, its customers' chains, keys already used. */
const groundSql = `
select (select size from ledger_head) as size,
  (select coalesce(json_agg(json_build_array(customer_id, last_no, last_seq)), '[]')
     from customer_chain where customer_id = any ($1::text[])) as chains,
  (select coalesce(json_agg(json_build_array(idempotency_key, seq, encode(fingerprint, 'hex'), floor(extract(epoch from at) * 1000))), '[]')
     from entry_key where idempotency_key = any ($2::uuid[])) as known`;

/**
 * The durable sequence on PostgreSQL. Appends are gathered, sealed and written by one statement that takes its
 * places by compare-and-swap on the ledger's size. Any number of processes may do this at once: whoever loses
 * the race has written nothing and builds the batch anew on the new ground. The index has no gaps because it
 * comes from the head's row and not from a database sequence.
 */
export class PostgresLedger implements Ledger {
  readonly #ports: PostgresLedgerPorts;
  readonly #group: GroupedWork<Keyed, Appended>;
  #remembered: { readonly size: number; readonly chains: Map<string, ChainEnd | undefined> } | undefined;

  constructor(ports: PostgresLedgerPorts) {
    this.#ports = ports;
    this.#group = new GroupedWork((drafts) => this.#commit(drafts), { ...defaultLimits, ...ports.limits });
  }

  append(draft: EntryDraft, options: AppendOptions = {}): Promise<Appended> {
    const key = options.idempotencyKey
      ? {
          idempotencyKey: options.idempotencyKey.toLowerCase(),
          fingerprint: hash('sha256', options.fingerprint ?? '', 'buffer').subarray(0, 16),
        }
      : undefined;
    return this.#group.add({ draft, key });
  }

  /** Resolves when every draft that was handed in has been answered. */
  drained(): Promise<void> {
    return this.#group.drained();
  }

  get waitingCount(): number {
    return this.#group.waitingCount;
  }

  async #commit(drafts: readonly Keyed[]): Promise<readonly Appended[]> {
    try {
      for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
        const answers = await this.#tryCommit(drafts);
        if (answers) return answers;
      }
    } catch (cause) {
      throw asDatabaseFault(cause);
    }
    throw new Fault('busy', `other sequencers were faster ${attemptsMax} times in a row`);
  }

  /** Undefined when the ground has changed under the batch: another sequencer was faster, or a key is known. */
  async #tryCommit(drafts: readonly Keyed[]): Promise<readonly Appended[] | undefined> {
    const ground = this.#rememberedGround(drafts) ?? (await this.#readGround(drafts));
    const { entries, answers } = this.#place(drafts, ground);
    if (entries.length === 0) return answers;
    const { rowCount } = await this.#ports.db.pool.query({
      name: 'ledger-write-batch',
      text: writeBatchSql,
      values: writeBatchValues(ground.size, entries),
    });
    if (rowCount !== 1) {
      this.#remembered = undefined;
      return undefined;
    }
    this.#remember(ground, entries);
    this.#ports.onCommitted({
      from: ground.size,
      to: ground.size + entries.length,
      accesses: entries.flatMap(({ sealed }) => accessOf(sealed)),
    });
    return answers;
  }

  /**
   * What this process's last commit left is still the ground if nobody else has committed since, and the write
   * itself checks that. Only batches whose customers are all remembered can build on it.
   */
  #rememberedGround(drafts: readonly Keyed[]): Ground | undefined {
    const remembered = this.#remembered;
    const known = drafts.every(({ draft }) => !draft.about || remembered?.chains.has(draft.about.customerId));
    return remembered && known ? { ...remembered, known: new Map() } : undefined;
  }

  #remember(ground: Ground, entries: readonly EntryToWrite[]): void {
    const current = this.#remembered?.size === ground.size ? this.#remembered.chains : new Map();
    const chains = current.size > chainsRememberedMax ? new Map() : current;
    for (const [customerId, chain] of ground.chains) chains.set(customerId, chain);
    for (const { sealed } of entries) if (sealed.chain) chains.set(sealed.chain.customerId, sealed.chain);
    this.#remembered = { size: ground.size + entries.length, chains };
  }

  async #readGround(drafts: readonly Keyed[]): Promise<Ground> {
    const customers = [
      ...new Set(drafts.flatMap(({ draft }) => (draft.about ? [draft.about.customerId] : []))),
    ];
    const keys = drafts.flatMap(({ key }) => (key ? [key.idempotencyKey] : []));
    const { rows } = await this.#ports.db.pool.query<GroundRow>({
      name: 'ledger-ground',
      text: groundSql,
      values: [customers, keys],
    });
    const row = rows[0];
    if (!row) throw new Fault('bug', 'the ledger has no head');
    return {
      size: row.size,
      chains: new Map<string, ChainEnd | undefined>([
        ...customers.map((id) => [id, undefined] as const),
        ...row.chains.map(([id, no, seq]) => [id, { no, seq }] as const),
      ]),
      known: new Map(
        row.known.map(([key, seq, fingerprint, at]) => [
          key,
          { seq, at: at as Instant, fingerprint: Buffer.from(fingerprint, 'hex') },
        ]),
      ),
    };
  }

  /** Gives each new draft the next place and seals it there; a draft whose key is known is answered from it. */
  #place(drafts: readonly Keyed[], ground: Ground): { entries: EntryToWrite[]; answers: Appended[] } {
    const chains = new Map<string, ChainEnd | undefined>();
    const known = new Map(ground.known);
    const entries: EntryToWrite[] = [];
    const answers = drafts.map(({ draft, key }): Appended => {
      const before = key && known.get(key.idempotencyKey);
      if (before)
        return {
          seq: before.seq,
          at: before.at,
          repeated: true,
          sameAsk: before.fingerprint.equals(key.fingerprint),
        };
      const seq = ground.size + entries.length;
      const about = draft.about?.customerId;
      const sealed = sealEntry(
        draft,
        seq,
        about && (chains.get(about) ?? ground.chains.get(about)),
        this.#ports.chance,
      );
      if (sealed.chain) chains.set(sealed.chain.customerId, sealed.chain);
      if (key) known.set(key.idempotencyKey, { seq, at: draft.at, fingerprint: key.fingerprint });
      entries.push({ sealed, key });
      return { seq, at: draft.at, repeated: false, sameAsk: true };
    });
    return { entries, answers };
  }
}

interface GroundRow {
  readonly size: number;
  readonly chains: readonly [CustomerId, number, number][];
  readonly known: readonly [string, number, string, number][];
}

const accessOf = ({ seq, draft }: SealedEntry): Access[] =>
  draft.access ? [{ ...draft.access, seq, at: draft.at }] : [];
