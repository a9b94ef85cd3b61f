import type { LoadedPolicy } from './create-policy.ts';
import { refusalOrder } from './refusal-order.ts';

export interface RuleDescribed {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  /** For a permit what it allows; for a forbid what must hold so that it does not apply. */
  readonly sentence: string;
}

/** Every rule in plain words: the permits, then the forbids in the order in which their refusals are told. */
export const describePolicy = ({ rules }: Pick<LoadedPolicy, 'rules'>): RuleDescribed[] => {
  const places: readonly string[] = refusalOrder;
  return rules
    .map(({ id, effect, sentence }) => ({ id, effect, sentence }))
    .toSorted((a, b) => places.indexOf(a.id) - places.indexOf(b.id));
};
