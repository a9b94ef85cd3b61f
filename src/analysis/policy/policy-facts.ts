import type { Action } from '../../model/access.ts';
import type { StoredFieldClass } from '../../model/field.ts';
import type { BudgetRefusal, RefusalCode } from '../../model/refusal.ts';
import type { Role } from '../../model/role.ts';

/**
 * The small slice of facts that a decision depends on. Only words and yes/no, no counts, no ids and no times, so
 * that few different slices exist and answers can be remembered. Whoever gathers facts does the measuring
 * (is the case quiet? is a budget spent?); the rules do the judging.
 */
export interface PolicyFacts {
  readonly action: Action;
  readonly role: Role;
  /** `suspended` when the agent, their team, their site or their vendor is. */
  readonly standing: 'active' | 'suspended';
  readonly session: 'live' | 'ended';
  readonly case: CaseFacts;
  /** Does the case name the customer that is asked for? `unnamed`: the case names nobody yet (lookup only). */
  readonly customer: 'of-this-case' | 'other' | 'unnamed' | 'unknown';
  /** For reveal and contact: the view they happen in. `ended`: another session, agent, team or case state now. */
  readonly view: 'live' | 'ended' | 'none';
  readonly fields: FieldFacts;
  readonly reason: 'given' | 'missing' | 'empty' | 'repeated' | 'not-asked';
  /** Budgets with nothing left for this ask, named as the refusal that says so. */
  readonly spentBudgets: readonly BudgetRefusal[];
  readonly protectedCustomer: boolean;
  /** A live approval by a second person from outside the asker's vendor covers this ask. */
  readonly approved: boolean;
  /** A live break-glass of this agent covers this customer. */
  readonly breakGlass: boolean;
}

export interface CaseFacts {
  /** `none`: no such case, or none that this agent may know of. */
  readonly state: 'open' | 'closed' | 'none';
  /** `former`: held or helped once, now in other hands. */
  readonly hands: 'holder' | 'helper' | 'former' | 'none';
  readonly quiet: boolean;
  readonly startedBy: 'customer' | 'agent' | 'system' | 'unknown';
}

export interface FieldFacts {
  /** Some asked field is not in the catalogue or is secret: the same answer for both. */
  readonly unknown: boolean;
  /** The case's topic needs every asked field. */
  readonly needed: boolean;
  /** The most harmful class among the asked fields. */
  readonly highestClass: StoredFieldClass;
}

export type { BudgetRefusal } from '../../model/refusal.ts';

export type Decision =
  | { readonly outcome: 'permit'; readonly policies: readonly string[] }
  | { readonly outcome: 'refuse'; readonly refusal: RefusalCode; readonly policies: readonly string[] };

/** The rules of one version, ready to judge. */
export interface Policy {
  /** SHA-256 over the rule files, first 12 hex digits. */
  readonly version: string;
  decide(facts: PolicyFacts): Decision;
}
