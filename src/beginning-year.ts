import type { ErasingParts } from './erasing.ts';
import { systemChance } from './platform/chance/system-chance.ts';
import { systemClock } from './platform/clock/system-clock.ts';
import { keyFileOf, logStoreOf, openLog } from './published-log.ts';
import { type LogKeyFile, makeYearKey, originOfYear } from './records/ledger/publish/log-key.ts';
import { openYear, type YearOpened } from './records/ledger/publish/open-year.ts';

/**
 * Begins the log of this year when the operator's name for the log has the year in it and the log in use is of
 * another year. Undefined when there is nothing to begin: also while nothing was published, or a change of the key is
 * under way.
 * @throws Fault `busy` when the old log cannot be signed to its end now; the next try goes on
 */
export const beginYear = async (
  { agentSealer, db, settings }: Pick<ErasingParts, 'agentSealer' | 'db' | 'settings'>,
  keyFile: LogKeyFile = keyFileOf(settings),
): Promise<(YearOpened & { readonly origin: string }) | undefined> => {
  const origin = originOfYear(keyFile);
  if (origin === undefined) return undefined;
  const log = await openLog(db, settings);
  try {
    const { also, verifierKey } = log.signer;
    const published = await log.store.read('checkpoint');
    if (verifierKey.name === origin || also || !published) return undefined;
    const to = await makeYearKey(keyFile, origin);
    const opened = await openYear({
      db,
      chance: systemChance,
      clock: systemClock,
      sealFor: agentSealer,
      publisher: log.publisher,
      from: log.signer,
      to,
      store: logStoreOf(settings, origin),
    });
    return { ...opened, origin };
  } finally {
    await log.publisher.close();
  }
};
