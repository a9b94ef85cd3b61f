import { createDetector } from '../../analysis/detection/create-detector.ts';
import type { AgentScore, Alert, CheckOff, Detector } from '../../analysis/detection/detection.ts';
import type { AccessChunk, CaseChangeChunk } from '../../model/access-columns.ts';
import { Fault } from '../../model/fault.ts';
import { type LogAccount, openLogTables } from '../../platform/log-tables/log-tables.ts';

export interface AnalyzeAsk {
  readonly accesses: readonly string[];
  readonly cases: readonly string[];
  readonly map: string | undefined;
  /** The share of agent-days on which an alert may fall. */
  readonly alertShareMax: number;
  /** Minutes that the days of the log are ahead of UTC's. */
  readonly dayOffsetMinutes: number;
  readonly onProgress: (progress: AnalyzeProgress) => void;
  readonly signal: AbortSignal;
}

export interface AnalyzeProgress {
  readonly did: 'read' | 'judged';
  readonly done: number;
  readonly total: number | undefined;
  readonly alerts: number;
}

/** What happened in the logs, as far as they tell. */
export interface Analysis {
  /** Highest score first. */
  readonly alerts: readonly Alert[];
  /** Highest score first. */
  readonly agents: readonly AgentScore[];
  readonly checksOff: readonly CheckOff[];
  readonly account: LogAccount;
  readonly totals: { readonly accesses: number; readonly changes: number; readonly agentDays: number };
  /** Milliseconds since 1970; undefined when there was no access. */
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
  readonly hasCaseFile: boolean;
  readonly alertShareMax: number;
}

/** Feeds changes just ahead of the accesses that they come before. */
const changesAhead = (
  detector: Detector,
  changes: AsyncGenerator<CaseChangeChunk>,
): ((untilMs: number) => Promise<void>) => {
  let fedMs = Number.NEGATIVE_INFINITY;
  let ended = false;
  return async (untilMs) => {
    while (!ended && fedMs <= untilMs) {
      const next = await changes.next();
      if (next.done) {
        ended = true;
        return;
      }
      const chunk = next.value;
      if (chunk.rows === 0) continue;
      fedMs = chunk.atMs[chunk.rows - 1] as number;
      detector.feedChanges(chunk);
    }
  };
};

const byAt = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const endsOf = (chunk: AccessChunk): readonly [number, number] => [
  chunk.atMs[0] as number,
  chunk.atMs[chunk.rows - 1] as number,
];

/**
 * Reads logs and judges them day by day, with the very code that watches live.
 * @throws Fault `unprocessable`: one line that names the file, the column or the key, and the fix
 */
export const analyzeLogs = async (ask: AnalyzeAsk): Promise<Analysis> => {
  const tables = await openLogTables(
    { accesses: ask.accesses, cases: ask.cases, map: ask.map },
    {
      signal: ask.signal,
      onProgress: ({ bytesDone, bytesTotal }) =>
        ask.onProgress({ did: 'read', done: bytesDone, total: bytesTotal, alerts: 0 }),
    },
  );
  try {
    const hasCaseFile = ask.cases.length > 0;
    const detector = createDetector({
      names: tables.names,
      accessColumns: tables.accessColumns,
      caseChanges: hasCaseFile,
      alertShareMax: ask.alertShareMax,
      dayOffsetMinutes: ask.dayOffsetMinutes,
    });
    let firstMs: number | undefined;
    let lastMs: number | undefined;
    const feedUntil = hasCaseFile ? changesAhead(detector, tables.caseChanges()) : async () => {};
    for await (const chunk of tables.accesses()) {
      ask.signal.throwIfAborted();
      if (chunk.rows === 0) continue;
      const [from, to] = endsOf(chunk);
      firstMs ??= from;
      lastMs = to;
      await feedUntil(to);
      detector.feedAccesses(chunk);
      const { accesses } = detector.totals();
      ask.onProgress({ did: 'judged', done: accesses, total: undefined, alerts: detector.alerts().length });
    }
    if (firstMs === undefined)
      throw new Fault(
        'unprocessable',
        `${ask.accesses.join(', ')}: no access could be used${whyOf(tables.account())}`,
      );
    detector.finish();
    return {
      alerts: detector
        .alerts()
        .toSorted((a, b) => b.score - a.score || a.at - b.at || byAt(a.agent, b.agent)),
      agents: detector.agents().toSorted((a, b) => b.score - a.score || byAt(a.agent, b.agent)),
      checksOff: detector.checksOff(),
      account: tables.account(),
      totals: detector.totals(),
      firstMs,
      lastMs,
      hasCaseFile,
      alertShareMax: ask.alertShareMax,
    };
  } finally {
    await tables.close();
  }
};

/** The most frequent reason why rows were set aside, or that there were none. */
const whyOf = ({ files }: LogAccount): string => {
  const of = files.filter(({ kind }) => kind === 'accesses');
  if (of.every(({ read }) => read === 0)) return ': there are no rows; is it the right file?';
  const [first] = of.flatMap(({ examples }) => examples);
  return first ? `; row ${first.row}: ${first.reason}` : '';
};
