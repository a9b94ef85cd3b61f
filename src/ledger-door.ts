import type { LedgerDoor } from './interfaces/http/http-ports.ts';
import { logStoreOf } from './published-log.ts';
import { readEntryStanding, readLedgerHeads } from './records/ledger/publish/ledger-standing.ts';
import type { CaseboundDatabase } from './records/schema/tables.ts';
import type { StorageSettings } from './settings.ts';

/** What the HTTP interface may know of the published ledger. */
export const ledgerDoor = (db: CaseboundDatabase, settings: StorageSettings): LedgerDoor => ({
  heads: () => readLedgerHeads(db),
  entry: (seq) => readEntryStanding({ db, storeOf: (origin) => logStoreOf(settings, origin) }, seq),
});
