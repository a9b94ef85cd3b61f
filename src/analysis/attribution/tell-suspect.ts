import { formatInstant, instantOf } from '../../model/instant.ts';
import type { Account } from './account.ts';
import type { InnocentExplanation, PointingReport, Suspect, TimelineDay } from './attribution-result.ts';
import { type BookedViews, dayMs } from './booked-views.ts';
import { type Findings, type Member, makeMember, othersOf } from './explain-away.ts';
import { explainedReports, rivalsOf, tellLookAlikes } from './look-alikes.ts';
import { placeboOf } from './placebo.ts';
import { blockDays } from './report-pairs.ts';
import type { AccountScore } from './score-account.ts';
import { refineDates, theftWindow } from './theft-dates.ts';
import { type TheftPosterior, theftIntensity } from './theft-evidence.ts';
import { weighRivals } from './weigh-rivals.ts';

/** An account is named for review above this, and only with the placebo passed. */
const reviewAbove = 0.9;
const pointingMin = 0.2;

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

const timelineOf = (account: Account, booked: BookedViews): TimelineDay[] => {
  const reports = new Float64Array(booked.days);
  for (const { day, isAfterOnly } of account.met) {
    const at = Math.floor(day);
    if (!isAfterOnly && at < booked.days) reports[at] = (reports[at] ?? 0) + 1;
  }
  const earlierShare = 1 - account.expectedAfterOnly / Math.max(1e-9, account.expected);
  return Array.from({ length: booked.days }, (_, day) => ({
    day: formatInstant(instantOf((booked.firstDay + day) * dayMs)).slice(0, 10),
    views: Math.round(account.daily[day] ?? 0),
    reports: reports[day] ?? 0,
    expected: rounded(
      ((account.expectedByBlock[Math.floor(day / blockDays)] ?? 0) / blockDays) * Math.max(0, earlierShare),
    ),
  }));
};

const percent = (probability: number): string =>
  probability > 0.999
    ? 'over 99.9 %'
    : probability < 0.001
      ? 'under 0.1 %'
      : `${(probability * 100).toFixed(1)} %`;

const explanationsOf = (
  account: Account,
  { probability }: AccountScore,
  weights: { readonly scale: number; readonly lookAlike: number },
): InnocentExplanation[] => {
  const { scale, lookAlike } = weights;
  const met = `${account.met.length} reported customers were met where ${account.expected.toFixed(1)} were to be expected`;
  const near = account.met.filter(({ isNear }) => isNear).length;
  const told = (
    cause: InnocentExplanation['cause'],
    share: number,
    finding: string,
  ): InnocentExplanation => ({
    cause,
    probability: rounded(share),
    finding: `${finding} Weight: ${percent(share)}.`,
  });
  return [
    told('chance', probability.chance * scale, `Chance alone: ${met}.`),
    told(
      'sub-segment',
      probability.subSegment * scale,
      'A leak elsewhere of the customers this account happens to serve: then reports would not depend on when, or whether before the report, the account saw the customer.',
    ),
    told(
      'follows-reports',
      probability.followsReports * scale,
      `Looks that follow reports: ${near} of the reported customers were seen shortly before or after the report, ${account.expectedNear.toFixed(1)} were to be expected.`,
    ),
    told(
      'report-flood',
      probability.reportFlood * scale,
      'Forged reports: many about this account’s customers in a few days, or without authentication, evenly over its views.',
    ),
    told('look-alike', lookAlike, 'Another account that saw the same customers.'),
  ];
};

const pointingOf = (
  account: Account,
  member: Member,
  { findings, booked }: { readonly findings: Findings; readonly booked: BookedViews },
): PointingReport[] => {
  const told: PointingReport[] = [];
  for (const [place, { report, day, viewedAt, hazard }] of account.met.entries()) {
    const own = member.intensity[place] ?? 0;
    const all = Math.max(own, (findings.theftRate[report] ?? 0) / hazard);
    const probability = own / (1 + all);
    if (probability < pointingMin) continue;
    const seen = viewedAt.filter((at) => at <= day);
    const best = seen.reduce(
      (one, other) =>
        (member.theft.inside[Math.floor(other)] ?? 0) > (member.theft.inside[Math.floor(one)] ?? 0)
          ? other
          : one,
      seen[0] ?? 0,
    );
    const at = (when: number): string =>
      formatInstant(instantOf(Math.round((booked.firstDay + when) * dayMs)));
    told.push({
      customer: booked.customers[findings.views.reports[report]?.customer ?? -1] ?? '',
      viewed_at: at(best),
      reported_at: at(day),
      probability: rounded(probability),
    });
  }
  return told.toSorted((one, other) => (one.viewed_at < other.viewed_at ? -1 : 1));
};

const pointMember = (account: Account, refined: TheftPosterior): Member => ({
  theft: refined,
  intensity: theftIntensity(account, refined),
});

/** Everything about one suspect. Undefined when the account has no evidence to tell of. */
export const tellSuspect = (
  findings: Findings,
  booked: BookedViews,
  agent: number,
): { readonly suspect: Suspect; readonly posterior: number } | undefined => {
  const [account, score] = [findings.accounts[agent], findings.scores.get(agent)];
  const coarse = findings.members.get(agent) ?? makeMember(findings, agent);
  if (!account || !score || !coarse) return undefined;
  const others = othersOf(account, findings.theftRate, findings.members.get(agent));
  const member = pointMember(account, refineDates(account, others, coarse.theft));
  const told = { ...findings, members: new Map([...findings.members, [agent, member]]) };
  const explained = explainedReports(told, agent).reduce((sum, { probability }) => sum + probability, 0);
  const rivals = rivalsOf(told, findings.views, agent);
  const { theft, lookAlike } = weighRivals(findings, agent, { rivals, explained });
  const placebo = placeboOf(account, findings.placeboExpected[agent] ?? account.expectedAfterOnly);
  const scale = (1 - theft - lookAlike) / Math.max(1e-12, 1 - score.probability.theft);
  const suspect: Suspect = {
    agent: booked.agents[agent] ?? '',
    posterior: rounded(theft),
    window: theftWindow(account, member.theft, booked.firstDay),
    reports_explained: Math.round(explained * 10) / 10,
    placebo,
    look_alikes: tellLookAlikes(
      rivals,
      booked.agents,
      (rival) => findings.scores.get(rival)?.probability.theft ?? 0,
    ),
    review: theft > reviewAbove && placebo.passed,
    innocent_explanations: explanationsOf(account, score, { scale, lookAlike }),
    pointing_reports: pointingOf(account, member, { findings, booked }),
    timeline: timelineOf(account, booked),
  };
  return { suspect, posterior: theft };
};
