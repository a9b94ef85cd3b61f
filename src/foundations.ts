import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BudgetWindows } from './analysis/budget/budget-windows.ts';
import { type Limits, parseLimits } from './analysis/budget/limits.ts';
import type { FieldCatalogue } from './analysis/catalogue/field-catalogue.ts';
import { parseCatalogue } from './analysis/catalogue/parse-catalogue.ts';
import { createPolicy, type LoadedPolicy } from './analysis/policy/create-policy.ts';
import { parseReasonList, type ReasonList } from './analysis/reason/reason-list.ts';
import { Fault } from './model/fault.ts';
import { later } from './model/instant.ts';
import { systemChance } from './platform/chance/system-chance.ts';
import { systemClock } from './platform/clock/system-clock.ts';
import type { KeyRing } from './platform/keys/key-ring.ts';
import { openKeyRingFile } from './platform/keys/key-ring-file.ts';
import { startEmbedded } from './platform/postgres/embedded-server.ts';
import { AccessSequence } from './records/ledger/access-sequence.ts';
import { PostgresLedger } from './records/ledger/postgres-ledger.ts';
import { accessesSince, readSize } from './records/ledger/read-accesses.ts';
import { openCaseboundDatabase } from './records/schema/open-casebound-database.ts';
import type { CaseboundDatabase } from './records/schema/tables.ts';
import { openBoundKeys } from './records/vault/key-ring-binding.ts';
import type { Settings } from './settings.ts';

/** The rule files, read and checked. */
export interface Rules {
  readonly catalogue: FieldCatalogue;
  readonly limits: Limits;
  readonly reasons: ReasonList;
  readonly policy: LoadedPolicy;
}

/** Reads the policy folder. @throws Fault with one line that names the file, the line and the fix. */
export const readRules = async (policyDir: string): Promise<Rules> => {
  const read = (name: string): Promise<string> => readFile(join(policyDir, name), 'utf8');
  const catalogue = parseCatalogue(await read('fields.yaml'));
  return {
    catalogue,
    limits: parseLimits(await read('limits.yaml')),
    reasons: parseReasonList(await read('reasons.yaml'), catalogue.topics),
    policy: createPolicy({
      schemaText: await read('schema.cedarschema'),
      rulesText: await read('access.cedar'),
    }),
  };
};

/** What every command that works on the records stands on. */
export interface Storage {
  readonly db: CaseboundDatabase;
  readonly keys: KeyRing;
  /** Resolves, if ever, with why the database is given up: whoever serves should then end. */
  readonly failed: Promise<Fault>;
  close(): Promise<void>;
}

type StorageSettings = Pick<Settings, 'dataDir' | 'databaseUrl'>;

/**
 * Opens database and keys. `share` is for commands that work beside a running server: they use its database and
 * leave it running.
 * @throws Fault `storage-unusable`, `storage-down`, `storage-full` or `vault-closed`, with one line for the operator
 */
export const openStorage = async (
  settings: StorageSettings,
  { share }: { share: boolean },
): Promise<Storage> => {
  const embedded = settings.databaseUrl
    ? undefined
    : await startEmbedded({ dataDir: join(settings.dataDir, 'postgres'), share });
  try {
    const connection = settings.databaseUrl
      ? ({ kind: 'url', url: settings.databaseUrl } as const)
      : embedded?.connection;
    if (!connection) throw new Fault('bug', 'neither an external nor an embedded database');
    const db = await openCaseboundDatabase(connection, systemClock.now(), {
      steadyPlans: !share,
      ...(embedded ? { whyDown: () => embedded.whyDown() } : {}),
    });
    const file = join(settings.dataDir, 'keys', 'key-ring');
    const keys = await openBoundKeys(db, (neededKeyIds) =>
      openKeyRingFile({ file, chance: systemChance, neededKeyIds }),
    );
    return {
      db,
      keys,
      failed: embedded?.failed ?? new Promise(() => {}),
      async close() {
        await db.close();
        await embedded?.stop();
      },
    };
  } catch (thrown) {
    await embedded?.stop();
    throw thrown;
  }
};

/** The ledger with all that follows it in this process. */
export interface OpenLedger {
  readonly ledger: PostgresLedger;
  readonly sequence: AccessSequence;
  readonly budgets: BudgetWindows;
}

/** No budget looks further back than the longest shift. */
const budgetMemoryMs = 28 * 3_600_000;
const pageMax = 5_000;

/** Opens the ledger and rebuilds what follows it from the sequence itself. */
export const openLedger = async (db: CaseboundDatabase, limits: Limits): Promise<OpenLedger> => {
  const budgets = new BudgetWindows(limits);
  const next = await readSize(db);
  for await (const page of accessesSince(db, later(systemClock.now(), -budgetMemoryMs), pageMax)) {
    for (const access of page) if (access.seq < next) budgets.apply(access);
  }
  const sequence = new AccessSequence(db, next);
  sequence.subscribe((accesses) => {
    for (const access of accesses) budgets.apply(access);
  });
  const ledger = new PostgresLedger({
    db,
    chance: systemChance,
    onCommitted: (committed) => sequence.offer(committed),
  });
  return { ledger, sequence, budgets };
};
