import type { Exposure } from '../../analysis/exposure/exposed-customer.ts';
import { ExposureCollector, exposureColumns } from '../../analysis/exposure/exposure-collector.ts';
import type { ExposureScope } from '../../analysis/exposure/exposure-scope.ts';
import { type LogAccount, type LogProgress, openLogTables } from '../../platform/log-tables/log-tables.ts';
import { assertUsed } from './trace-leak.ts';

export interface ExposureQuestion {
  readonly accesses: readonly string[];
  /** A leaked sample, whose customers are known to have been taken. */
  readonly sample: readonly string[];
  readonly map: string | undefined;
  readonly scopes: readonly ExposureScope[];
  readonly onRead: (progress: LogProgress) => void;
  readonly signal: AbortSignal;
}

export interface ExposureFound {
  readonly exposure: Exposure;
  readonly account: LogAccount;
}

/**
 * Reads logs in any order and says who was exposed to whom.
 * @throws Fault `unprocessable`: one line that names the file, the column or the key, and the fix
 */
export const findExposed = async (question: ExposureQuestion): Promise<ExposureFound> => {
  const { accesses, sample, map, scopes, onRead, signal } = question;
  const tables = await openLogTables(
    { accesses, sample, map },
    { columns: exposureColumns, ordered: false, onProgress: onRead, signal },
  );
  try {
    const list = sample.length > 0 ? await tables.sample() : undefined;
    const taken = list && new Set([...list.customer].map((place) => tables.names.customers[place] ?? ''));
    const collector = new ExposureCollector(
      { scopes, columns: tables.accessColumns, ...(taken ? { taken } : {}) },
      tables.names,
    );
    for await (const chunk of tables.accesses()) collector.take(chunk);
    const account = tables.account();
    assertUsed(account, 'accesses');
    return { exposure: collector.result(), account };
  } finally {
    await tables.close();
  }
};
