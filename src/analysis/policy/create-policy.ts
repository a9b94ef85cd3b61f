import { createHash } from 'node:crypto';
import { preparsePolicySet, preparseSchema, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import { Fault } from '../../model/fault.ts';
import { type DecisionRequest, decisionRequest, sliceKey } from './decision-request.ts';
import type { Decision, Policy, PolicyFacts } from './policy-facts.ts';
import { compareRefusals, isRuledRefusal, type RuledRefusal, refusedByDefault } from './refusal-order.ts';
import { type Rule, type RuleBook, type RuleTexts, readRuleBook, rulesFile } from './rule-book.ts';

/** A policy that also shows its rules, for screens and records. */
export interface LoadedPolicy extends Policy {
  readonly rules: readonly Rule[];
}

/** Decisions remembered at most; the oldest goes first. A few hundred different slices occur in a day's work. */
const rememberedMax = 20_000;

/**
 * Loads the rules from their two texts.
 * @throws Fault `policy-broken` with one line that names the file, the line, the rule and the fix (see rule-book.ts)
 */
export const createPolicy = (texts: RuleTexts): LoadedPolicy => policyOf(readRuleBook(texts));

/**
 * A policy over a rule book that was checked. It answers the same facts the same way for ever, so it remembers its
 * answers: Cedar needs a few tenths of a millisecond for each, a look-up less than a hundredth of that.
 */
export const policyOf = (book: RuleBook): LoadedPolicy => {
  const ask = prepare(book);
  const remembered = new Map<string, Decision>();
  const decide = (facts: PolicyFacts): Decision => {
    try {
      const key = sliceKey(facts);
      const known = remembered.get(key);
      if (known) return known;
      const decision = judge(ask, decisionRequest(facts));
      // What went wrong once may go right the next time; only real answers are kept.
      if (decision.outcome === 'permit' || decision.refusal !== 'policy-error')
        remember(remembered, key, decision);
      return decision;
    } catch {
      // An action or a fact that does not exist: as wrong as a rule that errs.
      return unevaluated([]);
    }
  };
  return { version: book.version, rules: book.rules, decide };
};

const remember = (remembered: Map<string, Decision>, key: string, decision: Decision): void => {
  const oldest = remembered.size >= rememberedMax ? remembered.keys().next().value : undefined;
  if (oldest !== undefined) remembered.delete(oldest);
  remembered.set(key, decision);
};

/** Which rules applied, or which of them erred. `undefined`: Cedar refused the whole question. */
type Answer =
  | { readonly applied: readonly string[]; readonly erred: readonly string[]; readonly allowed: boolean }
  | undefined;
type Ask = (request: DecisionRequest, which: 'all' | 'permits') => Answer;

/**
 * Fail closed. Cedar skips a rule that errs, and a forbid that is skipped would open what it guards; so any error,
 * and any question that does not fit the schema, is a refusal.
 */
const judge = (ask: Ask, request: DecisionRequest): Decision => {
  const answer = ask(request, 'all');
  if (!answer || answer.erred.length > 0) return unevaluated(answer?.erred ?? []);
  if (answer.allowed) return { outcome: 'permit', policies: answer.applied.toSorted() };
  // When a forbid applies, Cedar does not say whether a permit would have: asked apart, to tell "your role cannot".
  const permits = ask(request, 'permits');
  if (!permits || permits.erred.length > 0) return unevaluated(permits?.erred ?? []);
  const forbids: RuledRefusal[] = answer.applied.filter(isRuledRefusal);
  const refusals = [...forbids, ...(permits.allowed ? [] : ([refusedByDefault] as const))].toSorted(
    compareRefusals,
  );
  const [first] = refusals;
  return first ? { outcome: 'refuse', refusal: first, policies: refusals } : unevaluated([]);
};

const unevaluated = (erred: readonly string[]): Decision => ({
  outcome: 'refuse',
  refusal: 'policy-error',
  policies: erred,
});

/** Parses schema and rules once. Cedar keeps them under a name for the life of the thread: the name is their hash. */
const prepare = ({ schemaText, rules }: RuleBook): Ask => {
  const permits = rules.filter(({ effect }) => effect === 'permit');
  const schemaName = hashOf(schemaText);
  const names = { all: hashOf(JSON.stringify(rules)), permits: hashOf(JSON.stringify(permits)) };
  const answers = [
    preparseSchema(schemaName, schemaText),
    preparsePolicySet(names.all, { staticPolicies: textsById(rules) }),
    preparsePolicySet(names.permits, { staticPolicies: textsById(permits) }),
  ];
  if (answers.some(({ type }) => type === 'failure'))
    throw new Fault('policy-broken', `${rulesFile}: the rules do not parse together`);
  return (request, which) => {
    const call = {
      ...request,
      entities: [],
      preparsedSchemaName: schemaName,
      preparsedPolicySetId: names[which],
      validateRequest: true,
    };
    try {
      const answer = statefulIsAuthorized(call);
      if (answer.type === 'failure') return undefined;
      const { decision, diagnostics } = answer.response;
      return {
        applied: diagnostics.reason,
        erred: diagnostics.errors.map(({ policyId }) => policyId).sort(),
        allowed: decision === 'allow',
      };
    } catch {
      // A trap inside the evaluator: nothing is known, so nothing is allowed.
      return undefined;
    }
  };
};

const textsById = (rules: readonly Rule[]): Record<string, string> =>
  Object.fromEntries(rules.map(({ id, text }) => [id, text]));

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
