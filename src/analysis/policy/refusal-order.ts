import type { RefusalCode } from '../../model/refusal.ts';

/**
 * Refusals that no rule comes to: nobody or several found, tried too fast at the door, an approval by someone too
 * near, what a legal hold forbids, rules that cannot be evaluated.
 */
type DecidedElsewhere =
  | 'not-independent'
  | 'no-match'
  | 'several-match'
  | 'throttled'
  | 'held'
  | 'has-not-left'
  | 'same-person'
  | 'policy-error';
/** A refusal that the rules can come to. */
export type RuledRefusal = Exclude<RefusalCode, DecidedElsewhere>;

/** What is refused when no rule allows the look. It has no rule of its own. */
export const refusedByDefault = 'role-cannot';

/**
 * Which refusal the asker is told when several apply: the first in this order. About the asker themselves first;
 * then `not-yours`, which covers everything that would tell a stranger whether a case or a customer exists; only
 * then what a holder of the case may know. What the asker can put right comes last, cheapest at the very end.
 */
const places: Record<RuledRefusal, number> = {
  'session-ended': 1,
  'account-suspended': 2,
  'export-closed': 3,
  'role-cannot': 4,
  'not-yours': 5,
  'case-moved': 6,
  'case-closed': 7,
  'case-quiet': 8,
  'view-ended': 9,
  'field-unknown': 10,
  'field-not-needed': 11,
  'field-above-role': 12,
  'budget-agent-hour': 13,
  'budget-agent-shift': 14,
  'budget-agent-customers': 15,
  'budget-agent-lookups': 16,
  'budget-team-hour': 17,
  'budget-team-shift': 18,
  'budget-team-customers': 19,
  'budget-vendor-hour': 20,
  'budget-vendor-shift': 21,
  'budget-vendor-customers': 22,
  'needs-second-person': 23,
  'case-not-started-by-customer': 24,
  'reason-missing': 25,
  'reason-empty': 26,
  'reason-repeated': 27,
};

export const isRuledRefusal = (text: string): text is RuledRefusal => Object.hasOwn(places, text);

export const compareRefusals = (a: RuledRefusal, b: RuledRefusal): number => places[a] - places[b];

/** Every refusal that the rules can come to, in the order in which it is told. */
export const refusalOrder: readonly RuledRefusal[] = Object.keys(places)
  .filter(isRuledRefusal)
  .toSorted(compareRefusals);
