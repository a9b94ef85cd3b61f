import { BudgetWindows } from '../../analysis/budget/budget-windows.ts';
import { shiftStart } from '../../analysis/budget/shift-start.ts';
import type { FieldFacts, PolicyFacts } from '../../analysis/policy/policy-facts.ts';
import type { World } from '../../analysis/worlds/build-world.ts';
import type { Access, Action } from '../../model/access.ts';
import { type AccessChunk, loggedActions } from '../../model/access-columns.ts';
import {
  type Catalogue,
  classOf,
  type FieldName,
  findField,
  type StoredFieldClass,
} from '../../model/field.ts';
import type { AgentId, CustomerId, SessionId, TeamId, VendorId } from '../../model/id.ts';
import { instantOf } from '../../model/instant.ts';
import type { RefusalCode } from '../../model/refusal.ts';
import { CaseDesk } from './case-desk.ts';
import { deskCatalogue } from './desk-catalogue.ts';
import type { DrillRules } from './drill-ports.ts';

export interface GuardedLog {
  /** The same accesses; those that the rules refuse are recorded as refused tries. */
  readonly accesses: AccessChunk;
  /** The refusal of each row; undefined where it was permitted, or not judged. */
  readonly refusals: readonly (RefusalCode | undefined)[];
  /** Looks of agents and leads: what was judged. Everyone else works behind another door. */
  readonly judgedCount: number;
}

/** Rows between two turns for the rest of the program: a fraction of a second. */
const rowsAtOnce = 50_000;
const refusedAction = loggedActions.indexOf('refused');
const harm: readonly StoredFieldClass[] = ['public', 'personal', 'sensitive'];

/** What the rules ask about fields, for one set of fields and one topic. Remembered: few pairs exist. */
const fieldFactsOf = (catalogue: Catalogue) => {
  const known = new Map<string, FieldFacts>();
  return (fieldSet: string, topic: string): FieldFacts => {
    const key = `${topic}|${fieldSet}`;
    const found = known.get(key);
    if (found) return found;
    const names = fieldSet === '' ? [] : fieldSet.split(' ');
    const classes = names.map((name) => classOf(catalogue, name));
    const isNeeded = (name: string): boolean => {
      const topics = findField(catalogue, name)?.topics ?? [];
      return topics.includes('*') || topics.includes(topic);
    };
    const facts: FieldFacts = {
      unknown: classes.includes('secret'),
      needed: names.every(isNeeded),
      highestClass: harm.findLast((fieldClass) => classes.includes(fieldClass)) ?? 'public',
    };
    known.set(key, facts);
    return facts;
  };
};

/** One look, as the gateway would have been asked for it. */
interface Look {
  readonly row: number;
  readonly action: Action;
  readonly atMs: number;
  readonly agent: number;
  readonly customer: number;
  readonly file: number;
}

type Who = Pick<Access, 'agentId' | 'teamId' | 'vendorId' | 'customerId'>;

/**
 * Judges every look of a world as the gateway would have: the same rules, the same limits, the case as the help desk
 * had told it by then. A look without a case number counts as opened from the case that these hands hold, if any.
 * Reasons are taken as given, views as live, customers as not specially protected.
 */
export const guardLog = async (
  world: World,
  rules: DrillRules,
  onShare: (share: number) => Promise<void>,
): Promise<GuardedLog> => {
  const { accesses, changes, names } = world.log;
  const desk = new CaseDesk(changes, names.cases.length, rules.limits.quietAfterMs);
  const guard = new Guard(world, rules, desk);
  const action = accesses.action.slice();
  const refusals: (RefusalCode | undefined)[] = new Array(accesses.rows);
  let judgedCount = 0;
  for (let row = 0; row < accesses.rows; row += 1) {
    if (row % rowsAtOnce === 0) await onShare(row / accesses.rows);
    const agent = accesses.agent[row] ?? 0;
    const post = world.posts.get(agent);
    if (post !== 'agent' && post !== 'lead') continue;
    const atMs = accesses.atMs[row] ?? 0;
    desk.upTo(atMs);
    const customer = accesses.customer[row] ?? 0;
    judgedCount += 1;
    const refusal = guard.judge({
      row,
      action: loggedActions[accesses.action[row] ?? 0] as Action,
      atMs,
      agent,
      customer,
      file: (accesses.case[row] ?? 0) || desk.caseFor(agent, customer),
    });
    refusals[row] = refusal;
    if (refusal !== undefined) action[row] = refusedAction;
  }
  return { accesses: { ...accesses, action }, refusals, judgedCount };
};

