import { createHash } from 'node:crypto';
import {
  checkParseSchema,
  type DetailedError,
  type PolicyJson,
  policySetTextToParts,
  policyToJson,
  validate,
} from '@cedar-policy/cedar-wasm/nodejs';
import { Fault } from '../../model/fault.ts';
import { isRuledRefusal, refusalOrder, refusedByDefault } from './refusal-order.ts';

/** One rule of the rule book: a permit, or a forbid that is named after the refusal it leads to. */
export interface Rule {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  /** What the rule asks for, in one plain sentence. */
  readonly sentence: string;
  /** The rule as it stands in the file, without the comments around it. */
  readonly text: string;
}

/** Rules that were read, checked against each other and against the schema. */
export interface RuleBook {
  /** SHA-256 over both files, first 12 hex digits. */
  readonly version: string;
  readonly schemaText: string;
  /** In the order of the file. */
  readonly rules: readonly Rule[];
}

export interface RuleTexts {
  readonly schemaText: string;
  readonly rulesText: string;
}

export const schemaFile = 'policy/schema.cedarschema';
export const rulesFile = 'policy/access.cedar';

const permitIdShape = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const sentenceCharsMax = 160;

/**
 * Reads the rule book. Refused as a whole when anything in it is doubtful: text that is not Cedar, a rule that does
 * not fit the schema or can never apply, a rule without a name and a sentence, a name that is no refusal, a name
 * twice, a refusal without its rule (a rule that was deleted by accident says nothing when it is missing).
 * @throws Fault `policy-broken` with one line that names the file, the line, the rule and the fix
 */
export const readRuleBook = ({ schemaText, rulesText }: RuleTexts): RuleBook => {
  const schema = checkParseSchema(schemaText);
  if (schema.type === 'failure') return fail(schemaFile, schemaText, placeOf(schema.errors));
  const parts = policySetTextToParts(rulesText);
  if (parts.type === 'failure') return fail(rulesFile, rulesText, placeOf(parts.errors));
  const [template] = parts.policy_templates;
  if (template !== undefined)
    return failAt(rulesText, template, 'a rule has a slot (?principal or ?resource); write the role out');
  const rules = parts.policies
    .map((text) => readRule(text, rulesText))
    // The parser hands rules out in an order of its own.
    .sort((a, b) => rulesText.indexOf(a.text) - rulesText.indexOf(b.text));
  checkNames(rules, rulesText);
  checkAgainstSchema(rules, { schemaText, rulesText });
  return { version: versionOf({ schemaText, rulesText }), schemaText, rules };
};

const readRule = (text: string, rulesText: string): Rule => {
  const parsed = policyToJson(text);
  if (parsed.type === 'failure') return fail(rulesFile, rulesText, placeOf(parsed.errors));
  const { effect, annotations = {} }: PolicyJson = parsed.json;
  const { id, sentence } = annotations as { id?: string; sentence?: string };
  if (!id) return failAt(rulesText, text, 'a rule has no @id; name it after its refusal');
  if (effect === 'forbid' && (!isRuledRefusal(id) || id === refusedByDefault))
    return failAt(
      rulesText,
      text,
      `@id("${id}") is no refusal that a rule can lead to; use a code of refusal.ts`,
    );
  if (effect === 'permit' && (!permitIdShape.test(id) || isRuledRefusal(id)))
    return failAt(rulesText, text, `@id("${id}") cannot name a permit; use a name like "support-looks"`);
  if (!sentence || sentence.length > sentenceCharsMax)
    return failAt(rulesText, text, `${id} needs @sentence("...") of at most ${sentenceCharsMax} characters`);
  return { id, effect, sentence, text };
};

const checkNames = (rules: readonly Rule[], rulesText: string): void => {
  const names = new Set<string>();
  for (const { id, text } of rules) {
    if (names.has(id)) failAt(rulesText, text, `a second rule is called ${id}; say it once`);
    names.add(id);
  }
  const missing = refusalOrder.find((code) => code !== refusedByDefault && !names.has(code));
  if (missing) broken(`${rulesFile}: no rule has @id("${missing}"); put it back`);
};

const checkAgainstSchema = (rules: readonly Rule[], { schemaText, rulesText }: RuleTexts): void => {
  const staticPolicies = Object.fromEntries(rules.map(({ id, text }) => [id, text]));
  const answer = validate({ schema: schemaText, policies: { staticPolicies } });
  if (answer.type === 'failure') {
    fail(rulesFile, rulesText, placeOf(answer.errors));
    return;
  }
  // A warning is as bad here: it is about a rule that can never apply, or text that is not what it seems.
  const [wrong] = [...answer.validationErrors, ...answer.validationWarnings];
  const rule = rules.find(({ id }) => id === wrong?.policyId);
  if (wrong && rule) failAt(rulesText, rule.text, `${rule.id}: ${sayOf(wrong.error)}`);
  const [other] = answer.otherWarnings;
  if (wrong ?? other) broken(`${rulesFile}: ${sayOf(wrong?.error ?? other)}`);
};

const versionOf = ({ schemaText, rulesText }: RuleTexts): string =>
  createHash('sha256').update(schemaText).update('\0').update(rulesText).digest('hex').slice(0, 12);

const broken = (line: string): never => {
  throw new Fault('policy-broken', line.replaceAll(/\s+/g, ' '));
};

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

const failAt = (rulesText: string, ruleText: string, problem: string): never =>
  broken(`${rulesFile} line ${lineOf(rulesText, rulesText.indexOf(ruleText))}: ${problem}`);

interface Place {
  readonly offset: number | undefined;
  readonly problem: string;
}

const fail = (file: string, text: string, { offset, problem }: Place): never =>
  broken(offset === undefined ? `${file}: ${problem}` : `${file} line ${lineOf(text, offset)}: ${problem}`);

const placeOf = ([error]: readonly DetailedError[]): Place => ({
  offset: error?.sourceLocations?.[0]?.start,
  problem: sayOf(error),
});

/** Cedar's own words, with its hint how to put it right. */
const sayOf = (error: DetailedError | undefined): string =>
  error
    ? [error.message, error.help].filter(Boolean).join('; ')
    : 'is not accepted, and Cedar does not say why';
