import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { actions } from '../../model/access.ts';
import { roles } from '../../model/role.ts';
import { createPolicy, policyOf } from './create-policy.ts';
import { policyMatrix } from './policy-matrix.ts';
import { refusalOrder } from './refusal-order.ts';
import { readRuleBook } from './rule-book.ts';
import { situations } from './situation.ts';

const read = (name: string) => readFileSync(new URL(`../../../policy/${name}`, import.meta.url), 'utf8');
const texts = { schemaText: read('schema.cedarschema'), rulesText: read('access.cedar') };
const policy = createPolicy(texts);

const looks = roles.flatMap((role) =>
  actions.flatMap((action) => situations.map(({ facts }) => ({ ...facts, role, action }))),
);

describe('the matrix of role, action and state', () => {
  it('is the committed one', async () => {
    await expect(`${policyMatrix(policy)}\n`).toMatchFileSnapshot('../../../policy/matrix.txt');
  });

  it('shows every refusal that the rules can come to', () => {
    const told = new Set(
      looks.map((look) => policy.decide(look)).flatMap((d) => (d.outcome === 'refuse' ? d.refusal : [])),
    );
    expect(refusalOrder.filter((code) => !told.has(code))).toEqual([]);
  });

  it('has a different name for each state', () => {
    let parent = '';
    const names = situations.map(({ name }) => {
      if (!name.startsWith(' ')) parent = name;
      return name.startsWith(' ') ? `${parent},${name}` : name;
    });
    expect(new Set(names).size).toBe(names.length);
  });

  const book = readRuleBook(texts);
  it.each(book.rules.map(({ id }) => id))('changes when the rule %s is taken away', (id) => {
    const without = policyOf({ ...book, rules: book.rules.filter((rule) => rule.id !== id) });
    const told = (by: typeof policy, look: (typeof looks)[number]) => {
      const decision = by.decide(look);
      return decision.outcome === 'permit' ? 'permit' : decision.refusal;
    };
    const decidedByIt = looks.filter((look) => {
      const decision = policy.decide(look);
      return decision.outcome === 'permit' ? decision.policies.includes(id) : decision.refusal === id;
    });
    expect(decidedByIt.some((look) => told(without, look) !== told(policy, look))).toBe(true);
  });
});
