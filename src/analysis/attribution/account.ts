import type { ReportAuthentication } from './attribution-result.ts';
import type { Background } from './background.ts';
import { isNear } from './report-pairs.ts';
import type { Meeting, ReportViews } from './report-views.ts';
import type { Strata } from './strata.ts';

/** A reported customer whom the account met. */
export interface MetReport {
  readonly report: number;
  readonly day: number;
  readonly authenticated: ReportAuthentication;
  /** Background reports per customer and day, for a customer seen as this one was. */
  readonly hazard: number;
  readonly viewedAt: readonly number[];
  /** The account met the customer only after the report. */
  readonly isAfterOnly: boolean;
  /** Some view was shortly before or after the report. */
  readonly isNear: boolean;
}

/** Views that came before their report, what a theft could explain: in ascending order of the view. */
export interface EarlierViews {
  /** Places in the account's `met`. */
  readonly met: Int32Array;
  readonly at: Float64Array;
  readonly lag: Float64Array;
}

/** Everything about one account that the evidence needs. */
export interface Account {
  readonly agent: number;
  readonly met: readonly MetReport[];
  readonly earlier: EarlierViews;
  /** Reported customers that one expects an innocent account to have met, in all and by block of report days. */
  readonly expected: number;
  readonly expectedByBlock: Float64Array;
  /** Of these, met only after the report, and met near to it. */
  readonly expectedAfterOnly: number;
  readonly expectedNear: number;
  readonly daily: Float64Array;
  /** Most of the work is in queues too small to compare agents within. */
  readonly isMixed: boolean;
  /** How alike the levels of comparable accounts are: shape of a gamma with mean one. */
  readonly levelShape: number;
  readonly lastReportDay: number;
}

/** How views and meetings relate in a stratum. */
export interface StratumShape {
  /** Views of a reported customer by an agent who met them at all. */
  readonly pairsPerMeeting: Float64Array;
  /** Of pairs with the report before the view, meetings that were only after. */
  readonly afterOnlyShare: Float64Array;
}

