import type { Source } from './mixture.ts';
import type { SampleBook, SampleView, WeekCounts } from './sample-book.ts';
import type { SampleRecord } from './sample-record.ts';

const dayMs = 86_400_000;

/** A span of weeks in which an account may have copied what it saw. */
export interface WeekSpan {
  readonly from: number;
  readonly to: number;
}

/** Looks of one account at customers of the sample, at times that fit: record, week and moment of each. */
export interface AgentLooks {
  readonly agent: number;
  readonly records: readonly number[];
  readonly weeks: readonly number[];
  readonly times: readonly number[];
}

const fits = ({ asOfFromMs, asOfToMs }: SampleRecord, atMs: number): boolean =>
  !(atMs < asOfFromMs) && !(atMs > asOfToMs);

export const isDated = ({ asOfFromMs, asOfToMs }: SampleRecord): boolean =>
  !(Number.isNaN(asOfFromMs) && Number.isNaN(asOfToMs));

/** Looks that fit each record. */
export const fittingLooks = (book: SampleBook): readonly (readonly SampleView[])[] =>
  book.records.map((record) =>
    (book.looks.get(record.customer) ?? []).filter(({ atMs }) => fits(record, atMs)),
  );

export const looksByAgent = (
  book: SampleBook,
  fitting: readonly (readonly SampleView[])[],
): ReadonlyMap<number, AgentLooks> => {
  const found = new Map<number, { agent: number; records: number[]; weeks: number[]; times: number[] }>();
  for (const [record, looks] of fitting.entries())
    for (const { agent, atMs } of looks) {
      if (agent === 0) continue;
      const own = found.get(agent) ?? { agent, records: [], weeks: [], times: [] };
      found.set(agent, own);
      own.records.push(record);
      own.weeks.push(book.weekOf(atMs));
      own.times.push(atMs);
    }
  return found;
};

/** A record drawn from anywhere: any customer alike, at any day alike. */
const anywhere = (book: SampleBook): Source => {
  const spanMs = Math.max(dayMs, book.lastMs - book.firstMs);
  const customers = Math.max(1, book.customersSeen) + book.records.length;
  return {
    chances: Float64Array.from(book.records, (record) => {
      const from = Number.isNaN(record.asOfFromMs) ? book.firstMs : record.asOfFromMs;
      const to = Number.isNaN(record.asOfToMs) ? book.lastMs : record.asOfToMs;
      return Math.min(1, Math.max(dayMs, to - from) / spanMs) / customers;
    }),
  };
};

const groupSource = (
  fitting: readonly (readonly SampleView[])[],
  counts: WeekCounts,
  isOf: (look: SampleView) => boolean,
): Source => ({
  chances: Float64Array.from(fitting, (looks) => looks.filter(isOf).length / Math.max(1, counts.total)),
});

/**
 * Everything that is no account: any customer at all; any look of the log; any look of one queue or one team. An
 * account has to explain the sample better than a leak of its whole queue would.
 */
export const innocentSources = (book: SampleBook, fitting: readonly (readonly SampleView[])[]): Source[] => {
  const sources = [anywhere(book), groupSource(fitting, book.all, () => true)];
  const seen = (pick: (look: SampleView) => number): ReadonlySet<number> => new Set(fitting.flat().map(pick));
  if (book.queues.size > 1)
    for (const place of seen(({ queue }) => queue)) {
      const counts = book.queues.get(place);
      if (place > 0 && counts) sources.push(groupSource(fitting, counts, ({ queue }) => queue === place));
    }
  if (book.teams.size > 1)
    for (const place of seen(({ team }) => team)) {
      const counts = book.teams.get(place);
      if (place > 0 && counts) sources.push(groupSource(fitting, counts, ({ team }) => team === place));
    }
  return sources;
};

/** A record drawn from what an account saw in some weeks, any look alike. */
export const agentSource = (book: SampleBook, looks: AgentLooks, span: WeekSpan): Source => {
  const chances = new Float64Array(book.records.length);
  const total = book.agents.get(looks.agent)?.between(span.from, span.to) ?? 0;
  if (total === 0) return { chances };
  for (const [at, record] of looks.records.entries()) {
    const week = looks.weeks[at] as number;
    if (week >= span.from && week <= span.to) chances[record] = (chances[record] as number) + 1 / total;
  }
  return { chances };
};
