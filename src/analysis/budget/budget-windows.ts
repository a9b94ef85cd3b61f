import type { Access, Action } from '../../model/access.ts';
import type { AgentId, CustomerId, TeamId, VendorId } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import type { BudgetRefusal } from '../../model/refusal.ts';
import type { Limits, ScopeLimits } from './limits.ts';
import { ScopeWindows, type Spending, type WindowStarts } from './scope-windows.ts';

/** An ask, as far as budgets depend on it. */
export interface BudgetUse {
  readonly agentId: AgentId;
  readonly teamId: TeamId | undefined;
  readonly vendorId: VendorId | undefined;
  readonly customerId: CustomerId | undefined;
  readonly action: Action;
  /** How many fields a reveal would unmask; other actions use no reveals whatever stands here. */
  readonly fieldsCount: number;
  readonly now: Instant;
  /** When the asker's shift began (see `shiftStart`): what "this shift" means for them, their team and vendor. */
  readonly shiftStartedAt: Instant;
}

/** How much is left, each figure the smallest over agent, team and vendor. */
export interface BudgetLeft {
  readonly revealsThisHour: number;
  readonly revealsThisShift: number;
  readonly customersThisShift: number;
  readonly lookupsThisHour: number;
}

/**
 * Gives back what was reserved; calling it again does nothing. With the `seq` of the entry that recorded the ask,
 * the reservation stays until that access has been applied, so that no instant exists at which neither counts.
 */
export type Release = (recordedAs?: number) => void;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** A shift begins once a local day, and a day in which clocks go back has 25 hours; one more for good measure. */
const longestShiftMs = 26 * hourMs;
/** Busy minutes remembered for one agent, team or vendor: a longest shift, and room for times that run ahead. */
const minutesMax = (longestShiftMs + 2 * hourMs) / minuteMs;

const minuteOf = (at: number): number => Math.floor(at / minuteMs);

/**
 * What everyone has used, as sliding windows over the one sequence of accesses. Whole minutes count: a window
 * reaches back to the start of its first minute, so it may count up to a minute too much and never too little.
 * Accesses may carry times in any order; one that lies in the future (a clock went back) counts.
 * One process knows its own reservations only: asks at the same instant on two gateways may overshoot by as many.
 */
