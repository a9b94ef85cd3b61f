import type { Decision, PolicyFacts } from '../../analysis/policy/policy-facts.ts';
import type { FieldName } from '../../model/field.ts';
import type { CustomerId } from '../../model/id.ts';
import type { Facts } from '../../records/facts/gather-facts.ts';
import type { Asker, ReasonGiven } from './ask.ts';
import { gather, type LookingPorts } from './looking-room.ts';
import { cutSlice } from './slice.ts';
import { customerAsked } from './view.ts';

/** A look that someone thinks of asking for: the masks of a customer (no fields), or these fields. */
export interface LookToWeigh {
  readonly caseKey: string;
  /** Left out: the customer whom the case names. */
  readonly customerId: CustomerId | undefined;
  readonly fields: readonly FieldName[];
  readonly reason: ReasonGiven | undefined;
}

export interface WeighedLook {
  readonly facts: Facts;
  readonly reasonMark: string | undefined;
  /** What the rules say to it as things are. */
  readonly asIs: Decision;
  /** What they would say with a second person's approval. */
  readonly ifApproved: Decision;
}

/**
 * Judges a look without doing it: nothing is recorded, opened or reserved. View, budgets and the reason's worth are
 * left out of the judgement: they are measured when the look is asked for.
 */
export const weighLook = async (
  ports: LookingPorts,
  asker: Pick<Asker, 'sessionId'>,
  { caseKey, customerId, fields, reason }: LookToWeigh,
): Promise<WeighedLook> => {
  const whoAsks = { sessionId: asker.sessionId, idempotencyKey: undefined };
  const gathered = await gather(ports, whoAsks, { caseKey, customerId, reason });
  const { facts, now, reasonMark } = gathered;
  const asked = {
    action: fields.length > 0 ? ('reveal' as const) : ('view' as const),
    fields,
    reason: 'given' as const,
    customer: customerAsked(gathered),
    spentBudgets: [],
  };
  const slice: PolicyFacts = {
    ...cutSlice(facts, asked, { now, catalogue: ports.catalogue, limits: ports.limits }),
    view: 'live',
  };
  return {
    facts,
    reasonMark,
    asIs: ports.policy.decide({ ...slice, approved: false }),
    ifApproved: ports.policy.decide({ ...slice, approved: true }),
  };
};
