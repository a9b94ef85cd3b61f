import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { caseChangeKinds, channels, initiators } from '../../model/case.ts';
import { Fault } from '../../model/fault.ts';
import { changesPerTakeMax } from '../../records/cases/take-changes.ts';
import { refCharsMax, type ToldChange } from '../../records/cases/told-change.ts';

const maybe = <Schema extends Type.TSchema>(schema: Schema) =>
  Type.Optional(Type.Union([schema, Type.Null()]));
const words = <Word extends string>(list: readonly Word[], description: string) =>
  Type.Enum([...list], { description });
const ref = (description: string) => Type.String({ minLength: 1, maxLength: refCharsMax, description });

const changeFields = {
  at: Type.String({
    maxLength: 40,
    description: 'When it happened, by the help desk’s clock: RFC 3339 with its offset.',
    examples: ['2026-11-22T12:45:06Z'],
  }),
  case: ref('The help desk’s own reference of the case.'),
  change: words(caseChangeKinds, 'What happened.'),
  agent: maybe(
    ref('Who holds the case now, joined, left or replied. `assigned` without an agent: nobody holds it.'),
  ),
  customer: maybe(ref('The help desk’s own reference of the customer. It is stored as a keyed hash only.')),
  queue: maybe(ref('The queue’s reference.')),
  topic: maybe(ref('The topic, as the field catalogue spells it.')),
  channel: maybe(words(channels, 'How the customer came.')),
  initiated_by: maybe(words(initiators, 'Who started the case; the first change that says so counts.')),
};

export const caseChangedSchema = Type.Object(
  { type: Type.Literal('case.changed'), ...changeFields },
  { additionalProperties: false, title: 'CaseChanged', description: 'One change of one case.' },
);

export const caseChangesSchema = Type.Object(
  {
    type: Type.Literal('case.changes'),
    changes: Type.Array(Type.Object(changeFields, { additionalProperties: false }), {
      minItems: 1,
      maxItems: changesPerTakeMax,
    }),
  },
  {
    additionalProperties: false,
    title: 'CaseChanges',
    description: 'Changes of one or more cases, oldest first.',
  },
);

/** The body of the case webhook, for the HTTP door and for OpenAPI. */
export const caseWebhookSchema = Type.Union([caseChangedSchema, caseChangesSchema]);

const checkers = { 'case.changed': Compile(caseChangedSchema), 'case.changes': Compile(caseChangesSchema) };

const malformed = (detail: string): Fault =>
  new Fault('bad-request', `case webhook: ${detail}`, { detail: `Case webhook: ${detail}.` });

/** `/changes/3/at` as people write it: `changes[3].at`. */
const fieldPath = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${/^[a-z_]{1,40}$/.test(step) ? step : '?'}`))
    .join('')
    .replace(/^\./, '');

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: object;
}

const fixes: Readonly<Record<string, string>> = {
  type: 'is of the wrong type',
  anyOf: 'is of the wrong type or none of the known words',
  enum: 'is none of the known words',
  const: 'is none of the known words',
  minLength: 'is empty; leave it out instead',
  maxLength: 'is too long',
  minItems: 'holds no change',
  maxItems: `holds more than ${changesPerTakeMax} changes; send several messages`,
  boolean: 'is not a known field; remove it',
};

const describe = (errors: readonly SchemaError[]): string => {
  const required = errors.find((error) => error.keyword === 'required');
  // Of the branches of a union only the union itself says what is wrong.
  const error =
    required ??
    errors.find(({ keyword }) => keyword === 'boolean') ??
    errors.find(({ keyword }) => keyword === 'anyOf') ??
    errors[0];
  if (!error) return 'the body does not fit';
  const at = fieldPath(error.instancePath);
  if (error === required) {
    const missing = (error.params as { requiredProperties?: readonly string[] }).requiredProperties ?? [];
    return `${[at, missing[0]].filter(Boolean).join('.')} is missing`;
  }
  return `${at || 'the body'} ${fixes[error.keyword] ?? 'does not fit'}`;
};

const asJson = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    // The parser's own message quotes the body.
    throw malformed('the body is not JSON');
  }
};

export interface ToldChanges {
  /** True for `case.changed`: one change, whose id is the delivery's own. */
  readonly single: boolean;
  readonly changes: readonly ToldChange[];
}

/**
 * Reads a verified body: one change or many.
 * @throws Fault `bad-request` that names the first wrong field and its fix, and repeats no value.
 */
export const readCaseWebhookBody = (body: string): ToldChanges => {
  const json = asJson(body);
  if (typeof json !== 'object' || json === null || !('type' in json)) throw malformed('type is missing');
  const { type } = json;
  if (type !== 'case.changed' && type !== 'case.changes')
    throw malformed('type is none of case.changed, case.changes');
  const checker = checkers[type];
  if (!checker.Check(json)) throw malformed(describe(checker.Errors(json)));
  return 'changes' in json ? { single: false, changes: json.changes } : { single: true, changes: [json] };
};
