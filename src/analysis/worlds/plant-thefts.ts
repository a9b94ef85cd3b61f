import type { Ground } from './ground.ts';
import type { Member } from './member.ts';
import { couldSteal, stealBy } from './steal.ts';
import type { Take, Theft, TheftPlan } from './theft.ts';
import { type Thief, wantedBy } from './thief-hands.ts';

/** Plants the thefts into a desk. The accounts are drawn; an account is used for one theft at most. */
export const plantThefts = (ground: Ground, plans: readonly TheftPlan[]): Theft[] => {
  const used = new Set<Member>();
  return plans.flatMap((plan, number) => {
    const wanted = wantedBy(ground, plan);
    const draw = ground.draw.fork(`theft-${number}`);
    return chooseAccounts(ground, { plan, used, number }).map((member, at): Theft => {
      used.add(member);
      const takes: Take[] = [];
      const span = spanOf(ground, plan, { member, at });
      const share = { number: at, of: plan.accounts };
      const thief: Thief = { member, plan, ...span, wanted, share, draw: draw.fork(String(at)), takes };
      stealBy[plan.kind](ground, thief);
      takes.sort((a, b) => a.atMs - b.atMs);
      return { plan: number, kind: plan.kind, agent: member.place, takes };
    });
  });
};

const chooseAccounts = (
  ground: Ground,
  on: { plan: TheftPlan; used: ReadonlySet<Member>; number: number },
): Member[] => {
  const { plan, used } = on;
  const { workforce, writer } = ground;
  const able = workforce.members.filter(
    (member) =>
      !used.has(member) &&
      (plan.site === undefined || writer.names.sites.list[member.teams[0]?.team.site ?? 0] === plan.site) &&
      couldSteal(member, plan.kind, plan),
  );
  return ground.draw.fork(`accounts-${on.number}`).several(able, plan.accounts);
};

const spanOf = (
  ground: Ground,
  plan: TheftPlan,
  { member, at }: { member: Member; at: number },
): { startDay: number; endDay: number } => {
  const { days } = ground.plan;
  if (plan.kind === 'leaver')
    return { startDay: Math.max(0, member.leavesDay - plan.days), endDay: member.leavesDay };
  // One account after the other; the recruits go on to the common end.
  const startDay = plan.startDay + at * (plan.recruitDays ?? 0);
  const borrowed = plan.kind === 'borrowed-login';
  const endDay = borrowed ? startDay + (plan.recruitDays ?? plan.days) : plan.startDay + plan.days;
  return { startDay: Math.min(startDay, days), endDay: Math.min(endDay, days) };
};
