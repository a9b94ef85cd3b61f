import type { SampleBook } from './sample-book.ts';
import type { SampleSuspect } from './sample-record.ts';
import { isDated } from './sample-sources.ts';

/**
 * Counts dated records of customers whom the account saw, but never while the leaked values were current, beside as
 * many as its share of all looks leads one to expect of records from elsewhere. Many more mean that these customers
 * leak for another reason than this account's looks, one that follows what it works on.
 */
export const judgePlacebo = (book: SampleBook, agent: number): SampleSuspect['placebo'] => {
  let observed = 0;
  let expected = 0;
  let tested = 0;
  for (const record of book.records) {
    if (!isDated(record)) continue;
    const looks = book.looks.get(record.customer) ?? [];
    const isWithin = (atMs: number): boolean => !(atMs < record.asOfFromMs) && !(atMs > record.asOfToMs);
    const own = looks.filter((look) => look.agent === agent);
    if (own.some(({ atMs }) => isWithin(atMs))) continue;
    tested += 1;
    if (own.length > 0) observed += 1;
    // Colleagues of the same queues: how often would one with as many looks have met this customer on another day.
    const outside = looks.filter(({ atMs, agent: other }) => other !== agent && !isWithin(atMs));
    const share = outside.reduce((sum, { queue }) => sum + shareOfQueue(book, agent, queue), 0);
    expected += 1 - Math.exp(-share);
  }
  const passed = observed <= expected + 2.5 * Math.sqrt(expected + 1);
  return { observed, expected, passed, isTested: tested > 0 };
};

/** The account's share of a queue's looks: at most 1. */
const shareOfQueue = (book: SampleBook, agent: number, queue: number): number => {
  const own = book.agents.get(agent)?.total ?? 0;
  const whole = (book.queues.size > 1 ? book.queues.get(queue)?.total : book.all.total) ?? own;
  return Math.min(1, own / Math.max(1, whole));
};
