import { type CaseBook, caseStatus, hasWorked } from './case-book.ts';
import { visitsOf } from './expected-day.ts';
import { bitCount } from './growing-column.ts';
import type { Memory } from './memory.ts';
import { reasonAt } from './reason.ts';
import { roleAt } from './role.ts';

/** What the rules ask of an access: places in the lists, 0 where nothing is known. */
export interface AskedAccess {
  atMs: number;
  agent: number;
  customer: number;
  case: number;
  /** What the access or its case names; 0: nothing, and then no incident explains it. */
  topic: number;
  topicCell: number;
}

const hourMs = 3_600_000;
const besideMs = hourMs / 2;
const awayMs = 24 * hourMs;
const callbackMs = 72 * hourMs;
const reviewedMs = 45 * 24 * hourMs;
/** Of one customer's cases, the newest so many are asked. */
const casesAskedMax = 12;
/** A topic in an incident: so many times its usual visits, and at least so many more. */
const incidentTimes = 4;
const incidentMore = 40;
const incidentAgentsMin = 6;

const openCaseReason = (memory: Memory, caseAt: number, asked: AskedAccess): number => {
  const { agent } = asked;
  const { cases, agents, servedQueues } = memory;
  const holder = cases.holder[caseAt] as number;
  if (holder === agent) return reasonAt['assigned'];
  if (cases.heldBefore[caseAt] === agent) return reasonAt['hand-over'];
  if (hasWorked(cases, caseAt, agent)) return reasonAt['helper'];
  if (holder === 0) {
    const queue = cases.queue[caseAt] as number;
    if (queue === 0 || queue === agents.queue[agent] || servedQueues.has(agent * 65536 + queue))
      return reasonAt['team-queue'];
  }
  if (agents.role[agent] === roleAt['lead'] && holder !== 0 && agents.team[holder] === agents.team[agent])
    return reasonAt['supervision'];
  if (isSideBySide(memory, asked)) return reasonAt['side-by-side'];
  return isCover(memory, holder, asked) ? reasonAt['cover'] : reasonAt['colleagues-case'];
};

/** A team-mate has just had the customer open: two people sit over one case. */
const isSideBySide = ({ agents, customers }: Memory, { agent, atMs, customer }: AskedAccess): boolean => {
  const other = customers.lastAgent[customer] as number;
  return (
    other !== 0 &&
    other !== agent &&
    agents.team[other] !== 0 &&
    agents.team[other] === agents.team[agent] &&
    atMs - (customers.lastMs[customer] as number) <= besideMs
  );
};

/** The holder is of the same team and has been away for so long that somebody has to see to the case. */
const isCover = ({ agents }: Memory, holder: number, { agent, atMs }: AskedAccess): boolean =>
  holder !== 0 &&
  agents.team[holder] !== 0 &&
  agents.team[holder] === agents.team[agent] &&
  (agents.placeMs[holder] as number) > 0 &&
  atMs - (agents.placeMs[holder] as number) > awayMs;

const closedCaseReason = (memory: Memory, caseAt: number, { agent, atMs }: AskedAccess): number => {
  const { cases, agents } = memory;
  const sinceMs = atMs - (cases.closedMs[caseAt] as number);
  const holder = cases.holder[caseAt] as number;
  if (holder === agent || hasWorked(cases, caseAt, agent))
    return sinceMs <= callbackMs ? reasonAt['callback'] : reasonAt['after-closing'];
  const role = agents.role[agent];
  if (role === roleAt['reviewer'] && sinceMs <= reviewedMs) return reasonAt['quality-review'];
  if (role === roleAt['lead'] && holder !== 0 && agents.team[holder] === agents.team[agent])
    return reasonAt['supervision'];
  return reasonAt['others-closed-case'];
};

const caseReason = (memory: Memory, caseAt: number, asked: AskedAccess): number =>
  memory.cases.status[caseAt] === caseStatus.open
    ? openCaseReason(memory, caseAt, asked)
    : closedCaseReason(memory, caseAt, asked);

/** The best reason among the customer's cases; `case` is the one that gave it. */
const bestOfCustomer = (memory: Memory, asked: AskedAccess): number => {
  const { cases } = memory;
  let best: number = reasonAt['no-case'];
  let caseAt = cases.newest[asked.customer] as number;
  for (let tries = 0; caseAt !== 0 && tries < casesAskedMax; tries += 1) {
    if (cases.status[caseAt] !== caseStatus.unseen) {
      const reason = caseReason(memory, caseAt, asked);
      if (reason < best) {
        best = reason;
        if (asked.case === 0) asked.case = caseAt;
      }
      if (best === reasonAt['assigned']) break;
    }
    caseAt = cases.older[caseAt] as number;
  }
  return best;
};

const namedCaseReason = (memory: Memory, book: CaseBook, asked: AskedAccess): number => {
  const named = asked.case;
  const whose = book.customer[named] as number;
  const known = book.status[named] !== caseStatus.unseen;
  if (known && (whose === 0 || whose === asked.customer)) {
    const reason = caseReason(memory, named, asked);
    return reason === reasonAt['assigned'] ? reason : Math.min(reason, bestOfCustomer(memory, asked));
  }
  const other = bestOfCustomer(memory, asked);
  if (other < reasonAt['named-case']) return other;
  return known ? reasonAt['wrong-case'] : reasonAt['unknown-case'];
};

/** Many customers in one day, in many hands: what one agent alone looks up is no incident. */
const isIncident = (
  { topics, agents, daysClosed }: Memory,
  { agent, topic, topicCell: cell }: AskedAccess,
): boolean =>
  topic > 0 &&
  daysClosed >= 5 &&
  bitCount(topics.agentsToday[cell] as number) >= incidentAgentsMin &&
  (topics.today[cell] as number) - visitsOf(agents.visits, agent) >
    incidentTimes * (topics.usual[cell] as number) + incidentMore;

/**
 * The first rule that fits, as a place in `reasonRules`. Without a case file the case that the access names has to do.
 */
export const explainAccess = (memory: Memory, asked: AskedAccess, hasCaseFile: boolean): number => {
  if (!hasCaseFile) return asked.case === 0 ? reasonAt['no-case'] : reasonAt['named-case'];
  const reason =
    asked.case === 0 ? bestOfCustomer(memory, asked) : namedCaseReason(memory, memory.cases, asked);
  return reason > reasonAt['unknown-case'] && isIncident(memory, asked) ? reasonAt['incident-work'] : reason;
};
