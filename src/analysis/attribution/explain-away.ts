import { type Account, accountOf, type StratumShape, shapeStrata, withLevelShapes } from './account.ts';
import { type Background, fitBackground } from './background.ts';
import { delayKernels } from './delay-kernels.ts';
import type { ReportViews } from './report-views.ts';
import { type AccountScore, type CausePriors, probabilitiesOf, scoreAccount } from './score-account.ts';
import { type SharedCustomers, shareCustomers } from './shared-customers.ts';
import type { Strata } from './strata.ts';
import {
  screenTheft,
  type TheftPosterior,
  theftIntensity,
  theftPosterior,
  theftTries,
  type WindowGrid,
  windowGrid,
} from './theft-evidence.ts';

/** An account that a theft is laid to while the others are weighed. */
export interface Member {
  readonly theft: TheftPosterior;
  /** By place in the account's `met`: reports a day, in multiples of the hazard. */
  readonly intensity: Float64Array;
}

/** All accounts weighed together. */
export interface Findings {
  readonly strata: Strata;
  readonly views: ReportViews;
  readonly accounts: readonly Account[];
  readonly background: Background;
  /** Accounts that may be suspects, with their scores while all members but themselves are explained away. */
  readonly scores: ReadonlyMap<number, AccountScore>;
  readonly members: ReadonlyMap<number, Member>;
  /** By report: thefts per customer and day that members explain. */
  readonly theftRate: Float64Array;
  readonly priors: CausePriors;
  readonly kernelShares: readonly number[];
  readonly shared: SharedCustomers;
  readonly shape: StratumShape;
  readonly grid: WindowGrid;
  /** By account: reports before the first view to be expected when no report is yet laid to a theft (the placebo). */
  readonly placeboExpected: readonly number[];
}

/** Accounts scored in full are at most this many: the first of the screening. */
const candidatesMax = 150;
const screenLogMin = 1;
/** Accounts this far below in one screening are not screened again. */
const screenAgainMin = -4;
const roundsMax = 8;
const [addAbove, dropBelow] = [0.5, 0.35];

export const othersOf = (account: Account, theftRate: Float64Array, own?: Member): Float64Array =>
  Float64Array.from(account.met, ({ report, hazard }, place) =>
    Math.max(0, (theftRate[report] ?? 0) / hazard - (own?.intensity[place] ?? 0)),
  );

/** Learned from the data, weakly: one theft in 500 accounts to begin with. */
const theftPrior = (expectedThieves: number, accounts: number): number =>
  (expectedThieves + 0.5) / (accounts + 250);

interface Work extends Findings {
  views: ReportViews;
  accounts: Account[];
  background: Background;
  screened: Float64Array;
  scores: Map<number, AccountScore>;
  members: Map<number, Member>;
  theftRate: Float64Array;
  priors: CausePriors;
  kernelShares: number[];
  readonly coarse: WindowGrid;
}

const addRates = (work: Work, agent: number, sign: 1 | -1): void => {
  const [account, member] = [work.accounts[agent], work.members.get(agent)];
  if (!account || !member) return;
  for (const [place, { report, hazard }] of account.met.entries())
    work.theftRate[report] = (work.theftRate[report] ?? 0) + sign * (member.intensity[place] ?? 0) * hazard;
};

/** Probability, for each report, that none of the members' thefts is behind it. */
const backgroundWeights = (work: Work): Float64Array => {
  const weights = new Float64Array(work.views.reports.length).fill(1);
  for (const [agent] of work.members)
    for (const { report, hazard } of work.accounts[agent]?.met ?? [])
      weights[report] = Math.min(
        weights[report] ?? 1,
        hazard / (hazard + Math.max(0, work.theftRate[report] ?? 0)),
      );
  return weights;
};

const refit = (work: Work): void => {
  work.background = fitBackground(work.strata, work.views, backgroundWeights(work));
  work.accounts = withLevelShapes(work.accounts.map(({ agent }) => accountOf(agent, work)));
};