class Guard {
  readonly #world: World;
  readonly #rules: DrillRules;
  readonly #desk: CaseDesk;
  readonly #budgets: BudgetWindows;
  readonly #fieldFacts: (fieldSet: string, topic: string) => FieldFacts;

  constructor(world: World, rules: DrillRules, desk: CaseDesk) {
    this.#world = world;
    this.#rules = rules;
    this.#desk = desk;
    this.#budgets = new BudgetWindows(rules.limits);
    this.#fieldFacts = fieldFactsOf(deskCatalogue(world, rules.catalogue));
  }

  judge(look: Look): RefusalCode | undefined {
    const { names, accesses } = this.#world.log;
    const fieldSet =
      look.action === 'reveal' ? (names.fieldSets[accesses.fieldSet[look.row] ?? 0] ?? '') : '';
    const who = this.#who(look);
    const at = instantOf(look.atMs);
    const spentBudgets = this.#budgets.spent({
      ...who,
      action: look.action,
      fieldsCount: fieldSet === '' ? 0 : fieldSet.split(' ').length,
      now: at,
      shiftStartedAt: shiftStart(at, undefined),
    });
    const topic = names.topics[this.#desk.topicOf(look.file)] ?? '';
    const facts: PolicyFacts = {
      action: look.action,
      role: this.#world.posts.get(look.agent) === 'lead' ? 'lead' : 'agent',
      standing: 'active',
      session: 'live',
      case: this.#desk.factsFor(look.agent, look.file, look.atMs),
      customer: this.#naming(look),
      view: 'live',
      fields: this.#fieldFacts(fieldSet, topic),
      reason: look.action === 'reveal' ? 'given' : 'not-asked',
      spentBudgets,
      protectedCustomer: false,
      approved: false,
      breakGlass: false,
    };
    const decision = this.#rules.policy.decide(facts);
    const refusal = decision.outcome === 'refuse' ? decision.refusal : undefined;
    this.#budgets.apply({
      ...this.#recorded(look, who, fieldSet),
      refusal,
      outcome: refusal ? 'refused' : 'permitted',
    });
    return refusal;
  }

  #naming({ file, customer, action }: Look): PolicyFacts['customer'] {
    const named = this.#desk.customerOf(file);
    if (named === 0) return 'unnamed';
    // A look-up that found nobody asked for whomever the case is about.
    return named === customer || (customer === 0 && action === 'lookup') ? 'of-this-case' : 'other';
  }

  #who({ agent, customer, row }: Look): Who {
    const { names, accesses } = this.#world.log;
    return {
      agentId: (names.agents[agent] ?? '') as AgentId,
      teamId: (names.teams[accesses.team[row] ?? 0] ?? '') as TeamId,
      vendorId: (names.vendors[accesses.vendor[row] ?? 0] ?? '') as VendorId,
      customerId: customer === 0 ? undefined : ((names.customers[customer] ?? '') as CustomerId),
    };
  }

  #recorded(look: Look, who: Who, fieldSet: string): Omit<Access, 'refusal' | 'outcome'> {
    return {
      ...who,
      seq: look.row,
      at: instantOf(look.atMs),
      action: look.action,
      sessionId: '' as SessionId,
      siteId: undefined,
      caseId: undefined,
      viewId: undefined,
      fields: fieldSet === '' ? [] : (fieldSet.split(' ') as FieldName[]),
      queueRef: undefined,
      topic: undefined,
      channel: undefined,
      initiatedBy: undefined,
      reasonMark: undefined,
    };
  }
}
