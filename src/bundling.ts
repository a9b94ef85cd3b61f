import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BundleFiles } from './analysis/tlog/bundle/manifest.ts';
import type { Completeness, DisclosureClass } from './analysis/tlog/bundle/statements.ts';
import { openCheckpoint, type SignedCheckpoint } from './analysis/tlog/checkpoint/checkpoint.ts';
import { openStorage, type Storage } from './foundations.ts';
import { Fault } from './model/fault.ts';
import { type AgentId, type CaseId, type CustomerId, parseId, parseViewId } from './model/id.ts';
import { type Instant, parseInstant } from './model/instant.ts';
import { handOutCheckpoint } from './newest-checkpoint.ts';
import { systemChance } from './platform/chance/system-chance.ts';
import { systemClock } from './platform/clock/system-clock.ts';
import { openLog } from './published-log.ts';
import { openAgentSealers } from './records/agent-keys/agent-sealers.ts';
import { findAgentSealer } from './records/agent-keys/find-agent-sealer.ts';
import { caseReader } from './records/cases/case-reader.ts';
import { customerSealer } from './records/customer-keys/customer-sealer.ts';
import { directoryReader } from './records/directory/directory-reader.ts';
import type { BundleQuery } from './records/ledger/bundle/bundle-query.ts';
import { PostgresLedger } from './records/ledger/postgres-ledger.ts';
import { findByRef } from './records/vault/find-customers.ts';
import type { StorageSettings } from './settings.ts';
import { exportEvidence } from './workflows/export-evidence/export-evidence.ts';

/** What the command line says, as text: ids may be our own or the help desk's and the directory's references. */
export interface BundleWords {
  readonly outFile: string;
  readonly customer: string | undefined;
  readonly agent: string | undefined;
  readonly caseKey: string | undefined;
  readonly view: string | undefined;
  /** `FIRST-LAST` */
  readonly entries: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Classes, with commas between them; `none` for none. */
  readonly show: string | undefined;
  readonly heldFiles: readonly string[];
  readonly recipient: string | undefined;
}

const wrong = (problem: string): Fault => new Fault('unprocessable', problem);

const timeOf = (option: string, text: string | undefined): Instant | undefined => {
  if (text === undefined) return undefined;
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;
  const at = parseInstant(day);
  if (at === undefined) throw wrong(`${option} ${text}: not a time like 2026-11-22T12:00:00Z or a day`);
  return at;
};

const classNames: readonly DisclosureClass[] = ['customer', 'actor'];
const usuallyShown: Readonly<Record<BundleQuery['by'], readonly DisclosureClass[]>> = {
  customer: ['customer'],
  agent: ['actor'],
  case: ['customer'],
  view: ['customer'],
  entries: [],
  times: [],
};

const shownOf = (query: BundleQuery, show: string | undefined): ReadonlySet<DisclosureClass> => {
  if (show === undefined) return new Set(usuallyShown[query.by]);
  if (show === 'none') return new Set();
  const shown = show.split(',').map((word) => classNames.find((name) => name === word.trim()));
  if (shown.includes(undefined)) throw wrong(`--show ${show}: write customer, actor, customer,actor or none`);
  return new Set(shown.filter((name) => name !== undefined));
};

const customerOf = async ({ db, keys }: Storage, text: string): Promise<CustomerId> => {
  const id = parseId('customer', text) ?? (await findByRef({ db, keys }, text));
  if (id === undefined) throw wrong('--customer: there is no customer of that id or reference');
  return id;
};

const agentOf = async ({ db }: Storage, text: string): Promise<AgentId> => {
  const id = parseId('agent', text) ?? (await directoryReader(db.kysely).agentByRef(text))?.id;
  if (id === undefined) throw wrong('--agent: there is no agent of that id or reference');
  return id;
};

const caseOf = async ({ db }: Storage, text: string): Promise<CaseId> => {
  const id = parseId('case', text) ?? (await caseReader(db).caseByKey(text))?.id;
  if (id === undefined) throw wrong('--case: there is no case of that id or reference');
  return id;
};

