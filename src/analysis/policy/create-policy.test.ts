import { readFileSync } from 'node:fs';
import { policyToJson } from '@cedar-policy/cedar-wasm/nodejs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actions } from '../../model/access.ts';
import { roles } from '../../model/role.ts';
import { createPolicy, policyOf } from './create-policy.ts';
import { decisionRequest, sliceKey } from './decision-request.ts';
import type { BudgetRefusal, CaseFacts, FieldFacts, PolicyFacts } from './policy-facts.ts';
import { compareRefusals, isRuledRefusal, refusalOrder, refusedByDefault } from './refusal-order.ts';
import { type Rule, readRuleBook } from './rule-book.ts';
import { everyday } from './situation.ts';

const read = (name: string) => readFileSync(new URL(`../../../policy/${name}`, import.meta.url), 'utf8');
const texts = { schemaText: read('schema.cedarschema'), rulesText: read('access.cedar') };
const book = readRuleBook(texts);
const policy = createPolicy(texts);

const budgets = refusalOrder.filter((code): code is BudgetRefusal => code.startsWith('budget-'));
const caseStates: CaseFacts['state'][] = ['open', 'closed', 'none'];
const hands: CaseFacts['hands'][] = ['holder', 'helper', 'former', 'none'];
const starters: CaseFacts['startedBy'][] = ['customer', 'agent', 'system', 'unknown'];
const customers: PolicyFacts['customer'][] = ['of-this-case', 'other', 'unnamed', 'unknown'];
const views: PolicyFacts['view'][] = ['live', 'ended', 'none'];
const classes: FieldFacts['highestClass'][] = ['public', 'personal', 'sensitive'];
const reasons: PolicyFacts['reason'][] = ['given', 'missing', 'empty', 'repeated', 'not-asked'];

const anyFacts: fc.Arbitrary<PolicyFacts> = fc.record({
  action: fc.constantFrom(...actions),
  role: fc.constantFrom(...roles),
  standing: fc.constantFrom('active' as const, 'active' as const, 'suspended' as const),
  session: fc.constantFrom('live' as const, 'live' as const, 'ended' as const),
  case: fc.record({
    state: fc.constantFrom(...caseStates),
    hands: fc.constantFrom(...hands),
    quiet: fc.boolean(),
    startedBy: fc.constantFrom(...starters),
  }),
  customer: fc.constantFrom(...customers),
  view: fc.constantFrom(...views),
  fields: fc.record({
    unknown: fc.boolean(),
    needed: fc.boolean(),
    highestClass: fc.constantFrom(...classes),
  }),
  reason: fc.constantFrom(...reasons),
  spentBudgets: fc.subarray(budgets),
  protectedCustomer: fc.boolean(),
  approved: fc.boolean(),
  breakGlass: fc.boolean(),
});
/** Half of the facts near the everyday look, where permits are. */
const likelyFacts = fc.oneof(
  anyFacts,
  fc
    .tuple(anyFacts, fc.subarray(Object.keys(everyday) as (keyof typeof everyday)[], { minLength: 7 }))
    .map(([facts, keep]) => ({
      ...facts,
      ...Object.fromEntries(keep.map((name) => [name, everyday[name]])),
    })),
);

const permits = (by: typeof policy, facts: PolicyFacts) => by.decide(facts).outcome === 'permit';

/** The open case in this agent's hands that names this customer: what every look of a supporter stands on. */
const caseInHand = ({ action, case: { state, hands: held }, customer }: PolicyFacts): boolean =>
  state === 'open' &&
  (held === 'holder' || held === 'helper') &&
  (customer === 'of-this-case' || (customer === 'unnamed' && action === 'lookup'));

/** How one fact of the context is set in the facts. */
const setters: Record<string, (from: PolicyFacts, into: PolicyFacts) => PolicyFacts> = {
  session: (from, into) => ({ ...into, session: from.session }),
  standing: (from, into) => ({ ...into, standing: from.standing }),
  caseState: (from, into) => ({ ...into, case: { ...into.case, state: from.case.state } }),
  hands: (from, into) => ({ ...into, case: { ...into.case, hands: from.case.hands } }),
  quiet: (from, into) => ({ ...into, case: { ...into.case, quiet: from.case.quiet } }),
  startedBy: (from, into) => ({ ...into, case: { ...into.case, startedBy: from.case.startedBy } }),
  customer: (from, into) => ({ ...into, customer: from.customer }),
  protectedCustomer: (from, into) => ({ ...into, protectedCustomer: from.protectedCustomer }),
  approved: (from, into) => ({ ...into, approved: from.approved }),
  breakGlass: (from, into) => ({ ...into, breakGlass: from.breakGlass }),
  view: (from, into) => ({ ...into, view: from.view }),
  fieldUnknown: (from, into) => ({ ...into, fields: { ...into.fields, unknown: from.fields.unknown } }),
  fieldNeeded: (from, into) => ({ ...into, fields: { ...into.fields, needed: from.fields.needed } }),
  fieldClass: (from, into) => ({
    ...into,
    fields: { ...into.fields, highestClass: from.fields.highestClass },
  }),
  reason: (from, into) => ({ ...into, reason: from.reason }),
};