const screen = (work: Work, agents: Iterable<number>): void => {
  const tries = theftTries(work.kernelShares, true);
  for (const agent of agents) {
    const account = work.accounts[agent];
    if (!account || account.earlier.met.length < 3) continue;
    const before = work.screened[agent] ?? Number.NEGATIVE_INFINITY;
    if (before > Number.NEGATIVE_INFINITY && before < screenAgainMin) continue;
    const others = othersOf(account, work.theftRate, work.members.get(agent));
    const levelPoints = account.levelShape > 200 ? 1 : 3;
    work.screened[agent] = screenTheft(account, others, { grid: work.coarse, tries, levelPoints });
  }
};

const candidatesOf = (work: Work): number[] =>
  [...work.screened.keys()]
    .filter((agent) => (work.screened[agent] ?? 0) > screenLogMin || work.members.has(agent))
    .toSorted((one, other) => (work.screened[other] ?? 0) - (work.screened[one] ?? 0))
    .slice(0, candidatesMax);

export const scoreOne = (
  findings: Findings,
  agent: number,
  theftRate: Float64Array = findings.theftRate,
): AccountScore | undefined => {
  const account = findings.accounts[agent];
  if (!account) return undefined;
  const others = othersOf(account, theftRate, findings.members.get(agent));
  const excess = 1 - account.expected / Math.max(1, account.met.length);
  return scoreAccount(account, others, {
    grid: findings.grid,
    tries: theftTries(findings.kernelShares, false),
    priors: findings.priors,
    segmentFactor: () => findings.shared.segmentFactor(agent, excess),
  });
};

const scoreAll = (work: Work, agents: readonly number[]): void => {
  for (const agent of agents) {
    const score = scoreOne(work, agent);
    if (score) work.scores.set(agent, score);
  }
};

const learnPriors = (work: Work): void => {
  for (let turn = 0; turn < 20; turn += 1) {
    let thieves = 0;
    for (const [agent, score] of work.scores) {
      const probability = probabilitiesOf(score, work.priors);
      thieves += probability.theft;
      work.scores.set(agent, { ...score, probability });
    }
    work.priors = { ...work.priors, theft: theftPrior(thieves, work.accounts.length) };
  }
};

const learnKernels = (work: Work): void => {
  const totals = delayKernels.map(() => 1);
  for (const [, { theft }] of work.members)
    for (const [place, share] of theft.kernels.entries()) totals[place] = (totals[place] ?? 0) + share;
  const all = totals.reduce((sum, total) => sum + total, 0);
  work.kernelShares = totals.map((total) => total / all);
};

export const makeMember = (findings: Findings, agent: number): Member | undefined => {
  const account = findings.accounts[agent];
  if (!account) return undefined;
  const others = othersOf(account, findings.theftRate, findings.members.get(agent));
  const tries = theftTries(findings.kernelShares, false);
  const levelPoints = account.levelShape > 100 ? 1 : 5;
  const theft = theftPosterior(account, others, { grid: findings.grid, tries, levelPoints });
  return { theft, intensity: theftIntensity(account, theft) };
};

const setMember = (work: Work, agent: number, member: Member | undefined): void => {
  addRates(work, agent, -1);
  if (member) work.members.set(agent, member);
  else work.members.delete(agent);
  addRates(work, agent, 1);
};

/** Share of an account's explained reports that are already explained by members. */
const overlap = (work: Work, agent: number, explained: ReadonlySet<number>): number => {
  const met = work.accounts[agent]?.met.filter(({ isAfterOnly }) => !isAfterOnly) ?? [];
  return met.filter(({ report }) => explained.has(report)).length / Math.max(1, met.length);
};

const explainedBy = (work: Work, agent: number): number[] => {
  const member = work.members.get(agent);
  return (work.accounts[agent]?.met ?? []).flatMap(({ report }, place) =>
    (member?.intensity[place] ?? 0) > 1 ? [report] : [],
  );
};

/** Adds the likeliest accounts that do not lean on the same reports. True when any was added. */
const addMembers = (work: Work): boolean => {
  const likely = [...work.scores]
    .filter(([agent, { probability }]) => probability.theft > addAbove && !work.members.has(agent))
    .toSorted(([, one], [, other]) => other.logTheft - one.logTheft);
  const explained = new Set<number>();
  let added = false;
  for (const [agent] of likely) {
    if (overlap(work, agent, explained) > 0.1) continue;
    setMember(work, agent, makeMember(work, agent));
    for (const report of explainedBy(work, agent)) explained.add(report);
    added = true;
  }
  return added;
};

