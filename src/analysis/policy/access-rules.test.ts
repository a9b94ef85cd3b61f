import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Action, actions } from '../../model/access.ts';
import { type Role, roles } from '../../model/role.ts';
import { createPolicy } from './create-policy.ts';
import type { PolicyFacts } from './policy-facts.ts';
import { isRuledRefusal, refusalOrder, refusedByDefault } from './refusal-order.ts';
import { everyday } from './situation.ts';

const read = (name: string) => readFileSync(new URL(`../../../policy/${name}`, import.meta.url), 'utf8');
const policy = createPolicy({ schemaText: read('schema.cedarschema'), rulesText: read('access.cedar') });

interface Law {
  readonly law: string;
  readonly as?: Role | Role[];
  readonly does?: Action | Action[];
  readonly given?: Record<string, unknown>;
  readonly answer: string;
}
const laws = parse(read('access.test.yaml')) as Law[];

const list = <T>(one: T | T[] | undefined, otherwise: NoInfer<T>): T[] =>
  one === undefined ? [otherwise] : ([one].flat() as T[]);

/** Sets facts by their path; a path that does not exist is a mistake in the table. */
const factsOf = (given: Record<string, unknown> = {}): Omit<PolicyFacts, 'action' | 'role'> => {
  const facts = structuredClone(everyday) as unknown as Record<string, Record<string, unknown>>;
  for (const [path, value] of Object.entries(given)) {
    const [first = '', second] = path.split('.');
    const place: Record<string, unknown> | undefined = second === undefined ? facts : facts[first];
    if (place === undefined || !Object.hasOwn(place, second ?? first))
      throw new Error(`no such fact: ${path}`);
    place[second ?? first] = value;
  }
  return facts as unknown as Omit<PolicyFacts, 'action' | 'role'>;
};

describe('the rules', () => {
  it.each(laws)('$law', ({ as, does, given, answer }) => {
    expect(answer === 'permit' || isRuledRefusal(answer)).toBe(true);
    for (const role of list(as, 'agent'))
      for (const action of list(does, 'reveal')) {
        expect(roles).toContain(role);
        expect(actions).toContain(action);
        const decision = policy.decide({ ...factsOf(given), role, action });
        const told = decision.outcome === 'permit' ? 'permit' : decision.refusal;
        expect(`${role} ${action}: ${told}`).toBe(`${role} ${action}: ${answer}`);
      }
  });

  it('each have a law that they alone answer', () => {
    const answered = new Set(laws.map(({ answer }) => answer));
    // The ten budget rules are one law with ten names; the matrix shows each of them.
    const unspoken = refusalOrder.filter((code) => !code.startsWith('budget-') && !answered.has(code));
    expect(unspoken).toEqual([]);
  });

  it('stand in the file in the order in which their refusals are told', () => {
    const forbids = policy.rules.filter(({ effect }) => effect === 'forbid').map(({ id }) => id);
    expect(forbids).toEqual(refusalOrder.filter((code) => code !== refusedByDefault));
  });
});