/** The facts that a rule looks at, found in its syntax tree. */
const factsReadBy = (rule: Rule): Set<string> => {
  const parsed = policyToJson(rule.text);
  if (parsed.type === 'failure') throw new Error(rule.id);
  const reads = new Set<string>();
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { '.': dot, Var: variable } = node as {
      '.'?: { left?: { Var?: string }; attr: string };
      Var?: string;
    };
    if (dot?.left?.Var === 'context') {
      reads.add(dot.attr);
      return;
    }
    // The context as a whole (`context == {...}`) would read everything.
    if (variable === 'context') throw new Error(`${rule.id} looks at the context as a whole`);
    for (const child of Object.values(node)) walk(child);
  };
  walk(parsed.json.conditions);
  return reads;
};

/** The budgets that a rule asks for, each with `contains`, so that no other budget in the set matters to it. */
const budgetsReadBy = (rule: Rule): Set<string> => {
  const reads = [...rule.text.matchAll(/context\.spentBudgets(\.contains\(Budget::"([a-z-]+)"\))?/g)];
  if (reads.some(([, contains]) => contains === undefined)) throw new Error(`${rule.id} reads all budgets`);
  return new Set(reads.map(([, , code]) => code ?? ''));
};

/**
 * Does this rule by itself apply? Judged by Cedar with the facts that the rule does not look at set to everyday
 * values: since it does not look at them, the answer holds for all of them.
 */
const appliers = new Map(
  book.rules.map((rule) => {
    const alone = policyOf({ ...book, rules: [rule] });
    const reads = factsReadBy(rule);
    const asks = budgetsReadBy(rule);
    const applies = (facts: PolicyFacts): boolean => {
      const start: PolicyFacts = { ...everyday, role: facts.role, action: facts.action };
      const set = [...reads].reduce((into, name) => setters[name]?.(facts, into) ?? into, start);
      const projected = { ...set, spentBudgets: facts.spentBudgets.filter((code) => asks.has(code)) };
      return alone.decide(projected).policies.includes(rule.id);
    };
    return [rule.id, { rule, reads, applies }] as const;
  }),
);
const applies = (id: string, facts: PolicyFacts): boolean => appliers.get(id)?.applies(facts) ?? false;
const someOf = (effect: Rule['effect'], facts: PolicyFacts): string[] =>
  book.rules.filter((rule) => rule.effect === effect && applies(rule.id, facts)).map(({ id }) => id);

