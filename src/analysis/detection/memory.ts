import { type CaseBook, createCaseBook, fitCaseBook } from './case-book.ts';
import { channelCount } from './channel.ts';
import type { Alert, Feedback } from './detection.ts';
import { grownBytes, grownFloats, grownInts } from './growing-column.ts';
import { createPairTable, type PairTable } from './pair-table.ts';
import { reasonRules } from './reason.ts';

/** How many alternatives each channel bets on. */
export const betCount = 4;
/** Notable accesses that are kept of each agent, the newest. */
export const notableKept = 64;
/** Parts of the day that tell shifts apart, when no column does. */
export const shiftCount = 3;
/** Days of each agent that are kept for its picture. */
export const daysKept = 36;
/** Field names are told apart by bits of one number. */
export const fieldBitCount = 30;
/** Steps in which a dwell is measured: half powers of two of a millisecond. */
export const dwellSteps = 48;

/** By agent; several places an agent where the comment says so. */
export interface AgentBook {
  places: number;
  team: Int32Array;
  site: Int32Array;
  vendor: Int32Array;
  queue: Int32Array;
  queueWeight: Int32Array;
  queueBefore: Int32Array;
  role: Uint8Array;
  activeDays: Int32Array;
  lastDay: Int32Array;
  lastVisitMs: Float64Array;
  lastGapMs: Float64Array;
  lastCustomer: Int32Array;
  device: Int32Array;
  session: Int32Array;
  sessionBefore: Int32Array;
  placeMs: Float64Array;
  seenSite: Int32Array;
  openLookups: Int32Array;
  /** Days of its own on which most looks had a reason, and all, while it was new. */
  earlyCaseDays: Int32Array;
  earlyDays: Int32Array;
  /** One place a rule of `reasonRules`: how often each was the reason, over the whole reading. */
  reasons: Float64Array;
  /** 24 places: the share of its work in each hour of the day, fading. */
  hours: Float64Array;
  /** Today: visits, `shiftCount` places. */
  visits: Int32Array;
  hourMask: Int32Array;
  rows: Int32Array;
  notableToday: Int32Array;
  notableCheck: Int32Array;
  alertedDay: Int32Array;
  holdUntilDay: Int32Array;
  /** Until then all of its days count as its own level: after an alert, a change of queue, or a person's word. */
  absorbUntilDay: Int32Array;
  /** Over the whole reading. */
  accesses: Float64Array;
  customers: Float64Array;
  unexplained: Float64Array;
  alertsRaised: Int32Array;
  scoreMax: Float64Array;
  /** `channelCount` places: today's counts, and what today's own chances let expect. */
  counts: Float64Array;
  expected: Float64Array;
  /** `channelCount` places, fading: counted, expected from peers, spread and its measure. */
  ownCounted: Float64Array;
  ownExpected: Float64Array;
  ownSpread: Float64Array;
  ownMeasure: Float64Array;
  /** `channelCount` places, fading: raw counts and chances, to leave an agent out of its own peers. */
  rawCounted: Float64Array;
  rawChances: Float64Array;
  /** `channelCount * betCount` places: the evidence. */
  evidence: Float64Array;
  /** `channelCount` places: counted and expected since the evidence began to grow, for the words of an alert. */
  runCounted: Float64Array;
  runExpected: Float64Array;
  runVisits: Float64Array;
  runDay: Int32Array;
  /** A ring of `notableKept` places. */
  notableAt: Float64Array;
  notableCustomer: Int32Array;
  notableCase: Int32Array;
  notableAction: Uint8Array;
  notableChannel: Uint8Array;
  notableReason: Uint8Array;
  notableNext: Int32Array;
  /** A ring of `daysKept` places: the day, and its figures. */
  pastDay: Int32Array;
  pastCustomers: Float64Array;
  pastUnexplained: Float64Array;
  pastExpected: Float64Array;
}

/** Fading sums over a queue (place 0: everybody), `channelCount` places a queue. */
export interface PeerBook {
  queues: number;
  counted: Float64Array;
  chances: Float64Array;
  /** The same by queue and part of the day. */
  shiftCounted: Float64Array;
  shiftChances: Float64Array;
  /** Today so far. */
  today: Float64Array;
  /** One place a queue. */
  visitsToday: Float64Array;
  /** How each queue's share of today's work compares, hour by hour: 24 places a queue. */
  hours: Float64Array;
}

