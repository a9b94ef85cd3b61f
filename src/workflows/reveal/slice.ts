import type {
  BudgetRefusal,
  CaseFacts,
  FieldFacts,
  PolicyFacts,
} from '../../analysis/policy/policy-facts.ts';
import type { Action } from '../../model/access.ts';
import {
  type Catalogue,
  classOf,
  type FieldName,
  findField,
  type StoredFieldClass,
} from '../../model/field.ts';
import type { Instant } from '../../model/instant.ts';
import type { Facts, MatterFacts } from '../../records/facts/gather-facts.ts';

/** What is asked, as far as a decision depends on it. */
export interface Asked {
  readonly action: Action;
  readonly fields: readonly FieldName[];
  readonly reason: PolicyFacts['reason'];
  readonly customer: PolicyFacts['customer'];
  readonly spentBudgets: readonly BudgetRefusal[];
}

export interface SliceLimits {
  readonly quietAfterMs: number;
}

/** Cuts the small slice of facts that the rules judge. Pure: all measuring against limits is here. */
export const cutSlice = (
  facts: Facts,
  asked: Asked,
  ground: { readonly now: Instant; readonly catalogue: Catalogue; readonly limits: SliceLimits },
): PolicyFacts => ({
  action: asked.action,
  role: facts.asker.role,
  standing: facts.asker.active ? 'active' : 'suspended',
  session: facts.asker.sessionLive ? 'live' : 'ended',
  case: caseFacts(facts.matter, ground.now, ground.limits.quietAfterMs),
  customer: asked.customer,
  view: facts.view === undefined ? 'none' : facts.view.current ? 'live' : 'ended',
  fields: fieldFacts(ground.catalogue, asked, facts.matter?.topic),
  reason: asked.reason,
  spentBudgets: asked.spentBudgets,
  protectedCustomer: facts.record?.protected === true,
  approved: facts.approved && asked.fields.every((name) => facts.approvedFields.includes(name)),
  breakGlass: facts.breakGlass,
});

const caseFacts = (matter: MatterFacts | undefined, now: Instant, quietAfterMs: number): CaseFacts =>
  matter === undefined || matter.hands === 'none'
    ? { state: 'none', hands: 'none', quiet: false, startedBy: 'unknown' }
    : {
        state: matter.open ? 'open' : 'closed',
        hands: matter.hands,
        quiet: now - matter.lastChangeAt > quietAfterMs,
        startedBy: matter.initiatedBy ?? 'unknown',
      };

const harm: readonly StoredFieldClass[] = ['public', 'personal', 'sensitive'];

const fieldFacts = (catalogue: Catalogue, asked: Asked, topic: string | undefined): FieldFacts => {
  const classes = asked.fields.map((name) => classOf(catalogue, name));
  const noContact =
    asked.action === 'contact' && asked.fields.some((name) => !findField(catalogue, name)?.contact);
  return {
    unknown: classes.includes('secret') || noContact,
    needed: asked.fields.every((name) => isNeeded(catalogue, name, topic)),
    highestClass: highestClassOf(catalogue, asked.fields),
  };
};

/** The most harmful class among fields that may be shown at all. */
export const highestClassOf = (catalogue: Catalogue, names: readonly FieldName[]): StoredFieldClass => {
  const classes = names.map((name) => classOf(catalogue, name));
  return harm.findLast((fieldClass) => classes.includes(fieldClass)) ?? 'public';
};

/** Does a case of this topic need this field? A case without a topic needs only what every topic needs. */
export const isNeeded = (catalogue: Catalogue, name: FieldName, topic: string | undefined): boolean => {
  const topics = findField(catalogue, name)?.topics ?? [];
  return topics.includes('*') || (topic !== undefined && topics.includes(topic));
};
