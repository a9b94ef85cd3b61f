import { fitMixture, type Mixture, type Source } from './mixture.ts';
import type { SampleBook } from './sample-book.ts';
import { type Evidence, evidenceFor } from './sample-evidence.ts';
import { judgePlacebo } from './sample-placebo.ts';
import { listedAt, reviewAt, type SampleAttribution, type SampleSuspect } from './sample-record.ts';
import {
  type AgentLooks,
  agentSource,
  fittingLooks,
  innocentSources,
  isDated,
  looksByAgent,
} from './sample-sources.ts';
import { windowOf } from './sample-window.ts';
import { segmentSources } from './segment-sources.ts';

/** Beyond, a leak is of a whole system, and the answer is no list of accounts. */
const suspectsMax = 60;
/** Fewer records cannot tell one account from another. */
const recordsMin = 2;
const lookAlikesMax = 10;

/** An account that is taken into the mixture. */
interface Chosen {
  readonly looks: AgentLooks;
  /** Its looks in the likeliest window of each length, and in the whole log: whatever it gave, it gave in these. */
  readonly sources: readonly Source[];
}

const odds = (log: number, agents: number): number => {
  // One account in all has leaked, before anything is known: 1 in as many as there are.
  const logOdds = log - Math.log(Math.max(1, agents));
  return logOdds > 700 ? 1 : 1 / (1 + Math.exp(-logOdds));
};

/** Finds the accounts that explain a sample, best first, each against a background in which the others are. */
class SampleSearch {
  readonly #book: SampleBook;
  readonly #innocent: readonly Source[];
  readonly #looks: ReadonlyMap<number, AgentLooks>;
  readonly #agents: number;

  constructor(book: SampleBook) {
    this.#book = book;
    const fitting = fittingLooks(book);
    this.#innocent = [...innocentSources(book, fitting), ...segmentSources(book, fitting)];
    this.#looks = looksByAgent(book, fitting);
    this.#agents = book.agents.size;
  }