/** By topic cell: what its cases show. */
export interface TopicBook {
  cells: number;
  /** Cell of a pair `queue * 65536 + topic`. */
  cellOf: Map<number, number>;
  visits: Float64Array;
  /** `fieldBitCount` places: visits that showed the field. */
  shown: Float64Array;
  /** As of this morning: fields a visit, rare fields a visit, which fields are rare. */
  fieldsPerVisit: Float64Array;
  rarePerVisit: Float64Array;
  rareFields: Int32Array;
  /** `dwellSteps` places. */
  dwells: Float64Array;
  dwellLimit: Int32Array;
  dwellOver: Float64Array;
  /** Who visited today, each as one of 32 bits. */
  agentsToday: Int32Array;
  /** Visits today and on a usual day. */
  today: Float64Array;
  usual: Float64Array;
}

export interface CustomerBook {
  queue: Int32Array;
  meetings: Uint8Array;
  oddAgent: Int32Array;
  oddDay: Int32Array;
  /** Who opened it last, and when. */
  lastAgent: Int32Array;
  lastMs: Float64Array;
}

/** What all agents together show about one channel. */
export interface Spread {
  /** Overdispersion of one agent from day to day: excess and its measure. */
  dayExcess: Float64Array;
  dayMeasure: Float64Array;
  /** How much agents differ from one another: the shape of a gamma law. */
  agentShape: Float64Array;
  /** What an honest bet earned lately: sums of factors and how many, `channelCount * betCount` places. */
  earned: Float64Array;
  bets: Float64Array;
  stakes: Float64Array;
}

export interface Memory {
  day: number;
  firstDay: number;
  daysClosed: number;
  accessesRead: number;
  changesRead: number;
  agentDays: number;
  cases: CaseBook;
  pairs: PairTable;
  agents: AgentBook;
  customers: CustomerBook;
  peers: PeerBook;
  topics: TopicBook;
  spread: Spread;
  /** Every agent that was met, in the order of first meeting. */
  known: number[];
  /** Those of today, in the order of the day. */
  active: Int32Array;
  activeCount: number;
  /** `agent * 65536 + queue` of queues whose cases the agent was given. */
  servedQueues: Set<number>;
  /** `agent * 2 ** 26 + device`. */
  seenDevices: Set<number>;
  /** Field bits of each place in the list of field sets. */
  fieldMasks: number[];
  fieldBits: Map<string, number>;
  meetingsHistogram: Float64Array;
  meetingsBusy: number;
  alerts: Alert[];
  feedback: Feedback[];
  notes: Map<number, string[]>;
}

const floats = (): Float64Array => new Float64Array(0);
const ints = (): Int32Array => new Int32Array(0);
const bytes = (): Uint8Array => new Uint8Array(0);

const agentInts = [
  'team',
  'site',
  'vendor',
  'queue',
  'queueWeight',
  'queueBefore',
  'activeDays',
  'lastDay',
  'lastCustomer',
  'device',
  'session',
  'sessionBefore',
  'seenSite',
  'openLookups',
  'earlyCaseDays',
  'earlyDays',
  'hourMask',
  'rows',
  'notableToday',
  'notableCheck',
  'alertedDay',
  'holdUntilDay',
  'alertsRaised',
  'runDay',
  'notableNext',
  'absorbUntilDay',
] as const;
const agentFloats = [
  'lastVisitMs',
  'lastGapMs',
  'placeMs',
  'accesses',
  'customers',
  'unexplained',
  'scoreMax',
] as const;
const agentChannelFloats = [
  'counts',
  'expected',
  'ownCounted',
  'ownExpected',
  'ownSpread',
  'ownMeasure',
  'rawCounted',
  'rawChances',
  'runCounted',
  'runExpected',
] as const;

const createAgentBook = (): AgentBook => {
  const columns: Record<string, unknown> = { places: 0 };
  for (const name of agentInts) columns[name] = ints();
  for (const name of [...agentFloats, ...agentChannelFloats]) columns[name] = floats();
  return {
    ...(columns as unknown as AgentBook),
    role: bytes(),
    hours: floats(),
    visits: ints(),
    runVisits: floats(),
    reasons: floats(),
    evidence: floats(),
    notableAt: floats(),
    notableCustomer: ints(),
    notableCase: ints(),
    notableAction: bytes(),
    notableChannel: bytes(),
    notableReason: bytes(),
    pastDay: ints(),
    pastCustomers: floats(),
    pastUnexplained: floats(),
    pastExpected: floats(),
  };
};