const rangeOf = (text: string): BundleQuery => {
  const [, first, last] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  if (first === undefined || last === undefined)
    throw wrong(`--entries ${text}: not FIRST-LAST, such as 100-199`);
  return { by: 'entries', first: Number(first), last: Number(last) };
};

const queryOf = async (storage: Storage, words: BundleWords): Promise<BundleQuery> => {
  const times = { from: timeOf('--from', words.from), to: timeOf('--to', words.to) };
  const { customer, agent, caseKey, view, entries } = words;
  if (customer !== undefined)
    return { by: 'customer', customerId: await customerOf(storage, customer), ...times };
  if (agent !== undefined) return { by: 'agent', agentId: await agentOf(storage, agent), ...times };
  if (caseKey !== undefined) return { by: 'case', caseId: await caseOf(storage, caseKey), ...times };
  if (view !== undefined) {
    const viewId = parseViewId(view.toLowerCase());
    if (!viewId) throw wrong(`--view ${view}: not 12 hexadecimal digits`);
    return { by: 'view', viewId, ...times };
  }
  return entries === undefined ? { by: 'times', ...times } : rangeOf(entries);
};

const readTools = async (): Promise<BundleFiles> => {
  const folder = join(import.meta.dirname, '..', 'verifier');
  const names = [
    ['tools/verify-plain.sh', 'verify-plain.sh'],
    ['tools/verify.html', 'verify.html'],
  ] as const;
  return new Map(
    await Promise.all(names.map(async ([path, name]) => [path, await readFile(join(folder, name))] as const)),
  );
};

export interface Bundled {
  readonly origin: string;
  readonly size: number;
  readonly vkey: string;
  readonly seq: number;
  readonly entries: number;
  readonly bytes: number;
  readonly completeness: Completeness;
}

/**
 * Writes an evidence bundle to a file, and enters into the ledger that it was taken out.
 * @throws Fault with one line for the operator
 */
export const writeBundle = async (settings: StorageSettings, words: BundleWords): Promise<Bundled> => {
  const storage = await openStorage(settings, { share: true });
  const { db, keys } = storage;
  let close = async (): Promise<void> => undefined;
  try {
    const query = await queryOf(storage, words);
    const log = await openLog(db, settings);
    close = () => log.publisher.close();
    const heldOf = async (file: string): Promise<SignedCheckpoint> => {
      const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
        throw new Fault('unprocessable', `--held ${file} cannot be read (${cause.code})`, { cause });
      });
      return openCheckpoint(bytes, log.signer.verifierKey, `--held ${file}`);
    };
    const { rows } = await db.pool.query<{ first_seq: number }>('select first_seq from ledger_publisher');
    const sealerOf = customerSealer(storage);
    const ask = {
      query,
      shown: shownOf(query, words.show),
      held: await Promise.all(words.heldFiles.map(heldOf)),
      recipient: words.recipient,
    };
    const ports = {
      db,
      store: log.store,
      firstSeq: rows[0]?.first_seq ?? 0,
      signer: log.signer,
      clock: systemClock,
      ledger: new PostgresLedger({ db, chance: systemChance, onCommitted: () => undefined }),
      sealFor: openAgentSealers({ db, keys, chance: systemChance }),
      sealerOf,
      openerOf: (subjectClass: DisclosureClass, id: string) =>
        subjectClass === 'customer'
          ? sealerOf(id as CustomerId)
          : findAgentSealer({ db, keys }, id as AgentId),
      tools: await readTools(),
      checkpointOver: (sizeMin: number) => handOutCheckpoint(log, sizeMin),
    };
    const { checkpoint, completeness, entries, seq, zip } = await exportEvidence(ports, ask);
    await writeFile(words.outFile, zip);
    const { origin, size } = checkpoint;
    return { origin, size, vkey: log.vkey, seq, entries, bytes: zip.length, completeness };
  } finally {
    await close();
    await storage.close();
  }
};