describe('a decision', () => {
  it('is a permit when some permit and no forbid applies, and else the first refusal of the committed order', () => {
    fc.assert(
      fc.property(likelyFacts, (facts) => {
        const allowedBy = someOf('permit', facts);
        const forbids = someOf('forbid', facts).filter(isRuledRefusal);
        const refusals = [
          ...forbids,
          ...(allowedBy.length > 0 ? [] : ([refusedByDefault] as const)),
        ].toSorted(compareRefusals);
        expect(policy.decide(facts)).toEqual(
          refusals.length === 0
            ? { outcome: 'permit', policies: allowedBy.toSorted() }
            : { outcome: 'refuse', refusal: refusals[0], policies: refusals },
        );
      }),
      { numRuns: 300 },
    );
  });

  it('is never a permit without an open case in hand and without break-glass, whatever all other facts are', () => {
    const known = ['caseState', 'hands', 'customer', 'breakGlass'];
    const guards = ['support-looks', 'break-glass-looks', 'not-yours', 'case-moved', 'case-closed'];
    // What these rules answer depends on nothing but the role, the action and the four facts that are tried out here
    // in every combination; so the whole space of slices is covered, and other rules can only refuse more.
    for (const id of guards)
      expect([...(appliers.get(id)?.reads ?? ['none'])].every((name) => known.includes(name))).toBe(true);
    expect(book.rules.filter(({ effect }) => effect === 'permit').map(({ id }) => id)).toEqual(
      guards.slice(0, 2),
    );
    let looksCount = 0;
    for (const role of roles)
      for (const action of actions)
        for (const state of caseStates)
          for (const held of hands)
            for (const customer of customers) {
              const facts: PolicyFacts = {
                ...everyday,
                role,
                action,
                case: { ...everyday.case, state, hands: held },
                customer,
              };
              if (caseInHand(facts)) continue;
              looksCount += 1;
              const allowed = applies('support-looks', facts) || applies('break-glass-looks', facts);
              const stopped = ['not-yours', 'case-moved', 'case-closed'].some((id) => applies(id, facts));
              expect(allowed && !stopped, JSON.stringify(facts)).toBe(false);
            }
    expect(looksCount).toBe(7 * (5 * 48 - 2 * 5 - 2));
  });

  it('under break-glass is a permit for analysts and responders alone, and never for export', () => {
    for (const role of roles)
      for (const action of actions) {
        const facts: PolicyFacts = {
          ...everyday,
          role,
          action,
          case: { ...everyday.case, state: 'none', hands: 'none' },
          customer: 'other',
          breakGlass: true,
        };
        const expected = ['analyst', 'responder'].includes(role) && ['view', 'reveal'].includes(action);
        expect(permits(policy, facts), `${role} ${action}`).toBe(expected);
      }
  });

  it('never turns from refuse to permit when a fact gets worse', () => {
    const worse: ((facts: PolicyFacts) => PolicyFacts)[] = [
      (facts) => ({ ...facts, standing: 'suspended' }),
      (facts) => ({ ...facts, session: 'ended' }),
      (facts) => ({ ...facts, case: { ...facts.case, state: 'closed' } }),
      (facts) => ({ ...facts, case: { ...facts.case, state: 'none' } }),
      (facts) => ({ ...facts, case: { ...facts.case, hands: 'former' } }),
      (facts) => ({ ...facts, case: { ...facts.case, hands: 'none' } }),
      (facts) => ({ ...facts, case: { ...facts.case, quiet: true } }),
      (facts) => ({ ...facts, case: { ...facts.case, startedBy: 'agent' } }),
      (facts) => ({ ...facts, customer: 'other' }),
      (facts) => ({ ...facts, view: 'ended' }),
      (facts) => ({ ...facts, fields: { ...facts.fields, unknown: true } }),
      (facts) => ({ ...facts, fields: { ...facts.fields, needed: false } }),
      (facts) => ({ ...facts, fields: { ...facts.fields, highestClass: 'sensitive' } }),
      (facts) => ({ ...facts, reason: 'missing' }),
      (facts) => ({ ...facts, reason: 'empty' }),
      (facts) => ({ ...facts, spentBudgets: budgets }),
      (facts) => ({ ...facts, protectedCustomer: true }),
      (facts) => ({ ...facts, approved: false }),
      (facts) => ({ ...facts, breakGlass: false }),
      (facts) => ({ ...facts, action: 'export' }),
    ];
    fc.assert(
      fc.property(likelyFacts, fc.subarray(worse, { minLength: 1 }), (facts, steps) => {
        const worsened = steps.reduce((so, step) => step(so), facts);
        if (permits(policy, worsened)) expect(permits(policy, facts)).toBe(true);
      }),
      { numRuns: 600 },
    );
  });

  it('never turns from refuse to permit when a rule that forbids is added', () => {
    const added = ['when { true }', 'when { context.session == Session::"ended" }'].flatMap((condition) =>
      actions.map((action) => {
        const text = `forbid (principal, action == Action::"${action}", resource) ${condition};`;
        return policyOf({
          ...book,
          rules: [...book.rules, { id: 'added', effect: 'forbid', sentence: 'No.', text }],
        });
      }),
    );
    fc.assert(
      fc.property(likelyFacts, fc.constantFrom(...added), (facts, stricter) => {
        if (permits(stricter, facts)) expect(permits(policy, facts)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('tells a stranger the same whether or not a case or a customer exists', () => {
    const strangers = fc
      .tuple(likelyFacts, likelyFacts)
      .filter(([facts]) => ['agent', 'lead'].includes(facts.role));
    const hidden = ({ action, case: { state, hands: held }, customer }: PolicyFacts) =>
      state === 'none' ||
      held === 'none' ||
      customer === 'other' ||
      customer === 'unknown' ||
      (customer === 'unnamed' && action !== 'lookup');
    fc.assert(
      fc.property(strangers, ([facts, other]) => {
        // The same person doing the same thing; everything about the case, the customer and the field differs.
        const same: PolicyFacts = {
          ...other,
          role: facts.role,
          action: facts.action,
          session: facts.session,
          standing: facts.standing,
        };
        fc.pre(hidden(facts) && hidden(same));
        const [a, b] = [policy.decide(facts), policy.decide(same)];
        expect(a.outcome === 'refuse' && a.refusal).toBe(b.outcome === 'refuse' && b.refusal);
      }),
      { numRuns: 400 },
    );
  });

  it('is the same for the same facts, however often and in whatever order budgets are named', () => {
    fc.assert(
      fc.property(
        likelyFacts.chain((facts) =>
          fc.tuple(
            fc.constant(facts),
            fc.shuffledSubarray([...facts.spentBudgets], { minLength: facts.spentBudgets.length }),
          ),
        ),
        ([facts, shuffled]) => {
          const again = { ...facts, spentBudgets: [...shuffled, ...shuffled] };
          expect(JSON.stringify(decisionRequest(again))).toBe(JSON.stringify(decisionRequest(facts)));
          expect(sliceKey(again)).toBe(sliceKey(facts));
          expect(policy.decide(again)).toEqual(policy.decide(facts));
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('the memory of decisions', () => {
  it('takes two slices for the same only when every fact is the same', () => {
    // One fact changed at a time, so that none can be left out of the key unseen.
    const oneChanged = fc.tuple(
      anyFacts,
      anyFacts,
      fc.constantFrom(...Object.keys(everyday), 'role', 'action'),
    );
    fc.assert(
      fc.property(oneChanged, ([facts, other, name]) => {
        const changed = { ...facts, [name]: other[name as keyof PolicyFacts] };
        expect(sliceKey(changed) === sliceKey(facts)).toBe(JSON.stringify(changed) === JSON.stringify(facts));
      }),
      { numRuns: 2_000 },
    );
    for (const name of ['case', 'fields'] as const)
      for (const inner of Object.keys(everyday[name])) {
        const facts: PolicyFacts = { ...everyday, role: 'agent', action: 'reveal' };
        expect(sliceKey({ ...facts, [name]: { ...facts[name], [inner]: 'changed' } }), inner).not.toBe(
          sliceKey(facts),
        );
      }
  });

  it('answers like a policy that remembers nothing, also when it has forgotten', () => {
    fc.assert(
      fc.property(fc.array(likelyFacts, { maxLength: 4 }), (asks) => {
        const anew = policyOf(book);
        for (const facts of asks) expect(policy.decide(facts)).toEqual(anew.decide(facts));
      }),
      { numRuns: 25 },
    );
  });
});

describe('a policy that cannot be evaluated', () => {
  const erring = (id: string, condition: string) => {
    const rule = book.rules.find((each) => each.id === id);
    const text = rule?.text.replace(/(when|unless) \{[^}]*\}/, condition) ?? '';
    if (!rule || text === rule.text) throw new Error('nothing was changed');
    return texts.rulesText.replace(rule.text, text);
  };
  // The sum overflows: it fits the schema, and fails only when it is evaluated.
  const overflow = '9223372036854775807 + 1 == 0';
  const everydayReveal: PolicyFacts = { ...everyday, role: 'agent', action: 'reveal' };

  it('refuses a look that all other rules would permit, and names the rule', () => {
    const broken = createPolicy({ ...texts, rulesText: erring('case-quiet', `when { ${overflow} }`) });
    const expected = { outcome: 'refuse', refusal: 'policy-error', policies: ['case-quiet'] };
    expect(permits(policy, everydayReveal)).toBe(true);
    expect(broken.decide(everydayReveal)).toEqual(expected);
    expect(broken.decide(everydayReveal)).toEqual(expected);
  });

  it('refuses when the rule that errs is a permit, even if another one permits', () => {
    const broken = createPolicy({ ...texts, rulesText: erring('break-glass-looks', `when { ${overflow} }`) });
    const look: PolicyFacts = { ...everyday, role: 'analyst', action: 'view', breakGlass: true };
    expect(broken.decide(look)).toMatchObject({ outcome: 'refuse', refusal: 'policy-error' });
  });

  it('refuses on an attribute that is missing at the time of asking', () => {
    // Past the schema, as if the check at loading had a hole.
    const hole = book.rules.map((rule) =>
      rule.id === 'case-quiet'
        ? { ...rule, text: rule.text.replace('context.quiet', 'context.asleep') }
        : rule,
    );
    expect(policyOf({ ...book, rules: hole }).decide(everydayReveal)).toEqual({
      outcome: 'refuse',
      refusal: 'policy-error',
      policies: ['case-quiet'],
    });
  });

  it.each([
    ['a role', { role: 'owner' }],
    ['an action', { action: 'browse' }],
    ['a word', { view: 'open' }],
    ['a budget', { spentBudgets: ['budget-moon'] }],
    ['a yes or no', { approved: 'yes' }],
    ['a fact', { case: undefined }],
    ['a name from the prototype', { action: 'constructor' }],
  ])('refuses facts with %s that the schema does not know', (_, over) => {
    const facts = { ...everydayReveal, ...over } as unknown as PolicyFacts;
    expect(policy.decide(facts)).toEqual({ outcome: 'refuse', refusal: 'policy-error', policies: [] });
  });
});
