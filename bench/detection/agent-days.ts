import { loggedActions, loggedChanges } from '../../src/model/access-columns.ts';
import { dayMs, dayOf, type WatchedLog } from './contender.ts';

/** What the simple contenders look at, for each agent and day. */
export const featureNames = [
  'accesses',
  'customers',
  'unexplained',
  'new customers',
  'reveals',
  'fields a reveal',
  'exports',
  'lookups',
  'after closing',
  'odd hours',
  'mean dwell',
] as const;
export type FeatureName = (typeof featureNames)[number];

/** One row for each agent and day with an access, day by day. */
export interface AgentDays {
  readonly rows: number;
  readonly agent: Int32Array;
  readonly team: Int32Array;
  readonly day: Int32Array;
  readonly features: Readonly<Record<FeatureName, Float64Array>>;
}

const linkedMs = 14 * dayMs;
const keyOf = (agent: number, customer: number): number => agent * 2 ** 24 + customer;

interface Tally {
  readonly agent: number;
  readonly team: number;
  readonly day: number;
  readonly seen: Set<number>;
  readonly unexplained: Set<number>;
  accesses: number;
  fresh: number;
  reveals: number;
  fields: number;
  exports: number;
  lookups: number;
  closed: number;
  odd: number;
  dwell: number;
  dwells: number;
}

const closedAt = loggedChanges.indexOf('closed');
const reopenedAt = loggedChanges.indexOf('reopened');

/** The help desk as far as it is known at an access: who worked for whom lately, and which cases are over. */
class DeskSoFar {
  readonly #log: WatchedLog;
  readonly #linkedAt = new Map<number, number>();
  readonly #closedAt = new Map<number, number>();
  #next = 0;

  constructor(log: WatchedLog) {
    this.#log = log;
  }

  upTo(atMs: number): void {
    const { changes } = this.#log;
    for (; this.#next < changes.rows && (changes.atMs[this.#next] ?? 0) <= atMs; this.#next += 1) {
      const row = this.#next;
      const agent = changes.agent[row] ?? 0;
      const customer = changes.customer[row] ?? 0;
      const at = changes.atMs[row] ?? 0;
      if (agent && customer) this.#linkedAt.set(keyOf(agent, customer), at);
      const change = changes.change[row] ?? 0;
      if (change === closedAt) this.#closedAt.set(changes.case[row] ?? 0, at);
      if (change === reopenedAt) this.#closedAt.delete(changes.case[row] ?? 0);
    }
  }

  isLinked(agent: number, customer: number, atMs: number): boolean {
    const at = this.#linkedAt.get(keyOf(agent, customer));
    return at !== undefined && atMs - at < linkedMs;
  }

  closedLongAgo(file: number, atMs: number): boolean {
    const at = this.#closedAt.get(file);
    return at !== undefined && atMs - at > dayMs;
  }
}

const newTally = (agent: number, team: number, day: number): Tally => ({
  agent,
  team,
  day,
  seen: new Set(),
  unexplained: new Set(),
  accesses: 0,
  fresh: 0,
  reveals: 0,
  fields: 0,
  exports: 0,
  lookups: 0,
  closed: 0,
  odd: 0,
  dwell: 0,
  dwells: 0,
});

/** Counted once a log: several contenders look at the same figures. */
export const agentDaysOf = (log: WatchedLog): AgentDays => {
  const known = counted.get(log) ?? countAgentDays(log);
  counted.set(log, known);
  return known;
};
const counted = new WeakMap<WatchedLog, AgentDays>();

const countAgentDays = (log: WatchedLog): AgentDays => {
  const { accesses, names } = log;
  const desk = new DeskSoFar(log);
  const fieldCounts = names.fieldSets.map((set) => (set === '' ? 0 : set.split(' ').length));
  const tallies: Tally[] = [];
  const today = new Map<number, Tally>();
  const known = new Set<number>();
  let openDay = -1;
  for (let row = 0; row < accesses.rows; row += 1) {
    const atMs = accesses.atMs[row] ?? 0;
    const day = dayOf(log, atMs);
    if (day !== openDay) {
      tallies.push(...today.values());
      today.clear();
      openDay = day;
    }
    // Minutes of grace: a case may be written down a little after the look.
    desk.upTo(atMs + 300_000);
    const agent = accesses.agent[row] ?? 0;
    const tally = today.get(agent) ?? newTally(agent, accesses.team[row] ?? 0, day);
    today.set(agent, tally);
    count(tally, { log, row, atMs, desk, known, fieldCounts });
  }
  tallies.push(...today.values());
  return columnsOf(tallies);
};

const count = (
  tally: Tally,
  on: {
    log: WatchedLog;
    row: number;
    atMs: number;
    desk: DeskSoFar;
    known: Set<number>;
    fieldCounts: readonly number[];
  },
): void => {
  const { accesses } = on.log;
  const customer = accesses.customer[on.row] ?? 0;
  const action = loggedActions[accesses.action[on.row] ?? 0];
  tally.accesses += 1;
  const hour = new Date(on.atMs).getUTCHours();
  if (hour < 4) tally.odd += 1;
  if (action === 'lookup') tally.lookups += 1;
  if (action === 'export') tally.exports += 1;
  if (action === 'reveal') {
    tally.reveals += 1;
    tally.fields += on.fieldCounts[accesses.fieldSet[on.row] ?? 0] ?? 0;
  }
  const dwellMs = accesses.dwellMs[on.row] ?? -1;
  if (dwellMs >= 0) {
    tally.dwell += dwellMs;
    tally.dwells += 1;
  }
  if (on.desk.closedLongAgo(accesses.case[on.row] ?? 0, on.atMs)) tally.closed += 1;
  if (customer === 0 || tally.seen.has(customer)) return;
  tally.seen.add(customer);
  const key = keyOf(tally.agent, customer);
  if (!on.known.has(key)) {
    tally.fresh += 1;
    on.known.add(key);
  }
  if (!on.desk.isLinked(tally.agent, customer, on.atMs)) tally.unexplained.add(customer);
};

const columnsOf = (tallies: readonly Tally[]): AgentDays => {
  const column = (of: (tally: Tally) => number): Float64Array => Float64Array.from(tallies, of);
  return {
    rows: tallies.length,
    agent: Int32Array.from(tallies, ({ agent }) => agent),
    team: Int32Array.from(tallies, ({ team }) => team),
    day: Int32Array.from(tallies, ({ day }) => day),
    features: {
      accesses: column(({ accesses }) => accesses),
      customers: column(({ seen }) => seen.size),
      unexplained: column(({ unexplained }) => unexplained.size),
      'new customers': column(({ fresh }) => fresh),
      reveals: column(({ reveals }) => reveals),
      'fields a reveal': column(({ fields, reveals }) => fields / Math.max(1, reveals)),
      exports: column(({ exports }) => exports),
      lookups: column(({ lookups }) => lookups),
      'after closing': column(({ closed }) => closed),
      'odd hours': column(({ odd, accesses }) => odd / accesses),
      'mean dwell': column(({ dwell, dwells }) => dwell / Math.max(1, dwells)),
    },
  };
};
