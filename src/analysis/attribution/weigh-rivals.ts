import { type Findings, scoreOne } from './explain-away.ts';
import { logSum } from './log-sum.ts';
import type { Rival } from './look-alikes.ts';
import type { AccountScore } from './score-account.ts';

/** A rival must be able to explain at least this share of a suspect's reports to be weighed against them. */
const sharedMin = 0.25;

/** Log odds of theft against all innocent causes together. */
const logOdds = ({ probability }: AccountScore): number =>
  Math.log(Math.max(1e-300, probability.theft)) - Math.log(Math.max(1e-12, 1 - probability.theft));

/** The findings' theft rates with one member's part taken out. */
const ratesWithout = (findings: Findings, agent: number): Float64Array => {
  const rates = Float64Array.from(findings.theftRate);
  const [account, member] = [findings.accounts[agent], findings.members.get(agent)];
  for (const [place, { report, hazard }] of (account?.met ?? []).entries())
    rates[report] = Math.max(0, (rates[report] ?? 0) - (member?.intensity[place] ?? 0) * hazard);
  return rates;
};

/**
 * The probability of a theft by this account when those who saw the same customers may have done it instead: over
 * {neither, this one, the rival, both}, for all rivals at once. Two accounts with the same views share one theft's
 * probability, so neither passes one half.
 */
export const weighRivals = (
  findings: Findings,
  agent: number,
  { rivals, explained }: { readonly rivals: readonly Rival[]; readonly explained: number },
): { readonly theft: number; readonly lookAlike: number } => {
  const own = findings.scores.get(agent);
  if (!own) return { theft: 0, lookAlike: 0 };
  const close = rivals.filter(({ shared }) => shared >= Math.max(2, sharedMin * explained));
  if (close.length === 0) return { theft: own.probability.theft, lookAlike: 0 };
  const rates = ratesWithout(findings, agent);
  const ownOdds = logOdds(own);
  const instead: number[] = [];
  let both = 0;
  for (const { agent: rival } of close) {
    const alone = scoreOne(findings, rival, rates);
    if (!alone) continue;
    const beside = findings.scores.get(rival) ?? scoreOne(findings, rival);
    const besideOdds = beside ? Math.min(60, logOdds(beside)) : -20;
    instead.push(Math.min(60, logOdds(alone)));
    both = Math.max(both, besideOdds);
  }
  const theft = ownOdds + Math.log1p(Math.exp(both));
  const total = logSum([0, theft, ...instead]);
  return { theft: Math.exp(theft - total), lookAlike: Math.exp(logSum(instead) - total) };
};
