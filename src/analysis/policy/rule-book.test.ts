import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isFault } from '../../model/fault.ts';
import { createPolicy } from './create-policy.ts';
import { describePolicy } from './describe-policy.ts';
import { refusalOrder, refusedByDefault } from './refusal-order.ts';

const read = (name: string) => readFileSync(new URL(`../../../policy/${name}`, import.meta.url), 'utf8');
const schemaText = read('schema.cedarschema');
const rulesText = read('access.cedar');

const complaint = (texts: { schemaText: string; rulesText: string }): string => {
  try {
    createPolicy(texts);
  } catch (thrown) {
    if (isFault(thrown) && thrown.code === 'policy-broken') return thrown.message;
    throw thrown;
  }
  return 'accepted';
};
/** The file with one place changed; the place must be there. */
const changed = (from: string | RegExp, to: string): string => {
  const text = rulesText.replace(from, to);
  if (text === rulesText) throw new Error('nothing was changed');
  return text;
};
const closedRule = /@id\("case-closed"\)[^;]*;/;

describe('a rule book', () => {
  const refused: [string, string, RegExp][] = [
    [
      'that is not Cedar',
      changed('forbid (principal, action, resource)', 'forbid principal'),
      /line \d+: unexpected/,
    ],
    ['with a rule that has no name', changed('@id("case-closed")', ''), /line \d+: a rule has no @id/],
    [
      'with a rule named after no refusal',
      changed('@id("case-closed")', '@id("case-clsed")'),
      /line \d+: @id\("case-clsed"\) is no refusal/,
    ],
    [
      'with a rule for what no rule decides',
      changed('@id("case-closed")', '@id("no-match")'),
      /"no-match"\) is no refusal/,
    ],
    [
      'with a rule for the refusal by default',
      changed('@id("case-closed")', '@id("role-cannot")'),
      /"role-cannot"\) is no/,
    ],
    [
      'with a permit named like a refusal',
      changed('@id("support-looks")', '@id("not-yours")'),
      /cannot name a permit/,
    ],
    [
      'with the same name twice',
      changed('@id("case-closed")', '@id("case-quiet")'),
      /a second rule is called case-quiet/,
    ],
    ['that lost a rule', changed(closedRule, ''), /no rule has @id\("case-closed"\); put it back/],
    [
      'with a rule that has no sentence',
      changed('@sentence("The case is open.")\n', ''),
      /case-closed needs @sentence/,
    ],
    ['with a misspelt word', changed('CaseState::"open"', 'CaseState::"opn"'), /case-closed: .*"opn"/],
    [
      'with a fact that does not exist',
      changed('context.quiet', 'context.quite'),
      /case-quiet: .*did you mean `quiet`/,
    ],
    [
      'that looks at a fact of another action',
      changed('when { context.quiet }', 'when { context.quiet || context.breakGlass }'),
      /case-quiet: .*`breakGlass`/,
    ],
    [
      'with a rule that can never apply',
      changed('when { context.quiet }', 'when { false }'),
      /case-quiet: .*impossible/,
    ],
    [
      'with a template',
      `${rulesText}\n@id("x") @sentence("X.") permit (principal == ?principal, action, resource);`,
      /line \d+: a rule has a slot/,
    ],
    ['without rules', '', /no rule has @id/],
  ];
  it.each(refused)('%s is refused in one line', (_, text, pattern) => {
    const line = complaint({ schemaText, rulesText: text });
    expect(line).toMatch(pattern);
    expect(line).toMatch(/^policy\/access\.cedar/);
    expect(line.split('\n')).toHaveLength(1);
  });

  it('names the line of the rule that is wrong', () => {
    const text = changed('@id("case-quiet")', '@id("case-quit")');
    const expectedLine = text.split('\n').findIndex((line) => line.includes('case-quit"')) + 1;
    expect(complaint({ schemaText, rulesText: text })).toContain(`line ${expectedLine}:`);
  });

  it('whose schema is broken is refused in one line that names the schema', () => {
    const line = complaint({ schemaText: schemaText.replace('enum', 'enm'), rulesText });
    expect(line).toMatch(/^policy\/schema\.cedarschema line \d+: /);
    expect(line.split('\n')).toHaveLength(1);
  });

  it('has another version when one character of either file is another', () => {
    const { version } = createPolicy({ schemaText, rulesText });
    expect(version).toMatch(/^[0-9a-f]{12}$/);
    expect(createPolicy({ schemaText, rulesText: `${rulesText}\n` }).version).not.toBe(version);
    expect(createPolicy({ schemaText: `${schemaText}\n`, rulesText }).version).not.toBe(version);
  });

  it('describes each rule in one plain sentence, permits first, then in the order of refusals', () => {
    const described = describePolicy(createPolicy({ schemaText, rulesText }));
    expect(described.map(({ id }) => id)).toEqual([
      'support-looks',
      'break-glass-looks',
      ...refusalOrder.filter((code) => code !== refusedByDefault),
    ]);
    for (const { sentence } of described) expect(sentence).toMatch(/^[A-Z][^\n]{10,159}\.$/);
  });
});
