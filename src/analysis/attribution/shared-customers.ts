import type { ReportViews } from './report-views.ts';
import type { Strata } from './strata.ts';

/**
 * Do an account's reported customers keep to few agents? A sub-segment that no column records shows itself in who
 * else met its customers: a small set of specialists, or the same agent again and again. Where routing is random,
 * the others are scattered as their share of the stratum's work is.
 */
export interface SharedCustomers {
  /** The factor by which this changes the odds of "sub-segment"; `excess` is the share of reports above expectation. */
  segmentFactor(agent: number, excess: number): number;
}

/** A sub-segment served by more than this many is near enough to random routing for its own agents. */
const specialistsMax = 15;
/** Bounds of the factor: scattered as random routing would, gathered as a sub-segment would. */
const [scattered, gathered] = [0.02, 20];
/**
 * In a queue of its own an account meets the same customers again by the nature of the queue, so repeats say nothing;
 * the queue is on record and rarely leaks alone.
 */
const alone = 0.5;
const peersMax = 16;
const metMin = 5;
/** Repeats beyond the usual that speak for customers of the account's own. */
const repeatsMoreMin = 1.4;

interface Gathering {
  readonly met: number;
  /** Squared deviations of the colleagues' common customers from their expectation, per colleague. */
  readonly scatter: number;
  readonly colleagues: number;
  /** Mean expectation over colleagues, each weighing as much as it expects. */
  readonly usual: number;
  /** Meetings of these customers with others. */
  readonly others: number;
  /** Views of a reported customer by this account, on average. */
  readonly repeats: number;
}

/** For each stratum: of the reports that touch it, how many each agent met (in any stratum). */
const metByStratum = (views: ReportViews, strata: Strata): Map<number, number>[] => {
  const tables = strata.strata.map(() => new Map<number, number>());
  for (const places of views.ofReport) {
    const touched = new Set<number>();
    for (const place of places)
      for (const membership of views.meetings[place]?.memberships ?? [])
        touched.add(strata.memberships[membership]?.stratum ?? 0);
    for (const stratum of touched)
      for (const place of places) {
        const agent = views.meetings[place]?.agent ?? 0;
        const table = tables[stratum];
        table?.set(agent, (table.get(agent) ?? 0) + 1);
      }
  }
  return tables;
};

const gatheringOf = (
  agent: number,
  views: ReportViews,
  of: { readonly strata: Strata; readonly tables: readonly Map<number, number>[] },
): Gathering => {
  const common = new Map<number, number>();
  const byStratum = new Map<number, number>();
  const places = views.ofAgent[agent] ?? [];
  let [others, repeats] = [0, 0];
  for (const place of places) {
    const meeting = views.meetings[place];
    repeats += meeting?.viewedAt.length ?? 0;
    const stratum = of.strata.memberships[meeting?.memberships[0] ?? 0]?.stratum ?? 0;
    byStratum.set(stratum, (byStratum.get(stratum) ?? 0) + 1);
    for (const other of views.ofReport[meeting?.report ?? -1] ?? []) {
      const colleague = views.meetings[other]?.agent ?? agent;
      if (colleague === agent) continue;
      others += 1;
      common.set(colleague, (common.get(colleague) ?? 0) + 1);
    }
  }
  const expected = new Map<number, number>();
  let total = 0;
  for (const [stratum, met] of byStratum) {
    const table = of.tables[stratum] ?? new Map<number, number>();
    let all = 0;
    for (const [colleague, count] of table) if (colleague !== agent) all += count;
    for (const [colleague, count] of table) {
      if (colleague === agent || all === 0) continue;
      expected.set(colleague, (expected.get(colleague) ?? 0) + (met * count) / all);
    }
    total += all > 0 ? met : 0;
  }
  const scale = others / Math.max(1, total);
  let [scatter, colleagues, squares, sum] = [0, 0, 0, 0];
  for (const [colleague, count] of expected) {
    const value = count * scale;
    if (value < 0.1) continue;
    scatter += ((common.get(colleague) ?? 0) - value) ** 2 / value;
    colleagues += 1;
    squares += value ** 2;
    sum += value;
  }
  return {
    met: places.length,
    scatter: scatter / Math.max(1, colleagues),
    colleagues,
    usual: squares / Math.max(1e-9, sum),
    others,
    repeats: (repeats + metMin) / (places.length + metMin),
  };
};

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

/** Agents of the stratum in which this agent works most. */
const peersOf = (agent: number, strata: Strata): number[] => {
  const views = (place: number): number => strata.memberships[place]?.views ?? 0;
  const most = (strata.ofAgent[agent] ?? []).toSorted((one, other) => views(other) - views(one))[0] ?? 0;
  const places = strata.strata[strata.memberships[most]?.stratum ?? 0]?.memberships ?? [];
  return places.map((place) => strata.memberships[place]?.agent ?? 0).filter((peer) => peer !== agent);
};

const isMostlyMixed = (agent: number, strata: Strata): boolean => {
  let [mixed, all] = [0, 0];
  for (const place of strata.ofAgent[agent] ?? []) {
    const { views = 0, stratum = 0 } = strata.memberships[place] ?? {};
    all += views;
    if (strata.strata[stratum]?.isMixed) mixed += views;
  }
  return mixed * 2 > all;
};

export const shareCustomers = (views: ReportViews, strata: Strata): SharedCustomers => {
  let tables: Map<number, number>[] | undefined;
  const known = new Map<number, Gathering>();
  const gathering = (agent: number): Gathering => {
    tables ??= metByStratum(views, strata);
    const found = known.get(agent) ?? gatheringOf(agent, views, { strata, tables });
    known.set(agent, found);
    return found;
  };
  return {
    segmentFactor: (agent, excess) => {
      if (isMostlyMixed(agent, strata)) return alone;
      const own = gathering(agent);
      const peers = peersOf(agent, strata)
        .slice(0, peersMax)
        .map(gathering)
        .filter(({ met }) => met >= metMin);
      if (peers.length < 4 || own.met < metMin) return 1;
      if (own.repeats > repeatsMoreMin * median(peers.map(({ repeats }) => repeats))) return gathered;
      const usual = Math.max(1, median(peers.map(({ scatter }) => scatter)));
      // What specialists would add: the excess reports' other meetings, all with the same few.
      const each = (own.others * Math.max(0.1, excess)) / specialistsMax;
      const added = (specialistsMax * each ** 2) / Math.max(1e-9, own.usual * own.colleagues);
      const noise = usual * Math.sqrt(2 / Math.max(1, own.colleagues));
      if (added < 4 * noise) return 1;
      const share = Math.max(0, Math.min(1, ((own.scatter - usual) / added - 0.35) / 0.65));
      return scattered * (gathered / scattered) ** share;
    },
  };
};
