import { attributeSample, isWorthReview } from '../../analysis/sample/attribute-sample.ts';
import { SampleBook } from '../../analysis/sample/sample-book.ts';
import type { SampleAttribution, SampleRecord, SampleSuspect } from '../../analysis/sample/sample-record.ts';
import type { LogTables, SampleRows } from '../../platform/log-tables/log-tables.ts';
import type { Trace } from './trace-reports.ts';
import type { PictureDay, SuspectPicture, TracedSuspect } from './traced-leak.ts';

const dayMs = 86_400_000;
const iso = (ms: number): string => new Date(ms).toISOString();
const rounded = (value: number, digits = 4): number => Number(value.toFixed(digits));

/** A customer that stands twice in a sample is one record, with the dates of both. */
const recordsOf = ({ rows, customer, asOfFromMs, asOfToMs }: SampleRows): readonly SampleRecord[] => {
  const records = new Map<number, SampleRecord>();
  for (let row = 0; row < rows; row += 1) {
    const place = customer[row] ?? 0;
    const next = {
      customer: place,
      asOfFromMs: asOfFromMs[row] ?? Number.NaN,
      asOfToMs: asOfToMs[row] ?? Number.NaN,
    };
    const before = records.get(place);
    const isDatedNow = !Number.isNaN(next.asOfFromMs) || !Number.isNaN(next.asOfToMs);
    if (!before || (isDatedNow && Number.isNaN(before.asOfFromMs) && Number.isNaN(before.asOfToMs)))
      records.set(place, next);
  }
  return [...records.values()];
};

/** The innocent explanations that the mixture weighed, in words. */
const explanationsOf = (
  suspect: SampleSuspect,
  { counted, elsewhereShare }: SampleAttribution,
): TracedSuspect['innocent_explanations'] => {
  const { lookAlikes, placebo, recordsSeen } = suspect;
  const others = lookAlikes.reduce((sum, { posterior }) => sum + posterior, 0);
  const chance = Math.max(0, 1 - suspect.posterior - others);
  return [
    {
      cause: 'chance',
      probability: rounded(chance),
      finding: `The account saw ${recordsSeen} of the ${counted.records} customers at a time that fits. A leak of its whole queue, its team or the whole log, or one from elsewhere, was weighed against it.`,
    },
    {
      cause: 'look-alike',
      probability: rounded(others),
      finding:
        lookAlikes.length === 0
          ? 'No other account explains these records nearly as well.'
          : `${lookAlikes.length} other ${lookAlikes.length === 1 ? 'account explains' : 'accounts explain'} these records nearly as well.`,
    },
    {
      cause: 'elsewhere',
      probability: rounded(elsewhereShare),
      finding: 'This share of the sample fits other origins better than any suspect.',
    },
    {
      cause: 'dates',
      probability: placebo.isTested && !placebo.passed ? 1 : 0,
      finding: placebo.isTested
        ? `Of the dated records it saw ${placebo.observed} customers only on days that do not fit; ${placebo.expected.toFixed(1)} were to be expected.`
        : 'The records carry no dates, so it could not be tested whether it saw the customers on the right days.',
    },
  ];
};

const tracedOf = (suspect: SampleSuspect, all: SampleAttribution): TracedSuspect => {
  const { agent, posterior, window, recordsExplained, placebo, lookAlikes } = suspect;
  return {
    agent,
    posterior: rounded(posterior),
    window: {
      start: iso(window.startMs),
      start_low: iso(window.startLowMs),
      start_high: iso(window.startHighMs),
      end: iso(window.endMs),
    },
    reports_explained: rounded(recordsExplained, 1),
    placebo: { observed: placebo.observed, expected: rounded(placebo.expected, 2), passed: placebo.passed },
    look_alikes: lookAlikes.map((other) => ({
      agent: other.agent,
      posterior: rounded(other.posterior),
      reports_shared: other.recordsShared,
    })),
    review: isWorthReview(suspect),
    innocent_explanations: explanationsOf(suspect, all),
  };
};

/** Looks a week, spread over its days, and the days on which the account saw customers of the sample. */
const pictureOf = (book: SampleBook, place: number, agent: string): SuspectPicture => {
  const marks = new Map<number, number>();
  for (const record of book.records)
    for (const { agent: seenBy, atMs } of book.looks.get(record.customer) ?? [])
      if (seenBy === place && !(atMs < record.asOfFromMs) && !(atMs > record.asOfToMs)) {
        const day = Math.floor(atMs / dayMs);
        marks.set(day, (marks.get(day) ?? 0) + 1);
      }
  const days: PictureDay[] = [];
  const counts = book.agents.get(place);
  for (let day = Math.floor(book.firstMs / dayMs); day <= Math.floor(book.lastMs / dayMs); day += 1) {
    const week = book.weekOf(day * dayMs);
    days.push({
      day: iso(day * dayMs).slice(0, 10),
      views: (counts?.between(week, week) ?? 0) / 7,
      marks: marks.get(day) ?? 0,
      expected: 0,
    });
  }
  return { agent, days, mark: 'record of the sample', pointing: [] };
};

/** Whose account, from a leaked sample: one pass over the log in any order. */
export const traceSample = async (tables: LogTables): Promise<Trace> => {
  const book = new SampleBook(recordsOf(await tables.sample()));
  for await (const chunk of tables.accesses()) book.take(chunk);
  const { agents } = tables.names;
  const found = attributeSample(book, agents);
  const placeOf = new Map(agents.map((name, place) => [name, place]));
  return {
    leak: {
      method: 'sample',
      suspects: found.suspects.map((suspect) => tracedOf(suspect, found)),
      nobody_posterior: rounded(found.nobodyPosterior),
      warnings: found.warnings,
      limits: found.limits,
      counted: { ...found.counted, elsewhere_share: rounded(found.elsewhereShare) },
    },
    pictures: found.suspects.map(({ agent }) => pictureOf(book, placeOf.get(agent) ?? 0, agent)),
  };
};
