import { bystanderWork, happenOn, learn } from './bystander-work.ts';
import { workCalls } from './call-floor.ts';
import { makeCustomers } from './customer-stock.ts';
import type { DeskPlan } from './desk-plan.ts';
import { Draw } from './draw.ts';
import type { Ground } from './ground.ts';
import { LogWriter } from './log-writer.ts';
import type { CaseFile } from './member.ts';
import { workTickets } from './ticket-desk.ts';
import { isPresent, makeWorkforce } from './workforce.ts';

/** A desk with its whole honest history: nobody in it steals. The same plan makes the same desk. */
export const buildDesk = (plan: DeskPlan): Ground => {
  const draw = new Draw(plan.seed);
  const writer = new LogWriter();
  const customers = makeCustomers(plan.customers, draw.fork('customers'), writer);
  const workforce = makeWorkforce({ plan, draw: draw.fork('people'), writer });
  const closedOn: CaseFile[][] = Array.from({ length: plan.days }, () => []);
  const ground: Ground = { plan, draw: draw.fork('work'), writer, customers, workforce, closedOn };
  const workDay = plan.way === 'calls' ? workCalls : workTickets;
  for (let day = 0; day < plan.days; day += 1) {
    for (const member of workforce.members) {
      if (!isPresent(member, day)) continue;
      if (member.post !== 'agent') {
        bystanderWork[member.post](ground, member, day);
        continue;
      }
      learn(ground, member, day);
      workDay(ground, member, day);
    }
    happenOn(ground, day);
  }
  return ground;
};