/** Takes out members who are no longer likely once the others are explained away. True when any was. */
const dropMembers = (work: Work): boolean => {
  let dropped = false;
  for (const agent of [...work.members.keys()]) {
    scoreAll(work, [agent]);
    if ((work.scores.get(agent)?.probability.theft ?? 0) >= dropBelow) continue;
    setMember(work, agent, undefined);
    dropped = true;
  }
  return dropped;
};

const renewMembers = (work: Work): void => {
  work.theftRate.fill(0);
  const agents = [...work.members.keys()];
  for (const agent of agents) addRates(work, agent, 1);
  for (const agent of agents) setMember(work, agent, makeMember(work, agent));
};

const start = (strata: Strata, views: ReportViews, agents: number): Work => {
  const days = strata.strata[0]?.daily.length ?? 1;
  const background = fitBackground(strata, views, new Float64Array(views.reports.length).fill(1));
  const shape = shapeStrata(strata, views);
  const ask = { strata, views, background, shape };
  const accounts = withLevelShapes(Array.from({ length: agents }, (_, agent) => accountOf(agent, ask)));
  return {
    strata,
    views,
    background,
    accounts,
    shared: shareCustomers(views, strata),
    shape,
    placeboExpected: accounts.map(({ expectedAfterOnly }) => expectedAfterOnly),
    screened: new Float64Array(agents).fill(Number.NEGATIVE_INFINITY),
    scores: new Map(),
    members: new Map(),
    theftRate: new Float64Array(views.reports.length),
    priors: { theft: theftPrior(0, agents), subSegment: 0.01, followsReports: 0.01, reportFlood: 0.0005 },
    kernelShares: delayKernels.map(() => 1 / delayKernels.length),
    grid: windowGrid(days, 7),
    coarse: windowGrid(days, 14),
  };
};

/**
 * Lays reports to as few thefts as explain them: adds the likeliest accounts, takes what they explain out of
 * background and rivals, weighs all again, drops those no longer needed, until nothing changes.
 */
export const explainAway = (strata: Strata, views: ReportViews, agents: number): Findings => {
  const work = start(strata, views, agents);
  for (let round = 0; round < roundsMax; round += 1) {
    screen(work, work.accounts.keys());
    work.scores.clear();
    scoreAll(work, candidatesOf(work));
    learnPriors(work);
    const added = addMembers(work);
    const dropped = dropMembers(work);
    if (!added && !dropped) break;
    learnKernels(work);
    refit(work);
    renewMembers(work);
  }
  return work;
};

/**
 * The same findings with one more report, already among `views`: the accounts that met its customer are scored
 * again, everything else stays as it was.
 */
export const explainOneMore = (findings: Findings, views: ReportViews): Findings => {
  const report = views.reports.length - 1;
  const agents = (views.ofReport[report] ?? []).map((place) => views.meetings[place]?.agent ?? 0);
  const ask = { ...findings, views };
  const accounts = [...findings.accounts];
  for (const agent of agents) {
    const levelShape = accounts[agent]?.levelShape ?? 1;
    accounts[agent] = { ...accountOf(agent, ask), levelShape };
  }
  const theftRate = new Float64Array(views.reports.length);
  theftRate.set(findings.theftRate);
  const work: Work = {
    ...findings,
    views,
    accounts,
    theftRate,
    screened: new Float64Array(0),
    scores: new Map(findings.scores),
    members: new Map(findings.members),
    kernelShares: [...findings.kernelShares],
    coarse: findings.grid,
  };
  for (const agent of agents) {
    const known = work.members.get(agent);
    // The places of an account's reports have moved by at most the new one, which comes last.
    if (known)
      work.members.set(agent, {
        ...known,
        intensity: theftIntensity(accounts[agent] as Account, known.theft),
      });
  }
  for (const agent of agents) if (work.members.has(agent)) theftRate[report] = 0;
  for (const agent of agents) {
    const [account, member] = [work.accounts[agent], work.members.get(agent)];
    const place = account?.met.findIndex((met) => met.report === report) ?? -1;
    theftRate[report] =
      (theftRate[report] ?? 0) + (member?.intensity[place] ?? 0) * (account?.met[place]?.hazard ?? 0);
  }
  scoreAll(work, agents);
  addMembers(work);
  return work;
};
