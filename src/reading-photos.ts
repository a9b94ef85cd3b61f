import { openStorage } from './foundations.ts';
import { systemChance } from './platform/chance/system-chance.ts';
import { systemClock } from './platform/clock/system-clock.ts';
import { openAgentSealers } from './records/agent-keys/agent-sealers.ts';
import { issuedViewReader } from './records/issued-views/issued-view-reader.ts';
import { actedByProgram } from './records/ledger/acted-by.ts';
import { PostgresLedger } from './records/ledger/postgres-ledger.ts';
import type { StorageSettings } from './settings.ts';
import { type PersonReading, photoReader } from './workflows/read-watermark/read-for-person.ts';
import type { ReadAsk } from './workflows/read-watermark/read-watermark.ts';

/** The reading of pictures with the records at hand, put together for the command line. */
export interface ReadingPhotos {
  read(ask: ReadAsk): Promise<PersonReading>;
  close(): Promise<void>;
}

/**
 * Opens the records beside a running server, or without one.
 * @throws Fault with one line for the operator
 */
export const openReadingPhotos = async (settings: StorageSettings): Promise<ReadingPhotos> => {
  const { db, keys, close } = await openStorage(settings, { share: true });
  const ledger = new PostgresLedger({ db, chance: systemChance, onCommitted: () => {} });
  const sealer = openAgentSealers({ db, keys, chance: systemChance });
  const read = photoReader({
    clock: systemClock,
    ledger,
    issued: issuedViewReader(db.kysely),
    actedBy: (_sessionId, detail) => actedByProgram(sealer, detail),
  });
  return { read: (ask) => read(undefined, ask), close: () => close() };
};