export class BudgetWindows {
  readonly #limits: Limits;
  readonly #agents = new Map<AgentId, ScopeWindows>();
  readonly #teams = new Map<TeamId, ScopeWindows>();
  readonly #vendors = new Map<VendorId, ScopeWindows>();
  readonly #awaited = new Map<number, () => void>();
  #nextSeq = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Takes the next access of the sequence. One that was already taken changes nothing. */
  apply(access: Access): void {
    if (access.seq < this.#nextSeq) return;
    this.#nextSeq = access.seq + 1;
    const spending = spendingOf(access);
    if (spending) {
      const minute = minuteOf(access.at);
      for (const scope of this.#scopesOf(access)) scope.windows.record(spending, minute);
    }
    for (const [seq, letGo] of this.#awaited) if (seq < this.#nextSeq) letGo();
  }

  /** The budgets that have not enough left for this ask, in the order in which they are told. */
  spent(use: BudgetUse): BudgetRefusal[] {
    const spending = spendingOfUse(use);
    const starts = startsOf(use);
    return this.#scopesOf(use).flatMap((scope) => this.#spentIn(scope, spending, starts));
  }

  left(use: BudgetUse): BudgetLeft {
    const { hourMinute, shiftMinute } = startsOf(use);
    const scopes = this.#scopesOf(use);
    const least = (of: (scope: Scope) => number) => Math.max(0, Math.min(...scopes.map(of)));
    return {
      revealsThisHour: least(({ windows, limits }) => limits.revealsPerHourMax - windows.reveals(hourMinute)),
      revealsThisShift: least(
        ({ windows, limits }) => limits.revealsPerShiftMax - windows.reveals(shiftMinute),
      ),
      customersThisShift: least(
        ({ windows, limits }) => limits.customersPerShiftMax - windows.customers(shiftMinute),
      ),
      lookupsThisHour: least(({ name, windows }) =>
        name === 'agent' ? this.#limits.agent.lookupsPerHourMax - windows.lookups(hourMinute) : Infinity,
      ),
    };
  }

  /** Counts a permitted ask as used until it is on the record, so that asks at once cannot all fit the last place. */
  reserve(use: BudgetUse): Release {
    const spending = spendingOfUse(use);
    const windows = this.#scopesOf(use).map((scope) => scope.windows);
    for (const each of windows) each.hold(spending);
    let held = true;
    const letGo = (seq?: number) => {
      if (!held) return;
      held = false;
      if (seq !== undefined) this.#awaited.delete(seq);
      for (const each of windows) each.letGo(spending);
    };
    return (recordedAs) => {
      if (held && recordedAs !== undefined && recordedAs >= this.#nextSeq)
        this.#awaited.set(recordedAs, () => letGo(recordedAs));
      else letGo();
    };
  }

  #spentIn({ name, windows, limits }: Scope, spending: Spending, starts: WindowStarts): BudgetRefusal[] {
    const { reveals, lookups, customerId } = spending;
    const spent: BudgetRefusal[] = [];
    if (name === 'agent' && lookups > 0) {
      if (windows.lookups(starts.hourMinute) + lookups > this.#limits.agent.lookupsPerHourMax)
        spent.push('budget-agent-lookups');
    }
    if (reveals > 0) {
      if (windows.reveals(starts.hourMinute) + reveals > limits.revealsPerHourMax)
        spent.push(`budget-${name}-hour`);
      if (windows.reveals(starts.shiftMinute) + reveals > limits.revealsPerShiftMax)
        spent.push(`budget-${name}-shift`);
    }
    if (customerId !== undefined && !windows.knows(customerId, starts.shiftMinute)) {
      if (windows.customers(starts.shiftMinute) + 1 > limits.customersPerShiftMax)
        spent.push(`budget-${name}-customers`);
    }
    return spent;
  }

  #scopesOf(who: Pick<BudgetUse, 'agentId' | 'teamId' | 'vendorId'>): Scope[] {
    const { agent, team, vendor } = this.#limits;
    const scopes: Scope[] = [{ name: 'agent', windows: windowsOf(this.#agents, who.agentId), limits: agent }];
    if (who.teamId !== undefined)
      scopes.push({ name: 'team', windows: windowsOf(this.#teams, who.teamId), limits: team });
    if (who.vendorId !== undefined)
      scopes.push({ name: 'vendor', windows: windowsOf(this.#vendors, who.vendorId), limits: vendor });
    return scopes;
  }
}

interface Scope {
  readonly name: 'agent' | 'team' | 'vendor';
  readonly windows: ScopeWindows;
  readonly limits: ScopeLimits;
}

const windowsOf = <Id extends string>(known: Map<Id, ScopeWindows>, id: Id): ScopeWindows => {
  const found = known.get(id);
  if (found) return found;
  const made = new ScopeWindows(minutesMax);
  known.set(id, made);
  return made;
};

const startsOf = ({ now, shiftStartedAt }: BudgetUse): WindowStarts => ({
  hourMinute: minuteOf(now - hourMs),
  shiftMinute: minuteOf(Math.max(now - longestShiftMs, Math.min(shiftStartedAt, now))),
});

/** Actions that put a customer, masked or not, in front of someone. */
const opensCustomer = (action: Action): boolean =>
  action === 'view' || action === 'reveal' || action === 'contact';

/** Look-ups that missed count like those that hit: guessing values until one fits is what the limit is for. */
const triedLookup = ({ outcome, refusal }: Access): boolean =>
  outcome === 'permitted' || refusal === 'no-match' || refusal === 'several-match';

const spendingOf = (access: Access): Spending | undefined => {
  if (access.action === 'lookup')
    return triedLookup(access) ? { reveals: 0, lookups: 1, customerId: undefined } : undefined;
  if (access.outcome !== 'permitted' || !opensCustomer(access.action)) return undefined;
  return {
    reveals: access.action === 'reveal' ? access.fields.length : 0,
    lookups: 0,
    customerId: access.customerId,
  };
};

const spendingOfUse = ({ action, fieldsCount, customerId }: BudgetUse): Spending => ({
  reveals: action === 'reveal' ? fieldsCount : 0,
  lookups: action === 'lookup' ? 1 : 0,
  customerId: opensCustomer(action) ? customerId : undefined,
});
