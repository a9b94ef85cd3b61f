import type { SampleBook } from './sample-book.ts';
import type { Evidence } from './sample-evidence.ts';
import type { SampleSuspect } from './sample-record.ts';
import type { AgentLooks } from './sample-sources.ts';
import { isDated } from './sample-sources.ts';

const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
const dayStart = (ms: number): number => Math.floor(ms / dayMs) * dayMs;

const quantile = (points: readonly { at: number; weight: number }[], share: number): number => {
  const sorted = points.toSorted((a, b) => a.at - b.at);
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  let sum = 0;
  for (const { at, weight } of sorted) {
    sum += weight;
    if (sum >= share * total) return at;
  }
  return sorted.at(-1)?.at ?? 0;
};

/** Dates of a theft from the looks at dated records: uniform in between, so the ends lie a little further out. */
const fromDated = (book: SampleBook, looks: AgentLooks): SampleSuspect['window'] | undefined => {
  const times = looks.times.filter((_, at) => {
    const record = book.records[looks.records[at] ?? -1];
    return record !== undefined && isDated(record);
  });
  if (times.length < 3) return undefined;
  const ordered = times.toSorted((a, b) => a - b);
  // One look in twenty may be chance: the outermost ones do not set the dates of a large sample.
  const cut = Math.floor(ordered.length / 40);
  const first = ordered[cut] ?? 0;
  const last = ordered[ordered.length - 1 - cut] ?? 0;
  const gap = Math.max(dayMs, (last - first) / Math.max(1, ordered.length - 1));
  return {
    startMs: dayStart(Math.max(book.firstMs, first - gap * Math.LN2)),
    startLowMs: dayStart(Math.max(book.firstMs, first - 3 * gap)),
    startHighMs: dayStart(first) + dayMs - 1,
    endMs: dayStart(Math.min(book.lastMs, last + gap * Math.LN2)) + dayMs - 1,
  };
};

/** Dates of a theft from the evidence of each window: whole weeks. */
export const windowOf = (
  book: SampleBook,
  looks: AgentLooks,
  evidence: Evidence,
): SampleSuspect['window'] => {
  const dated = fromDated(book, looks);
  if (dated) return dated;
  const most = Math.max(...evidence.windows.map(({ log }) => log));
  const weigh = (pick: (span: { from: number; to: number }) => number) =>
    evidence.windows.map(({ span, log }) => ({ at: pick(span), weight: Math.exp(log - most) }));
  const starts = weigh(({ from }) => from);
  const ends = weigh(({ to }) => to);
  const startOf = (week: number): number => Math.max(dayStart(book.firstMs), book.weekStartMs(week));
  return {
    startMs: startOf(quantile(starts, 0.5)),
    startLowMs: startOf(quantile(starts, 0.05)),
    startHighMs: startOf(quantile(starts, 0.95)) + weekMs - 1,
    endMs: Math.min(dayStart(book.lastMs) + dayMs - 1, book.weekStartMs(quantile(ends, 0.5) + 1) - 1),
  };
};
