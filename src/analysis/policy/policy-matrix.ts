import { type Action, actions } from '../../model/access.ts';
import { type Role, roles } from '../../model/role.ts';
import type { Policy } from './policy-facts.ts';
import { type Situation, situations } from './situation.ts';

/**
 * The whole role x action x state matrix as an aligned text: one block a role, one line a state, one column an
 * action. A cell says `permit`, or the refusal that the asker is told.
 */
export const policyMatrix = (policy: Policy): string =>
  [
    'What the rules in access.cedar answer. Written by the tests: change the rules, run `npm test -- -u`, read what changed.',
    'One block a role, one line a state, one column an action. An indented state adds to the last one that is not.',
    ...roles.map((role) => block(policy, role)),
  ].join('\n\n');

const block = (policy: Policy, role: Role): string => {
  const rows = situations.map(({ name, facts }) => [
    name,
    ...actions.map((action) => cell(policy, role, { action, facts })),
  ]);
  return aligned([[role.toUpperCase(), ...actions], ...rows]);
};

const cell = (policy: Policy, role: Role, look: { action: Action; facts: Situation }): string => {
  const decision = policy.decide({ ...look.facts, role, action: look.action });
  return decision.outcome === 'permit' ? 'permit' : decision.refusal;
};

const aligned = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};
