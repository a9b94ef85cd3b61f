import { sampleColumns } from '../../analysis/sample/sample-book.ts';
import { Fault } from '../../model/fault.ts';
import { type LogAccount, type LogProgress, openLogTables } from '../../platform/log-tables/log-tables.ts';
import { reportColumns, type Trace, traceReports } from './trace-reports.ts';
import { traceSample } from './trace-sample.ts';

export interface TraceAsk {
  readonly accesses: readonly string[];
  /** Exactly one of these two has files. */
  readonly reports: readonly string[];
  readonly sample: readonly string[];
  readonly map: string | undefined;
  readonly onRead: (progress: LogProgress) => void;
  readonly onScored: (share: number) => void;
  readonly signal: AbortSignal;
}

export interface TraceDone extends Trace {
  readonly account: LogAccount;
}

/**
 * Reads logs and says which accounts to review, for which dates.
 * @throws Fault `unprocessable`: one line that names the file, the column or the key, and the fix
 */
export const traceLeak = async (ask: TraceAsk): Promise<TraceDone> => {
  const byReports = ask.reports.length > 0;
  const tables = await openLogTables(
    { accesses: ask.accesses, reports: ask.reports, sample: ask.sample, map: ask.map },
    {
      columns: byReports ? reportColumns : sampleColumns,
      // The sample method takes any order; reports are followed day by day.
      ordered: byReports,
      onProgress: ask.onRead,
      signal: ask.signal,
    },
  );
  try {
    const trace = byReports ? await traceReports(tables, ask.onScored) : await traceSample(tables);
    const account = tables.account();
    assertUsed(account, 'accesses');
    assertUsed(account, byReports ? 'reports' : 'sample');
    const missing = ['queue', 'team'].filter(
      (name) => !(tables.accessColumns as ReadonlySet<string>).has(name),
    );
    const warnings =
      missing.length === 2
        ? [
            'The log names neither queue nor team: everybody is compared with everybody, so specialists look suspicious.',
          ]
        : [];
    return { ...trace, leak: { ...trace.leak, warnings: [...warnings, ...trace.leak.warnings] }, account };
  } finally {
    await tables.close();
  }
};

/** An empty list of reports has an answer (nobody); rows of which not one can be read have none. */
export const assertUsed = ({ files }: LogAccount, kind: 'accesses' | 'reports' | 'sample'): void => {
  const own = files.filter((file) => file.kind === kind);
  const used = own.reduce((sum, file) => sum + file.used, 0);
  const read = own.reduce((sum, file) => sum + file.read, 0);
  if (used > 0 || (read === 0 && kind !== 'accesses')) return;
  const [file] = own;
  const [first] = own.flatMap(({ examples }) => examples);
  const why = first ? `row ${first.row}: ${first.reason}` : 'there are no rows; is it the right file?';
  throw new Fault('unprocessable', `${file?.file ?? kind}: no row can be used; ${why}`);
};
