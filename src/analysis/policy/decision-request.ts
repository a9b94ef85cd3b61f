import type { CedarValueJson, Context, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';
import type { Action } from '../../model/access.ts';
import type { Role } from '../../model/role.ts';
import type { PolicyFacts } from './policy-facts.ts';

/** A question to Cedar. There are no entities to send: every fact is a word or a yes/no in the context. */
export interface DecisionRequest {
  readonly principal: TypeAndId;
  readonly action: TypeAndId;
  readonly resource: TypeAndId;
  readonly context: Context;
}

const principalTypes: Record<Role, string> = {
  agent: 'Supporter',
  lead: 'Supporter',
  analyst: 'Investigator',
  responder: 'Investigator',
  'vendor-security': 'Onlooker',
  auditor: 'Onlooker',
  administrator: 'Onlooker',
};

const word = (type: string, id: string): CedarValueJson => ({ __entity: { type, id } });

const askerFacts = ({ session, standing }: PolicyFacts) => ({
  session: word('Session', session),
  standing: word('Standing', standing),
});

const caseFacts = (facts: PolicyFacts) => ({
  ...askerFacts(facts),
  caseState: word('CaseState', facts.case.state),
  hands: word('Hands', facts.case.hands),
  quiet: facts.case.quiet,
  customer: word('Naming', facts.customer),
  // Sorted and without repeats: the same facts are the same question.
  spentBudgets: [...new Set(facts.spentBudgets)].sort().map((code) => word('Budget', code)),
});

const approvalFacts = ({ protectedCustomer, approved }: PolicyFacts) => ({ protectedCustomer, approved });

const fieldFacts = ({ view, fields }: PolicyFacts) => ({
  view: word('View', view),
  fieldUnknown: fields.unknown,
});

/** The context of each action, exactly as policy/schema.cedarschema declares it. */
const contexts: Record<Action, (facts: PolicyFacts) => Context> = {
  lookup: caseFacts,
  view: (facts) => ({ ...caseFacts(facts), ...approvalFacts(facts), breakGlass: facts.breakGlass }),
  reveal: (facts) => ({
    ...caseFacts(facts),
    ...approvalFacts(facts),
    ...fieldFacts(facts),
    breakGlass: facts.breakGlass,
    startedBy: word('Starter', facts.case.startedBy),
    fieldNeeded: facts.fields.needed,
    fieldClass: word('FieldClass', facts.fields.highestClass),
    reason: word('Reason', facts.reason),
  }),
  contact: (facts) => ({ ...caseFacts(facts), ...fieldFacts(facts) }),
  export: askerFacts,
};

/** Puts a slice of facts as a question. Facts that no rule of this action looks at are left out. */
export const decisionRequest = (facts: PolicyFacts): DecisionRequest => ({
  principal: { type: principalTypes[facts.role], id: facts.role },
  action: { type: 'Action', id: facts.action },
  resource: { type: 'Customer', id: 'asked-for' },
  context: contexts[facts.action](facts),
});

/**
 * One text for each slice: equal texts mean equal facts. It holds every fact, also those that no rule of the action
 * looks at, so that no fact can be forgotten here that a rule comes to look at later.
 */
export const sliceKey = (facts: PolicyFacts): string => {
  const { state, hands, quiet, startedBy } = facts.case;
  const { unknown, needed, highestClass } = facts.fields;
  const asker = `${facts.role} ${facts.action} ${facts.session} ${facts.standing}`;
  const matter = `${state} ${hands} ${quiet} ${startedBy} ${facts.customer} ${facts.view}`;
  const ask = `${unknown} ${needed} ${highestClass} ${facts.reason}`;
  const rest = `${facts.protectedCustomer} ${facts.approved} ${facts.breakGlass}`;
  const spent = facts.spentBudgets.length > 1 ? [...new Set(facts.spentBudgets)].sort() : facts.spentBudgets;
  return `${asker} ${matter} ${ask} ${rest} ${spent.join(',')}`;
};
