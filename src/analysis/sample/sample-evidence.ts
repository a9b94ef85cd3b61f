import type { SampleBook } from './sample-book.ts';
import type { AgentLooks, WeekSpan } from './sample-sources.ts';

/** Shares of the sample that an account may have given. */
const shares = [0.02, 0.04, 0.08, 0.15, 0.25, 0.4, 0.6, 0.8, 0.95];
/** Lengths of theft, in weeks. */
const lengths = [2, 4, 8, 13];

/** What speaks for one account against a background that is fixed beforehand. */
export interface Evidence {
  /** Log of the mean, over windows and shares, of the likelihood ratio. */
  readonly log: number;
  readonly best: WeekSpan;
  /** Windows with the logs of their evidence. */
  readonly windows: readonly { readonly span: WeekSpan; readonly log: number }[];
}

const logMean = (logs: readonly number[]): number => {
  const most = Math.max(...logs);
  if (most === Number.NEGATIVE_INFINITY) return most;
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0) / logs.length);
};

/** Windows that begin in a week in which the account looked at a customer of the sample, and the whole log. */
const spansOf = (book: SampleBook, { weeks }: AgentLooks): readonly WeekSpan[] => {
  const [first, last] = [book.weekOf(book.firstMs), book.weekOf(book.lastMs)];
  const spans: WeekSpan[] = [{ from: first, to: last }];
  const least = Math.min(...weeks);
  const most = Math.max(...weeks);
  for (let from = first; from <= last; from += 1)
    for (const length of lengths) {
      const to = from + length - 1;
      if (to <= last && from <= most && to >= least) spans.push({ from, to });
    }
  return spans;
};

/** For each record that the account saw within the weeks: its chance there over its chance in the background. */
const ratiosOf = (
  { records, weeks }: AgentLooks,
  { from, to }: WeekSpan,
  { total, background }: { readonly total: number; readonly background: Float64Array },
): readonly number[] => {
  const ratios: number[] = [];
  // Looks stand by record: those at one record follow each other.
  for (let at = 0; at < records.length; ) {
    const record = records[at] as number;
    let looks = 0;
    for (; at < records.length && records[at] === record; at += 1) {
      const week = weeks[at] as number;
      if (week >= from && week <= to) looks += 1;
    }
    if (looks > 0) ratios.push(looks / total / (background[record] as number));
  }
  return ratios;
};

/**
 * The evidence for an account: the likelihood of the sample when a share of it comes from the account's looks in a
 * window, over its likelihood under the background, averaged over shares and windows. An average of likelihood ratios
 * has mean 1 when the background is true, so it is an e-value: it exceeds x with probability 1/x at most (Ville; Vovk
 * and Wang 2021). Windows are averaged with the weights of all that could have been, not only of those that fit.
 */
export const evidenceFor = (book: SampleBook, looks: AgentLooks, background: Float64Array): Evidence => {
  const records = background.length;
  const spans = spansOf(book, looks);
  const counts = book.agents.get(looks.agent);
  const [first, last] = [book.weekOf(book.firstMs), book.weekOf(book.lastMs)];
  // The whole log has half of the weight; windows share the other half, also those in which nothing was seen.
  const windowsAll = lengths.reduce((sum, length) => sum + Math.max(0, last - first + 2 - length), 0);
  const windows = spans.map((span, place) => {
    const ratios = ratiosOf(looks, span, { total: counts?.between(span.from, span.to) ?? 0, background });
    const log = logMean(
      shares.map((share) =>
        ratios.reduce(
          (sum, ratio) => sum + Math.log(1 - share + share * ratio),
          (records - ratios.length) * Math.log(1 - share),
        ),
      ),
    );
    const weight = place === 0 ? 0.5 : 0.5 / Math.max(1, windowsAll);
    return { span, log: log + Math.log(weight) };
  });
  const most = windows.reduce((best, next) => (next.log > best.log ? next : best));
  const log = most.log + Math.log(windows.reduce((sum, next) => sum + Math.exp(next.log - most.log), 0));
  return { log, best: most.span, windows };
};
