import type { LookAlike } from './attribution-result.ts';
import type { Findings } from './explain-away.ts';
import type { ReportViews } from './report-views.ts';

const lookAlikesMax = 5;

/** Reports that a member's theft explains, with the probability that it does. */
export const explainedReports = (
  findings: Findings,
  agent: number,
): { report: number; met: number; probability: number }[] => {
  const [account, member] = [findings.accounts[agent], findings.members.get(agent)];
  if (!account || !member) return [];
  return account.met.flatMap(({ report, hazard }, met) => {
    const own = member.intensity[met] ?? 0;
    const all = Math.max(own, (findings.theftRate[report] ?? 0) / hazard);
    return own > 0.01 ? [{ report, met, probability: own / (1 + all) }] : [];
  });
};

export interface Rival {
  readonly agent: number;
  readonly shared: number;
}

/** Accounts that met the same customers before their reports, most first. */
export const rivalsOf = (findings: Findings, views: ReportViews, agent: number): Rival[] => {
  const shared = new Map<number, number>();
  for (const { report, probability } of explainedReports(findings, agent))
    for (const place of views.ofReport[report] ?? []) {
      const meeting = views.meetings[place];
      if (!meeting || meeting.agent === agent) continue;
      if ((meeting.viewedAt[0] ?? 0) > (views.reports[report]?.day ?? 0)) continue;
      shared.set(meeting.agent, (shared.get(meeting.agent) ?? 0) + probability);
    }
  return [...shared]
    .map(([rival, count]) => ({ agent: rival, shared: count }))
    .toSorted((one, other) => other.shared - one.shared || one.agent - other.agent)
    .slice(0, lookAlikesMax);
};

export const tellLookAlikes = (
  rivals: readonly Rival[],
  names: readonly string[],
  posteriorOf: (agent: number) => number,
): LookAlike[] =>
  rivals.map(({ agent, shared }) => ({
    agent: names[agent] ?? '',
    posterior: Math.round(posteriorOf(agent) * 1e4) / 1e4,
    reports_shared: Math.round(shared * 10) / 10,
  }));
