import { openCheckpoint } from './analysis/tlog/checkpoint/checkpoint.ts';
import { formatVerifierKey } from './analysis/tlog/note/verifier-key.ts';
import { openStorage } from './foundations.ts';
import { Fault, isFault } from './model/fault.ts';
import { systemChance } from './platform/chance/system-chance.ts';
import { systemClock } from './platform/clock/system-clock.ts';
import { keyFileOf, logStoreOf } from './published-log.ts';
import { openAgentSealers } from './records/agent-keys/agent-sealers.ts';
import { actedByProgram } from './records/ledger/acted-by.ts';
import { PostgresLedger } from './records/ledger/postgres-ledger.ts';
import {
  beginKeyChange,
  type ChangingKey,
  endKeyChange,
  findKeyChange,
} from './records/ledger/publish/log-key.ts';
import type { CaseboundDatabase } from './records/schema/tables.ts';
import type { StorageSettings } from './settings.ts';

export interface KeyChange {
  readonly origin: string;
  /** The verifier keys. */
  readonly from: string;
  readonly to: string;
}

const shown = ({ from, to }: ChangingKey): KeyChange => ({
  origin: from.verifierKey.name,
  from: formatVerifierKey(from.verifierKey),
  to: formatVerifierKey(to.verifierKey),
});

/** Whoever reads the newest checkpoint must be able to read it with the new key alone. */
const checkSigned = async (settings: StorageSettings, { from, to }: ChangingKey): Promise<void> => {
  const bytes = await logStoreOf(settings, from.verifierKey.name).read('checkpoint');
  try {
    openCheckpoint(bytes ?? Buffer.of(), to.verifierKey);
  } catch (cause) {
    if (!isFault(cause)) throw cause;
    throw new Fault(
      'conflict',
      'no checkpoint carries the new key’s signature yet: let the server publish one, or run casebound ledger export',
      { cause },
    );
  }
};

const record = async (
  db: CaseboundDatabase,
  storage: Awaited<ReturnType<typeof openStorage>>,
  detail: Readonly<Record<string, string>>,
): Promise<void> => {
  const ledger = new PostgresLedger({ db, chance: systemChance, onCommitted: () => {} });
  const sealFor = openAgentSealers({ db, keys: storage.keys, chance: systemChance });
  await ledger.append({ kind: 'key/v1', at: systemClock.now(), by: await actedByProgram(sealFor, detail) });
  await ledger.drained();
};

/**
 * Changes the log's key in two steps, some time apart: first both keys sign every checkpoint, so that everyone can
 * take the new one over; then the old one is destroyed. Each step is on record.
 * @throws Fault `unprocessable` when there is nothing to finish, `conflict` while nothing is signed by the new key
 */
export const changeLogKey = async (
  settings: StorageSettings,
  { finish }: { readonly finish: boolean },
): Promise<KeyChange> => {
  const storage = await openStorage(settings, { share: true });
  try {
    const { db } = storage;
    const file = keyFileOf(settings);
    const change = finish ? await findKeyChange(db, file) : await beginKeyChange(db, file);
    const { from, origin, to } = shown(change);
    if (change.begun) await record(db, storage, { act: 'log-key-begins', origin, from, to });
    if (!finish) return { from, origin, to };
    await checkSigned(settings, change);
    await record(db, storage, { act: 'log-key-ends', origin, from, to });
    await endKeyChange(file);
    return { from, origin, to };
  } finally {
    await storage.close();
  }
};