const fitAgents = (book: AgentBook, places: number): void => {
  if (places <= book.places) return;
  for (const name of agentInts) book[name] = grownInts(book[name], places);
  for (const name of agentFloats) book[name] = grownFloats(book[name], places);
  const room = book.team.length;
  for (const name of agentChannelFloats) book[name] = grownFloats(book[name], room * channelCount);
  book.role = grownBytes(book.role, room);
  book.hours = grownFloats(book.hours, room * 24);
  book.visits = grownInts(book.visits, room * shiftCount);
  book.runVisits = grownFloats(book.runVisits, room);
  book.reasons = grownFloats(book.reasons, room * reasonRules.length);
  book.evidence = grownFloats(book.evidence, room * channelCount * betCount);
  book.notableAt = grownFloats(book.notableAt, room * notableKept);
  book.notableCustomer = grownInts(book.notableCustomer, room * notableKept);
  book.notableCase = grownInts(book.notableCase, room * notableKept);
  for (const name of ['notableAction', 'notableChannel', 'notableReason'] as const)
    book[name] = grownBytes(book[name], room * notableKept);
  book.pastDay = grownInts(book.pastDay, room * daysKept);
  for (const name of ['pastCustomers', 'pastUnexplained', 'pastExpected'] as const)
    book[name] = grownFloats(book[name], room * daysKept);
  book.places = room;
};

const fitPeers = (book: PeerBook, queues: number): void => {
  if (queues <= book.queues) return;
  book.queues = Math.max(16, Math.ceil(queues * 1.5));
  book.counted = grownFloats(book.counted, book.queues * channelCount);
  book.chances = grownFloats(book.chances, book.queues * channelCount);
  book.shiftCounted = grownFloats(book.shiftCounted, book.queues * channelCount * shiftCount);
  book.shiftChances = grownFloats(book.shiftChances, book.queues * channelCount * shiftCount);
  book.hours = grownFloats(book.hours, book.queues * 24);
  book.today = grownFloats(book.today, book.queues * channelCount);
  book.visitsToday = grownFloats(book.visitsToday, book.queues);
};

const fitCustomers = (book: CustomerBook, customers: number): void => {
  if (customers <= book.queue.length) return;
  book.queue = grownInts(book.queue, customers);
  book.meetings = grownBytes(book.meetings, customers);
  book.oddAgent = grownInts(book.oddAgent, customers);
  book.oddDay = grownInts(book.oddDay, customers);
  book.lastAgent = grownInts(book.lastAgent, customers);
  book.lastMs = grownFloats(book.lastMs, customers);
};

const createTopicBook = (): TopicBook => ({
  cells: 0,
  cellOf: new Map(),
  visits: floats(),
  shown: floats(),
  fieldsPerVisit: floats(),
  rarePerVisit: floats(),
  rareFields: ints(),
  dwells: floats(),
  dwellLimit: ints(),
  dwellOver: floats(),
  agentsToday: ints(),
  today: floats(),
  usual: floats(),
});

export const createMemory = (): Memory => ({
  day: Number.NEGATIVE_INFINITY,
  firstDay: 0,
  daysClosed: 0,
  accessesRead: 0,
  changesRead: 0,
  agentDays: 0,
  cases: createCaseBook(),
  pairs: createPairTable(),
  agents: createAgentBook(),
  customers: {
    queue: ints(),
    meetings: bytes(),
    oddAgent: ints(),
    oddDay: ints(),
    lastAgent: ints(),
    lastMs: floats(),
  },
  peers: {
    queues: 0,
    counted: floats(),
    chances: floats(),
    shiftCounted: floats(),
    shiftChances: floats(),
    hours: floats(),
    today: floats(),
    visitsToday: floats(),
  },
  topics: createTopicBook(),
  spread: {
    dayExcess: new Float64Array(channelCount),
    dayMeasure: new Float64Array(channelCount),
    agentShape: new Float64Array(channelCount).fill(1),
    earned: new Float64Array(channelCount * betCount),
    bets: new Float64Array(channelCount * betCount),
    stakes: new Float64Array(channelCount),
  },
  known: [],
  active: ints(),
  activeCount: 0,
  servedQueues: new Set(),
  seenDevices: new Set(),
  fieldMasks: [],
  fieldBits: new Map(),
  meetingsHistogram: new Float64Array(256),
  meetingsBusy: 256,
  alerts: [],
  feedback: [],
  notes: new Map(),
});

/** Makes room for everything that the lists name so far. */
export const fitMemory = (
  memory: Memory,
  places: {
    readonly agents: number;
    readonly cases: number;
    readonly customers: number;
    readonly queues: number;
  },
): void => {
  fitCaseBook(memory.cases, places.cases, places.customers);
  fitAgents(memory.agents, places.agents);
  fitCustomers(memory.customers, places.customers);
  fitPeers(memory.peers, places.queues);
  if (memory.active.length < places.agents) memory.active = grownInts(memory.active, places.agents);
};