  choose(): readonly Chosen[] {
    let chosen: readonly Chosen[] = [];
    for (let round = 0; round < suspectsMax; round += 1) {
      const background = this.mixtureOf(chosen).chances;
      let best: { looks: AgentLooks; evidence: Evidence } | undefined;
      for (const looks of this.#looks.values()) {
        if (chosen.some((other) => other.looks.agent === looks.agent)) continue;
        const evidence = evidenceFor(this.#book, looks, background);
        if (!best || evidence.log > best.evidence.log) best = { looks, evidence };
      }
      if (!best || odds(best.evidence.log, this.#agents) < listedAt) break;
      chosen = this.#kept([...chosen, this.#chosenOf(best.looks, best.evidence)]);
    }
    return chosen;
  }

  mixtureOf(chosen: readonly Chosen[]): Mixture {
    return fitMixture(
      [...this.#innocent, ...chosen.flatMap(({ sources }) => sources)],
      this.#book.records.length,
    );
  }

  /** What speaks for one of the chosen when the others are already there. */
  evidenceOf(one: Chosen, chosen: readonly Chosen[]): Evidence {
    const background = this.mixtureOf(chosen.filter((other) => other !== one)).chances;
    return evidenceFor(this.#book, one.looks, background);
  }

  /** Accounts that could stand in the place of one of the chosen, with their evidence there. */
  rivalsOf(
    one: Chosen,
    chosen: readonly Chosen[],
  ): readonly { looks: AgentLooks; log: number; shared: number }[] {
    const background = this.mixtureOf(chosen.filter((other) => other !== one)).chances;
    const own = new Set(one.looks.records);
    return [...this.#looks.values()]
      .filter((looks) => !chosen.some((other) => other.looks.agent === looks.agent))
      .map((looks) => ({ looks, shared: new Set(looks.records.filter((record) => own.has(record))).size }))
      .filter(({ shared }) => shared >= 2)
      .toSorted((a, b) => b.shared - a.shared)
      .slice(0, 3 * lookAlikesMax)
      .map(({ looks, shared }) => ({ looks, shared, log: evidenceFor(this.#book, looks, background).log }));
  }

  /** An account whose share the others take over leaves again. */
  #kept(chosen: readonly Chosen[]): readonly Chosen[] {
    if (chosen.length < 2) return chosen;
    return chosen.filter((one) => odds(this.evidenceOf(one, chosen).log, this.#agents) >= listedAt);
  }

  /** Were it one window only, an account with the same looks could take what lies outside of it. */
  #chosenOf(looks: AgentLooks, { windows }: Evidence): Chosen {
    const byLength = Map.groupBy(windows, ({ span }) => span.to - span.from);
    const spans = [...byLength.values()].map(
      (same) => same.reduce((best, next) => (next.log > best.log ? next : best)).span,
    );
    return { looks, sources: spans.map((span) => agentSource(this.#book, looks, span)) };
  }
}

/** How many records the sources of each of the chosen explain, in the mean. */
const explainedBy = (mixture: Mixture, chosen: readonly Chosen[]): readonly number[] => {
  let at = mixture.weights.length - chosen.reduce((sum, { sources }) => sum + sources.length, 0);
  return chosen.map(({ sources }) => {
    let explained = 0;
    for (const { chances } of sources) {
      const weight = mixture.weights[at] ?? 0;
      at += 1;
      for (const [record, chance] of chances.entries())
        explained += (weight * chance) / (mixture.chances[record] as number);
    }
    return explained;
  });
};

/** How much of each suspect's posterior its look-alikes share. */
const suspectOf = (
  search: SampleSearch,
  one: Chosen,
  parts: {
    readonly book: SampleBook;
    readonly chosen: readonly Chosen[];
    readonly explained: readonly number[];
    readonly nameOf: (agent: number) => string;
  },
): SampleSuspect => {
  const { book, chosen, nameOf } = parts;
  const evidence = search.evidenceOf(one, chosen);
  const rivals = search.rivalsOf(one, chosen);
  const somebody = odds(evidence.log, book.agents.size);
  const most = Math.max(evidence.log, ...rivals.map(({ log }) => log));
  const weight = rivals.reduce((sum, { log }) => sum + Math.exp(log - most), Math.exp(evidence.log - most));
  const shareOf = (log: number): number => (somebody * Math.exp(log - most)) / weight;
  return {
    agent: nameOf(one.looks.agent),
    posterior: shareOf(evidence.log),
    window: windowOf(book, one.looks, evidence),
    recordsExplained: parts.explained[chosen.indexOf(one)] ?? 0,
    recordsSeen: new Set(one.looks.records).size,
    logEvidence: evidence.log,
    placebo: judgePlacebo(book, one.looks.agent),
    lookAlikes: rivals
      .map(({ looks, log, shared }) => ({
        agent: nameOf(looks.agent),
        posterior: shareOf(log),
        recordsShared: shared,
      }))
      .filter(({ posterior }) => posterior >= 0.01)
      .toSorted((a, b) => b.posterior - a.posterior)
      .slice(0, lookAlikesMax),
  };
};

/** Look-alikes share a posterior: that one of them leaked is as sure as all of them together. */
const togetherOf = ({ posterior, lookAlikes }: SampleSuspect): number =>
  lookAlikes.reduce((sum, other) => sum + other.posterior, posterior);

const limits = [
  'The sample tells which account saw the records, not who sat before the screen.',
  'Accounts that saw the same customers at the same times cannot be told apart; they are listed as look-alikes.',
  'A leak from a system that this log does not cover looks like a leak from elsewhere.',
  'Which other customers were taken is not known from the sample: everybody the account saw in its window may be.',
];

const warningsOf = (
  book: SampleBook,
  suspects: readonly SampleSuspect[],
  seen: number,
): readonly string[] => {
  const warnings: string[] = [];
  const records = book.records.length;
  const dated = book.records.filter(isDated).length;
  if (records < recordsMin)
    warnings.push('A sample of one cannot tell: everybody who saw this customer explains it equally well.');
  else if (records < 10 && dated === 0)
    warnings.push(
      `${records} undated records seldom tell: give the days between which the leaked values were current.`,
    );
  if (seen === 0) warnings.push('Nobody in this log saw any of these customers at a time that fits.');
  else if (records >= recordsMin && !suspects.some((suspect) => togetherOf(suspect) >= 0.5))
    warnings.push(
      'The sample fits nobody: no account explains it better than chance, a whole queue or another source.',
    );
  if (dated === 0 && suspects.length > 0)
    warnings.push('No record is dated, so the placebo test could not be made.');
  for (const { agent, lookAlikes, posterior } of suspects) {
    const [nearest] = lookAlikes;
    if (nearest && nearest.posterior > 0.1 * posterior)
      warnings.push(
        `${agent} and ${nearest.agent} saw almost the same customers: the sample cannot tell them apart.`,
      );
  }
  if (suspects.length >= suspectsMax)
    warnings.push('So many accounts fit that a whole system has rather leaked than its users.');
  return warnings;
};

/**
 * Whose views a leaked sample came from: a mixture of accounts, queues, teams, the whole log and sources outside of
 * it. `book` has taken the whole log. Several accounts may have leaked; each is weighed against a background in which
 * the others are explained away. See docs/sample.md.
 * @param agentNames the list behind the book's places
 */
export const attributeSample = (book: SampleBook, agentNames: readonly string[]): SampleAttribution => {
  const records = book.records.length;
  const fitting = fittingLooks(book);
  const seen = fitting.filter((looks) => looks.length > 0).length;
  const search = new SampleSearch(book);
  const chosen = records >= recordsMin && seen > 0 ? search.choose() : [];
  const nameOf = (agent: number): string => agentNames[agent] ?? '';
  const explained = chosen.length > 0 ? explainedBy(search.mixtureOf(chosen), chosen) : [];
  const suspects = chosen
    .map((one) => suspectOf(search, one, { book, chosen, explained, nameOf }))
    .filter(({ posterior }) => posterior >= listedAt)
    .toSorted((a, b) => b.posterior - a.posterior || b.logEvidence - a.logEvidence);
  const nobody = suspects.reduce((product, suspect) => product * Math.max(0, 1 - togetherOf(suspect)), 1);
  return {
    suspects,
    nobodyPosterior: nobody,
    elsewhereShare: 1 - explained.reduce((sum, count) => sum + count, 0) / Math.max(1, records),
    warnings: warningsOf(book, suspects, seen),
    limits,
    counted: {
      records,
      seenBySomebody: seen,
      dated: book.records.filter(isDated).length,
      agents: book.agents.size,
      views: book.all.total,
    },
  };
};

/** Is this account worth a review: likely enough, and its placebo test passed where there could be one. */
export const isWorthReview = ({ posterior, placebo }: SampleSuspect): boolean =>
  posterior > reviewAt && placebo.passed;
