import type { PolicyFacts } from './policy-facts.ts';

/** The facts of a look, apart from who does what. */
export type Situation = Omit<PolicyFacts, 'action' | 'role'>;

/** The everyday look: an open case that the customer started, in this agent's hands, one personal field, a reason. */
export const everyday: Situation = {
  standing: 'active',
  session: 'live',
  case: { state: 'open', hands: 'holder', quiet: false, startedBy: 'customer' },
  customer: 'of-this-case',
  view: 'live',
  fields: { unknown: false, needed: true, highestClass: 'personal' },
  reason: 'given',
  spentBudgets: [],
  protectedCustomer: false,
  approved: false,
  breakGlass: false,
};

const inCase = (over: Partial<Situation['case']>): Partial<Situation> => ({
  case: { ...everyday.case, ...over },
});
const ofFields = (over: Partial<Situation['fields']>): Partial<Situation> => ({
  fields: { ...everyday.fields, ...over },
});

const noCase = inCase({ state: 'none', hands: 'none', startedBy: 'unknown' });
const agentStarted = inCase({ startedBy: 'agent' });
const sensitive = ofFields({ highestClass: 'sensitive' });
const approved = { approved: true };
const brokenGlass: Partial<Situation> = {
  ...noCase,
  ...ofFields({ needed: false }),
  customer: 'other',
  breakGlass: true,
};

/** What makes each row of the matrix differ from the everyday look. */
const differences: readonly (readonly [name: string, over: Partial<Situation>])[] = [
  ['everyday look, personal field', {}],
  ['  as recorded helper', inCase({ hands: 'helper' })],
  ['  public field', ofFields({ highestClass: 'public' })],
  ['  sensitive field', sensitive],
  ['  sensitive field, as recorded helper', { ...inCase({ hands: 'helper' }), ...sensitive }],

  ['session ended', { session: 'ended' }],
  ['agent, team, site or vendor suspended', { standing: 'suspended' }],

  ['no such case', noCase],
  ['case never in these hands', inCase({ hands: 'none' })],
  ['  and closed', inCase({ hands: 'none', state: 'closed' })],
  ['case moved to other hands', inCase({ hands: 'former' })],
  ['  and closed since', inCase({ hands: 'former', state: 'closed' })],
  ['  and asked for another customer', { ...inCase({ hands: 'former' }), customer: 'other' }],
  ['case closed', inCase({ state: 'closed' })],
  ['  and quiet since', inCase({ state: 'closed', quiet: true })],
  ['case quiet', inCase({ quiet: true })],
  ['  with approval', { ...inCase({ quiet: true }), ...approved }],

  ['case names nobody yet', { customer: 'unnamed' }],
  ['case names another customer', { customer: 'other' }],
  ['  with approval', { customer: 'other', ...approved }],
  ['no such customer', { customer: 'unknown' }],

  ['case started by an agent', agentStarted],
  ['  with approval', { ...agentStarted, ...approved }],
  ['  sensitive field', { ...agentStarted, ...sensitive }],
  ['  sensitive field, with approval', { ...agentStarted, ...sensitive, ...approved }],
  ['case started by a system', inCase({ startedBy: 'system' })],
  ['case started by nobody knows whom', inCase({ startedBy: 'unknown' })],

  ['view ended', { view: 'ended' }],
  ['no view', { view: 'none' }],

  ['field unknown or secret', ofFields({ unknown: true, needed: false })],
  ['field not needed by the topic', ofFields({ needed: false })],
  ['  with approval', { ...ofFields({ needed: false }), ...approved }],

  ['customer protected', { protectedCustomer: true }],
  ['  with approval', { protectedCustomer: true, ...approved }],
  ['  sensitive field, with approval', { protectedCustomer: true, ...sensitive, ...approved }],

  ['reason missing', { reason: 'missing' }],
  ['reason never asked for', { reason: 'not-asked' }],
  ['reason says nothing', { reason: 'empty' }],
  ['reason pasted from another case', { reason: 'repeated' }],

  ['agent: reveals of the hour spent', { spentBudgets: ['budget-agent-hour'] }],
  ['agent: reveals of the shift spent', { spentBudgets: ['budget-agent-shift'] }],
  ['agent: customers of the shift spent', { spentBudgets: ['budget-agent-customers'] }],
  ['agent: look-ups of the hour spent', { spentBudgets: ['budget-agent-lookups'] }],
  ['team: reveals of the hour spent', { spentBudgets: ['budget-team-hour'] }],
  ['team: reveals of the shift spent', { spentBudgets: ['budget-team-shift'] }],
  ['team: customers of the shift spent', { spentBudgets: ['budget-team-customers'] }],
  ['vendor: reveals of the hour spent', { spentBudgets: ['budget-vendor-hour'] }],
  ['vendor: reveals of the shift spent', { spentBudgets: ['budget-vendor-shift'] }],
  ['vendor: customers of the shift spent', { spentBudgets: ['budget-vendor-customers'] }],
  [
    'budgets spent, and approval needed, and no reason',
    { spentBudgets: ['budget-agent-shift'], protectedCustomer: true, reason: 'missing' },
  ],

  ['break-glass, no case', brokenGlass],
  ['  sensitive field', { ...brokenGlass, ...sensitive }],
  ['  customer protected', { ...brokenGlass, protectedCustomer: true }],
  ['  session ended', { ...brokenGlass, session: 'ended' }],
  ['  suspended', { ...brokenGlass, standing: 'suspended' }],
  ['  view ended', { ...brokenGlass, view: 'ended' }],
  ['  field unknown or secret', { ...brokenGlass, ...ofFields({ unknown: true, needed: false }) }],
  ['  reason missing', { ...brokenGlass, reason: 'missing' }],
  ['  reason says nothing', { ...brokenGlass, reason: 'empty' }],
  ['  reason used before', { ...brokenGlass, reason: 'repeated' }],
  ['  reveals of the hour spent', { ...brokenGlass, spentBudgets: ['budget-agent-hour'] }],
];

/** The states that the matrix shows, each with its name. An indented name adds to the one above that is not. */
export const situations: readonly { readonly name: string; readonly facts: Situation }[] = differences.map(
  ([name, over]) => ({ name, facts: { ...everyday, ...over } }),
);
