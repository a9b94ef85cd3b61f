import type { BookedViews } from './booked-views.ts';
import type { Findings } from './explain-away.ts';
import type { ReportViews } from './report-views.ts';
import type { Strata } from './strata.ts';

const few = 20;
const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** What the report file and the log leave open. */
export const inputWarnings = (booked: BookedViews, views: ReportViews, filed: number): string[] => {
  const said: string[] = [];
  const { left, reports } = views;
  if (booked.views === 0)
    said.push('The log holds no view of any customer, so nothing can be said about any account.');
  if (filed === 0) said.push('There are no reports, so nothing can be said about any account.');
  else if (reports.length === 0)
    said.push('No report could be laid beside a view, so nothing can be said about any account.');
  else if (reports.length < few)
    said.push(
      `Only ${plural(reports.length, 'report', 'reports')} could be used: too few for any conclusion but "not known".`,
    );
  if (left.withoutTime > 0)
    said.push(`${plural(left.withoutTime, 'report has', 'reports have')} no usable time and were left out.`);
  if (left.unknownCustomer > 0)
    said.push(
      `${plural(left.unknownCustomer, 'reported customer was', 'reported customers were')} seen by nobody in this log: they tell nothing about accounts${left.unknownCustomer * 2 > filed ? ', and they are most of the reports: the source may lie outside these accounts' : ''}.`,
    );
  if (left.beforeAnyView > 0.5 * Math.max(1, reports.length))
    said.push(
      `${plural(left.beforeAnyView, 'report came', 'reports came')} before anybody in this log saw the customer: the source may lie outside these accounts or before this log.`,
    );
  if (left.outsideLog > 0)
    said.push(
      `${plural(left.outsideLog, 'report lies', 'reports lie')} before the log begins or long after it ends and were left out.`,
    );
  if (left.sharedId > 0)
    said.push(
      `${plural(left.sharedId, 'reported customer id was', 'reported customer ids were')} met by so many agents that it cannot be one customer; left out.`,
    );
  if (!booked.hasQueues && booked.views > 0)
    said.push(
      'No row tells its queue: agents were compared by team, or all together, so a specialism can look like a theft.',
    );
  return said;
};

/** Where strata cannot separate accounts. */
const strataWarnings = (strata: Strata): string[] => {
  const mixed = strata.strata.filter(({ isMixed }) => isMixed);
  const agents = new Set(
    mixed.flatMap(({ memberships }) => memberships.map((place) => strata.memberships[place]?.agent)),
  );
  return agents.size === 0
    ? []
    : [
        `${plural(agents.size, 'agent works', 'agents work')} in queues with fewer than five agents. These were compared with each other and with their own reports before the view, which tells less.`,
      ];
};

const sentence: Record<'subSegment' | 'followsReports' | 'reportFlood', (agent: string) => string> = {
  subSegment: (agent) =>
    `The customers of ${agent} are reported more often whenever and by whomever they were seen: look for a leak of a group of customers that no column records. The account is not named for it.`,
  followsReports: (agent) =>
    `The looks of ${agent} follow or accompany reports, as those of a security or support desk do. The account is not named for it.`,
  reportFlood: (agent) =>
    `Many reports about customers of ${agent} came within a few days or without authentication, as forged reports would. The account is not named for it: verify these reports with the customers.`,
};

const otherCauseMin = 0.3;
const otherCauseWarningsMax = 10;

const causeWarnings = (findings: Findings, names: readonly string[]): string[] =>
  [...findings.scores].flatMap(([agent, { probability, logTheft }]) => {
    if (logTheft < 4) return [];
    const cause = (['subSegment', 'followsReports', 'reportFlood'] as const).find(
      (candidate) => probability[candidate] > otherCauseMin,
    );
    return cause ? [sentence[cause](names[agent] ?? '')] : [];
  });

/** Days on which reports of all strata rise together. */
const pressWarning = (views: ReportViews): string[] => {
  const days = new Float64Array(Math.floor(views.lastReportDay) + 1);
  for (const { day } of views.reports) days[Math.floor(day)] = (days[Math.floor(day)] ?? 0) + 1;
  const usual = days.toSorted()[Math.floor(days.length / 2)] ?? 0;
  const most = Math.max(...days);
  return most > 20 && most > 4 * Math.max(1, usual)
    ? [
        'Reports rise for all queues together on some days, as after news in the press. This was taken into the background.',
      ]
    : [];
};

export const findingWarnings = (findings: Findings, names: readonly string[]): string[] => [
  ...strataWarnings(findings.strata),
  ...causeWarnings(findings, names).slice(0, otherCauseWarningsMax),
  ...pressWarning(findings.views),
];
