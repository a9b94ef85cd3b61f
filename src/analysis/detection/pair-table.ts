/**
 * What is remembered of each pair of agent and customer: when they last met, and what was counted today. Open
 * addressing over plain columns: millions of pairs, no object each.
 */
export interface PairTable {
  used: number;
  slots: number;
  /** 0 is a free slot; agents and customers are counted from 1. */
  agent: Int32Array;
  customer: Int32Array;
  /** The day of the last access. */
  lastDay: Int32Array;
  /** The fields shown on the last day, as bits. */
  fields: Int32Array;
  /** Bits of `pairSigns`, of the last day. */
  signs: Uint8Array;
  /** Days on which the pair met, at most 255. */
  days: Uint8Array;
}

/** What was already counted today for a pair. */
export const pairSigns = {
  visited: 1,
  unexplained: 2,
  lookedUp: 4,
  colleague: 8,
  stranger: 16,
  shared: 32,
  opened: 64,
} as const;

/** Pairs that have not met for so long are forgotten when room is needed. */
const forgottenAfterDays = 120;

const withSlots = (slots: number): PairTable => ({
  used: 0,
  slots,
  agent: new Int32Array(slots),
  customer: new Int32Array(slots),
  lastDay: new Int32Array(slots),
  fields: new Int32Array(slots),
  signs: new Uint8Array(slots),
  days: new Uint8Array(slots),
});

export const createPairTable = (): PairTable => withSlots(1 << 12);

const startOf = (agent: number, customer: number): number => {
  let mixed = Math.imul(agent, 0x9e3779b1) ^ Math.imul(customer, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) >>> 0;
};

/** The slot of a pair, or -1. */
export const findPair = (table: PairTable, agent: number, customer: number): number => {
  const { slots, agent: agents, customer: customers } = table;
  let slot = startOf(agent, customer) & (slots - 1);
  for (;;) {
    const there = agents[slot] as number;
    if (there === 0) return -1;
    if (there === agent && customers[slot] === customer) return slot;
    slot = (slot + 1) & (slots - 1);
  }
};

const moveTo = (from: PairTable, slot: number, to: PairTable): void => {
  const agent = from.agent[slot] as number;
  const customer = from.customer[slot] as number;
  let place = startOf(agent, customer) & (to.slots - 1);
  while (to.agent[place] !== 0) place = (place + 1) & (to.slots - 1);
  to.agent[place] = agent;
  to.customer[place] = customer;
  to.lastDay[place] = from.lastDay[slot] as number;
  to.fields[place] = from.fields[slot] as number;
  to.signs[place] = from.signs[slot] as number;
  to.days[place] = from.days[slot] as number;
  to.used += 1;
};

const makeRoom = (table: PairTable, today: number): void => {
  let kept = 0;
  for (let slot = 0; slot < table.slots; slot += 1)
    if (table.agent[slot] !== 0 && (table.lastDay[slot] as number) >= today - forgottenAfterDays) kept += 1;
  const wider = withSlots(kept * 3 > table.slots ? table.slots * 2 : table.slots);
  for (let slot = 0; slot < table.slots; slot += 1)
    if (table.agent[slot] !== 0 && (table.lastDay[slot] as number) >= today - forgottenAfterDays)
      moveTo(table, slot, wider);
  Object.assign(table, wider);
};

/** The slot of a pair on a day, taken when there was none; the counts of an earlier day are cleared. */
export const takePair = (
  table: PairTable,
  { agent, customer, day }: { readonly agent: number; readonly customer: number; readonly day: number },
): number => {
  const { slots, agent: agents, customer: customers } = table;
  let slot = startOf(agent, customer) & (slots - 1);
  for (;;) {
    const there = agents[slot] as number;
    if (there === 0) break;
    if (there === agent && customers[slot] === customer) {
      if (table.lastDay[slot] !== day) {
        table.lastDay[slot] = day;
        table.signs[slot] = 0;
        table.fields[slot] = 0;
        table.days[slot] = Math.min(255, (table.days[slot] as number) + 1);
      }
      return slot;
    }
    slot = (slot + 1) & (slots - 1);
  }
  if (table.used * 3 >= slots * 2) {
    makeRoom(table, day);
    return takePair(table, { agent, customer, day });
  }
  table.used += 1;
  agents[slot] = agent;
  customers[slot] = customer;
  table.lastDay[slot] = day;
  table.signs[slot] = 0;
  table.fields[slot] = 0;
  table.days[slot] = 1;
  return slot;
};