export const shapeStrata = (strata: Strata, views: ReportViews): StratumShape => {
  const count = strata.strata.length;
  const [pairs, meetings, after, afterOnly] = Array.from({ length: 4 }, () => new Float64Array(count)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const all = { pairs: 0, meetings: 0, after: 0, afterOnly: 0 };
  for (const { report, memberships, viewedAt } of views.meetings) {
    const day = views.reports[report]?.day ?? 0;
    const stratum = strata.memberships[memberships[0] ?? 0]?.stratum ?? 0;
    const later = viewedAt.filter((at) => at > day).length;
    pairs[stratum] = (pairs[stratum] ?? 0) + viewedAt.length;
    meetings[stratum] = (meetings[stratum] ?? 0) + 1;
    after[stratum] = (after[stratum] ?? 0) + later;
    afterOnly[stratum] = (afterOnly[stratum] ?? 0) + (later === viewedAt.length ? 1 : 0);
    all.pairs += viewedAt.length;
    all.meetings += 1;
    all.after += later;
    all.afterOnly += later === viewedAt.length ? 1 : 0;
  }
  const usualPairs = (all.pairs + 1) / (all.meetings + 1);
  const usualShare = (all.afterOnly + 1) / (all.after + 1);
  return {
    pairsPerMeeting: pairs.map(
      (value, stratum) => (value + 10 * usualPairs) / ((meetings[stratum] ?? 0) + 10),
    ),
    afterOnlyShare: afterOnly.map(
      (value, stratum) => (value + 10 * usualShare) / ((after[stratum] ?? 0) + 10),
    ),
  };
};

export interface AccountAsk {
  readonly strata: Strata;
  readonly views: ReportViews;
  readonly background: Background;
  readonly shape: StratumShape;
}

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

const expectationOf = (agent: number, { strata, background, shape }: AccountAsk) => {
  const byBlock = new Float64Array(background.blocks);
  let afterOnly = 0;
  let near = 0;
  let mixed = 0;
  let views = 0;
  const daily = new Float64Array(strata.strata[0]?.daily.length ?? 0);
  for (const place of strata.ofAgent[agent] ?? []) {
    const membership = strata.memberships[place];
    if (!membership) continue;
    const perMeeting = shape.pairsPerMeeting[membership.stratum] ?? 1;
    for (const [block, pairs] of background.expectedPairs(place).entries())
      byBlock[block] = (byBlock[block] ?? 0) + pairs / perMeeting;
    afterOnly += sumOf(background.expectedBefore(place)) * (shape.afterOnlyShare[membership.stratum] ?? 1);
    near += background.expectedNear(place);
    views += membership.views;
    if (strata.strata[membership.stratum]?.isMixed) mixed += membership.views;
    for (const [day, count] of membership.daily.entries()) daily[day] = (daily[day] ?? 0) + count;
  }
  return { byBlock, afterOnly, near, daily, isMixed: mixed * 2 > views };
};

/**
 * The background of a customer met several times: the mean over the views. Looks near the report tell more about it
 * than far ones, so where they raise the mean they count alone.
 */
const hazardOfMeeting = (
  { memberships, viewedAt }: Meeting,
  reportedAt: number,
  hazardOf: (membership: number) => (viewedAt: number, reportedAt: number) => number,
): number => {
  const sums = { far: 0, farViews: 0, near: 0, nearViews: 0 };
  for (const [view, at] of viewedAt.entries()) {
    const hazard = hazardOf(memberships[view] ?? 0)(at, reportedAt);
    if (isNear(reportedAt - at)) {
      sums.near += hazard;
      sums.nearViews += 1;
    } else {
      sums.far += hazard;
      sums.farViews += 1;
    }
  }
  const all = (sums.near + sums.far) / viewedAt.length;
  return sums.nearViews === 0 ? all : Math.max(all, sums.near / sums.nearViews);
};

const columnsOf = (views: readonly { met: number; at: number; lag: number }[]): EarlierViews => ({
  met: Int32Array.from(views, ({ met }) => met),
  at: Float64Array.from(views, ({ at }) => at),
  lag: Float64Array.from(views, ({ lag }) => lag),
});

export const accountOf = (agent: number, ask: AccountAsk): Account => {
  const { views, background } = ask;
  const { byBlock, afterOnly, near, daily, isMixed } = expectationOf(agent, ask);
  const met: MetReport[] = [];
  const earlier: { met: number; at: number; lag: number }[] = [];
  const hazards = new Map<number, (viewedAt: number, reportedAt: number) => number>();
  const hazardOf = (membership: number) => {
    const known = hazards.get(membership) ?? background.hazardOf(membership);
    hazards.set(membership, known);
    return known;
  };
  for (const place of views.ofAgent[agent] ?? []) {
    const meeting = views.meetings[place];
    const report = views.reports[meeting?.report ?? -1];
    if (!meeting || !report) continue;
    for (const at of meeting.viewedAt)
      if (at <= report.day) earlier.push({ met: met.length, at, lag: report.day - at });
    const hazard = hazardOfMeeting(meeting, report.day, hazardOf);
    met.push({
      report: meeting.report,
      day: report.day,
      authenticated: report.authenticated,
      hazard,
      viewedAt: meeting.viewedAt,
      isAfterOnly: (meeting.viewedAt[0] ?? 0) > report.day,
      isNear: meeting.viewedAt.some((at) => isNear(report.day - at)),
    });
  }
  return {
    agent,
    met,
    earlier: columnsOf(earlier.toSorted((one, other) => one.at - other.at)),
    expected: Math.max(1e-6, sumOf(byBlock)),
    expectedByBlock: byBlock,
    expectedAfterOnly: afterOnly,
    expectedNear: near,
    daily,
    isMixed,
    levelShape: isMixed ? levelShapeLimits.mixed[1] : levelShapeLimits.ordinary[1],
    lastReportDay: views.lastReportDay,
  };
};

/** Least and greatest shape of the levels: 1 / shape is their variance. */
const levelShapeLimits = { ordinary: [6, 400], mixed: [1.5, 40] } as const;

/** Large deviations are cut off here: a few thieves must not make everybody's level uncertain. */
const squaredMax = 6;

const shapeOf = (accounts: readonly Account[], [least, greatest]: readonly [number, number]): number => {
  let excess = 0;
  let scale = 0;
  for (const { met, expected } of accounts) {
    const squared = Math.min((met.length - expected) ** 2, squaredMax * expected);
    excess += squared - expected;
    scale += expected ** 2;
  }
  if (accounts.length < 3 || scale === 0) return least;
  return excess <= 0 ? greatest : Math.max(least, Math.min(greatest, scale / excess));
};

/** Learns from all accounts how far levels differ where nobody steals, and gives each its shape. */
export const withLevelShapes = (accounts: readonly Account[]): Account[] => {
  const ordinary = shapeOf(
    accounts.filter(({ isMixed }) => !isMixed),
    levelShapeLimits.ordinary,
  );
  const mixed = shapeOf(
    accounts.filter(({ isMixed }) => isMixed),
    levelShapeLimits.mixed,
  );
  return accounts.map((account) => ({ ...account, levelShape: account.isMixed ? mixed : ordinary }));
};
