import type { AccessChunk, LogNames } from '../../model/access-columns.ts';
import { channelAt, channelCount } from './channel.ts';
import { type AskedAccess, explainAccess } from './explain-access.ts';
import { bitCount } from './growing-column.ts';
import { dwellSteps, fieldBitCount, type Memory, notableKept, shiftCount } from './memory.ts';
import { pairSigns, takePair } from './pair-table.ts';
import { reasonAt, reasonRules } from './reason.ts';
import { countFields, dwellStep, fieldMask, topicCell } from './topic-cells.ts';

/** What stays the same while a log is read. */
export interface Counting {
  readonly hasCaseFile: boolean;
  readonly hasPurpose: boolean;
  /** Agents are compared within queues when the log names them, else within teams. */
  readonly byQueue: boolean;
  readonly dayOffsetMs: number;
  /** Read when a name is met for the first time: its lists grow. */
  readonly names: Pick<LogNames, 'fieldSets'>;
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const wrapUpMs = hourMs;
const action = { lookup: 1, view: 2, reveal: 3, contact: 4, export: 5, refused: 6 } as const;
/** Pauses that may show a rhythm: shorter ones are clicks, longer ones are breaks. */
const pauseMs = { min: 4_000, max: 900_000, likeness: 0.02 } as const;
const hasteMs = 15_000;
const placeChangeMs = 600_000;

interface Row extends AskedAccess {
  day: number;
  hour: number;
  action: number;
  reason: number;
  queue: number;
  chunkRow: number;
}

/** One row is reused for all: what it holds lasts until the next access. */
const row: Row = {
  atMs: 0,
  agent: 0,
  customer: 0,
  case: 0,
  topic: 0,
  topicCell: 0,
  day: 0,
  hour: 0,
  action: 0,
  reason: 0,
  queue: 0,
  chunkRow: 0,
};

const add = ({ agents, peers }: Memory, channel: number, more: number): void => {
  const at = row.agent * channelCount + channel;
  agents.counts[at] = (agents.counts[at] as number) + more;
  const stratum = row.queue * channelCount + channel;
  peers.today[stratum] = (peers.today[stratum] as number) + more;
};

const bump = (memory: Memory, channel: number): void => add(memory, channel, 1);

const expect = (memory: Memory, at: number, more: number): void => {
  memory.agents.expected[at] = (memory.agents.expected[at] as number) + more;
};

const note = ({ agents }: Memory, channel: number): void => {
  const { agent } = row;
  const next = agents.notableNext[agent] as number;
  const at = agent * notableKept + (next % notableKept);
  agents.notableAt[at] = row.atMs;
  agents.notableCustomer[at] = row.customer;
  agents.notableCase[at] = row.case;
  agents.notableAction[at] = row.action;
  agents.notableChannel[at] = channel;
  agents.notableReason[at] = row.reason;
  agents.notableNext[agent] = next + 1;
  agents.notableToday[agent] = (agents.notableToday[agent] as number) + 1;
};

const countAndNote = (memory: Memory, channel: number): void => {
  bump(memory, channel);
  note(memory, channel);
};

const countReason = (memory: Memory, slot: number): void => {
  const { reason, agent, customer } = row;
  const { pairs, customers, agents } = memory;
  if (reason === reasonAt['team-queue']) bump(memory, channelAt.waiting);
  if (reasonRules[reason]?.legitimate !== false) return;
  let signs = (pairs.signs[slot] as number) | pairSigns.unexplained;
  countAndNote(memory, channelAt.unexplained);
  agents.unexplained[agent] = (agents.unexplained[agent] as number) + 1;
  if (reason === reasonAt['colleagues-case']) {
    signs |= pairSigns.colleague;
    bump(memory, channelAt.colleague);
  } else if (reason > reasonAt['colleagues-case']) {
    signs |= pairSigns.stranger;
    bump(memory, channelAt.stranger);
  }
  if ((pairs.days[slot] as number) >= 3) bump(memory, channelAt.repeat);
  const before = customers.oddAgent[customer] as number;
  if (before !== 0 && before !== agent && row.day - (customers.oddDay[customer] as number) <= 30) {
    signs |= pairSigns.shared;
    countAndNote(memory, channelAt['shared-target']);
  }
  customers.oddAgent[customer] = agent;
  customers.oddDay[customer] = row.day;
  pairs.signs[slot] = signs;
};

/** A change of today puts a case of the customer into the agent's hands: the look before it had a reason after all. */
export const explainLater = (memory: Memory, agent: number, slot: number): void => {
  const { pairs, agents } = memory;
  const signs = pairs.signs[slot] as number;
  if ((signs & pairSigns.unexplained) === 0) return;
  const from = agent * channelCount;
  const take = (channel: number): void => {
    agents.counts[from + channel] = Math.max(0, (agents.counts[from + channel] as number) - 1);
  };
  take(channelAt.unexplained);
  agents.unexplained[agent] = Math.max(0, (agents.unexplained[agent] as number) - 1);
  if ((signs & pairSigns.colleague) !== 0) take(channelAt.colleague);
  if ((signs & pairSigns.stranger) !== 0) take(channelAt.stranger);
  if ((signs & pairSigns.shared) !== 0) take(channelAt['shared-target']);
  pairs.signs[slot] =
    signs & ~(pairSigns.unexplained | pairSigns.colleague | pairSigns.stranger | pairSigns.shared);
  const next = agents.notableNext[agent] as number;
  const customer = pairs.customer[slot];
  for (let back = 1; back <= Math.min(next, notableKept); back += 1) {
    const at = agent * notableKept + ((next - back) % notableKept);
    if (agents.notableCustomer[at] === customer && agents.notableChannel[at] === channelAt.unexplained) {
      agents.notableReason[at] = reasonAt['hand-over'];
      break;
    }
  }
};

const countPace = (memory: Memory): void => {
  const { agents } = memory;
  const { agent, atMs, customer } = row;
  if (agents.lastCustomer[agent] === customer) return;
  const pause = atMs - (agents.lastVisitMs[agent] as number);
  const before = agents.lastGapMs[agent] as number;
  if (pause < hasteMs) bump(memory, channelAt.haste);
  if (
    pause >= pauseMs.min &&
    pause <= pauseMs.max &&
    Math.abs(pause - before) <= Math.max(500, before * pauseMs.likeness)
  )
    bump(memory, channelAt.rhythm);
  agents.lastGapMs[agent] = pause;
  agents.lastVisitMs[agent] = atMs;
  agents.lastCustomer[agent] = customer;
};

const isOddHour = ({ agents, peers }: Memory): boolean => {
  const { agent, hour, queue } = row;
  if ((agents.activeDays[agent] as number) < 8) return false;
  const own = agent * 24;
  const near =
    (agents.hours[own + hour] as number) +
    (agents.hours[own + ((hour + 1) % 24)] as number) +
    (agents.hours[own + ((hour + 23) % 24)] as number);
  if (near > 0.004) return false;
  const legitimate = reasonRules[row.reason]?.legitimate === true;
  return !legitimate || (peers.hours[queue * 24 + hour] as number) < 0.005;
};

const countTaste = (memory: Memory): void => {
  const { customer, queue } = row;
  const { customers } = memory;
  const home = customers.queue[customer] as number;
  const mine = reasonRules[row.reason]?.legitimate === true && row.reason !== reasonAt['team-queue'];
  if (home !== 0 && home !== queue && !mine) countAndNote(memory, channelAt.elsewhere);
  const meetings = customers.meetings[customer] as number;
  memory.meetingsHistogram[meetings] = (memory.meetingsHistogram[meetings] as number) + 1;
  if (meetings >= memory.meetingsBusy) bump(memory, channelAt['busy-customer']);
  if (meetings < 255) customers.meetings[customer] = meetings + 1;
};

const countVisit = (memory: Memory, counting: Counting, slot: number): void => {
  const { agent } = row;
  const { agents, topics, cases } = memory;
  memory.pairs.signs[slot] = (memory.pairs.signs[slot] as number) | pairSigns.visited;
  row.reason = counting.hasPurpose
    ? explainAccess(memory, row, counting.hasCaseFile)
    : reasonAt['named-case'];
  const shift = agent * shiftCount + Math.floor((row.hour * shiftCount) / 24);
  agents.visits[shift] = (agents.visits[shift] as number) + 1;
  agents.hourMask[agent] = (agents.hourMask[agent] as number) | (1 << row.hour);
  if (memory.pairs.days[slot] === 1) agents.customers[agent] = (agents.customers[agent] as number) + 1;
  memory.peers.visitsToday[row.queue] = (memory.peers.visitsToday[row.queue] as number) + 1;
  const reasonPlace = agent * reasonRules.length + row.reason;
  agents.reasons[reasonPlace] = (agents.reasons[reasonPlace] as number) + 1;
  topics.today[row.topicCell] = (topics.today[row.topicCell] as number) + 1;
  topics.agentsToday[row.topicCell] = (topics.agentsToday[row.topicCell] as number) | (1 << (agent & 31));
  bump(memory, channelAt.volume);
  countReason(memory, slot);
  const own = row.reason === reasonAt['callback'] || row.reason === reasonAt['after-closing'];
  if (own && row.atMs - (cases.closedMs[row.case] as number) > wrapUpMs)
    countAndNote(memory, channelAt['after-closing']);
  if (row.reason === reasonAt['assigned'] && cases.initiatedBy[row.case] === 2)
    countAndNote(memory, channelAt['self-made']);
  countPace(memory);
  if (isOddHour(memory)) countAndNote(memory, channelAt['odd-hour']);
  countTaste(memory);
  memory.customers.lastAgent[row.customer] = agent;
  memory.customers.lastMs[row.customer] = row.atMs;
};

const countShown = (memory: Memory, slot: number, mask: number): void => {
  const { topicCell: cell } = row;
  const { pairs, topics } = memory;
  const fresh = mask & ~(pairs.fields[slot] as number);
  if (fresh === 0) return;
  pairs.fields[slot] = (pairs.fields[slot] as number) | fresh;
  add(memory, channelAt.fields, bitCount(fresh));
  const rare = bitCount(fresh & (topics.rareFields[cell] as number));
  if (rare > 0) {
    add(memory, channelAt['rare-fields'], rare);
    note(memory, channelAt['rare-fields']);
  }
  countFields(topics, cell, fresh);
};

const countDwell = (memory: Memory, dwellMs: number): void => {
  const { topics } = memory;
  const { agent, topicCell: cell } = row;
  const step = dwellStep(dwellMs);
  const at = cell * dwellSteps + step;
  topics.dwells[at] = (topics.dwells[at] as number) + 1;
  if (topics.dwellLimit[cell] === dwellSteps) return;
  expect(memory, agent * channelCount + channelAt['long-dwell'], topics.dwellOver[cell] as number);
  if (step >= (topics.dwellLimit[cell] as number)) bump(memory, channelAt['long-dwell']);
};

const countLogin = (memory: Memory, chunk: AccessChunk, at: number): void => {
  const { agents, seenDevices } = memory;
  const { agent, atMs } = row;
  const device = chunk.device[at] as number;
  const session = chunk.session[at] as number;
  const site = chunk.site[at] as number;
  const soon = atMs - (agents.placeMs[agent] as number) < placeChangeMs;
  if (device !== 0 && device !== agents.device[agent]) {
    const key = agent * 67_108_864 + device;
    const fresh = !seenDevices.has(key);
    if (fresh) seenDevices.add(key);
    if (agents.device[agent] !== 0 && (soon || (fresh && (agents.activeDays[agent] as number) >= 5)))
      countAndNote(memory, channelAt.login);
    agents.device[agent] = device;
  }
  if (session !== 0 && session !== agents.session[agent]) {
    // Back to the session before: two are used in turn.
    if (soon && session === agents.sessionBefore[agent]) countAndNote(memory, channelAt.login);
    agents.sessionBefore[agent] = agents.session[agent] as number;
    agents.session[agent] = session;
  }
  if (site !== 0 && site !== agents.seenSite[agent]) {
    if (soon && agents.seenSite[agent] !== 0) countAndNote(memory, channelAt.login);
    agents.seenSite[agent] = site;
  }
  agents.placeMs[agent] = atMs;
};

/** By majority over recent rows, so that a visit elsewhere does not move anybody. */
const followQueue = ({ agents }: Memory, agent: number, stratum: number): void => {
  if (stratum === 0) return;
  const weight = agents.queueWeight[agent] as number;
  if (agents.queue[agent] === stratum) agents.queueWeight[agent] = Math.min(120, weight + 1);
  else if (weight > 0) agents.queueWeight[agent] = weight - 1;
  else {
    agents.queue[agent] = stratum;
    agents.queueWeight[agent] = 1;
  }
};

const readRow = (memory: Memory, counting: Counting, { chunk, at }: { chunk: AccessChunk; at: number }) => {
  const { agents, cases } = memory;
  const agent = chunk.agent[at] as number;
  const localMs = (chunk.atMs[at] as number) + counting.dayOffsetMs;
  const named = chunk.case[at] as number;
  row.chunkRow = at;
  row.atMs = chunk.atMs[at] as number;
  row.agent = agent;
  row.customer = chunk.customer[at] as number;
  row.case = named;
  row.day = memory.day;
  row.hour = Math.floor((localMs - Math.floor(localMs / dayMs) * dayMs) / hourMs);
  row.action = chunk.action[at] as number;
  row.reason = reasonAt['named-case'];
  const queue = (chunk.queue[at] as number) || (cases.queue[named] as number);
  const topic = (chunk.topic[at] as number) || (cases.topic[named] as number);
  if (chunk.team[at] !== 0) agents.team[agent] = chunk.team[at] as number;
  if (chunk.site[at] !== 0) agents.site[agent] = chunk.site[at] as number;
  if (chunk.vendor[at] !== 0) agents.vendor[agent] = chunk.vendor[at] as number;
  followQueue(memory, agent, counting.byQueue ? queue : (chunk.team[at] as number));
  row.queue = agents.queue[agent] as number;
  row.topic = topic;
  row.topicCell = topicCell(memory.topics, queue, topic);
  if (agents.rows[agent] === 0) {
    memory.active[memory.activeCount] = agent;
    memory.activeCount += 1;
  }
  if (agents.accesses[agent] === 0) memory.known.push(agent);
  agents.rows[agent] = (agents.rows[agent] as number) + 1;
  agents.accesses[agent] = (agents.accesses[agent] as number) + 1;
};

const countLookup = ({ agents }: Memory, agent: number): void => {
  agents.openLookups[agent] = (agents.openLookups[agent] as number) + 1;
};

const maskOf = (memory: Memory, counting: Counting, fieldSet: number): number => {
  if (fieldSet === 0) return 0;
  const known = memory.fieldMasks[fieldSet];
  if (known !== undefined) return known;
  const mask = fieldMask(memory, counting.names.fieldSets[fieldSet] ?? '');
  memory.fieldMasks[fieldSet] = mask;
  return mask;
};

/** What a cell shows a visit; a cell without history has what all show together, which cell 0 holds. */
const meanOf = (column: Float64Array, cell: number): number =>
  (column[cell] as number) || (column[0] as number);

/** Something of the customer was opened: fields and dwell are counted under its topic. */
const countOpened = (
  memory: Memory,
  counting: Counting,
  { chunk, at, slot }: { chunk: AccessChunk; at: number; slot: number },
): void => {
  const { pairs, topics } = memory;
  const { agent, topicCell: cell } = row;
  const signs = pairs.signs[slot] as number;
  if ((signs & pairSigns.opened) === 0) {
    pairs.signs[slot] = signs | pairSigns.opened;
    topics.visits[cell] = (topics.visits[cell] as number) + 1;
    expect(memory, agent * channelCount + channelAt.fields, meanOf(topics.fieldsPerVisit, cell));
    expect(memory, agent * channelCount + channelAt['rare-fields'], meanOf(topics.rarePerVisit, cell));
  }
  const mask = maskOf(memory, counting, chunk.fieldSet[at] as number);
  if (mask !== 0) countShown(memory, slot, mask & ((1 << fieldBitCount) - 1));
  const dwellMs = chunk.dwellMs[at] as number;
  if (dwellMs >= 0) countDwell(memory, dwellMs);
};

/** Counts one access of today. What it was compared with is as of this morning, so a day's counts never move it. */
export const countAccess = (
  memory: Memory,
  counting: Counting,
  { chunk, at }: { readonly chunk: AccessChunk; readonly at: number },
): void => {
  readRow(memory, counting, { chunk, at });
  const { agent, customer } = row;
  const { agents, pairs } = memory;
  countLogin(memory, chunk, at);
  if (row.action === action.refused) {
    countAndNote(memory, channelAt.refused);
    return;
  }
  if (row.action === action.export) countAndNote(memory, channelAt.export);
  if (customer === 0) {
    if (row.action === action.lookup) countLookup(memory, agent);
    return;
  }
  const slot = takePair(pairs, { agent, customer, day: row.day });
  if (((pairs.signs[slot] as number) & pairSigns.visited) === 0) countVisit(memory, counting, slot);
  if (row.action === action.lookup) {
    if (((pairs.signs[slot] as number) & (pairSigns.lookedUp | pairSigns.opened)) === 0) {
      pairs.signs[slot] = (pairs.signs[slot] as number) | pairSigns.lookedUp;
      countLookup(memory, agent);
    }
    return;
  }
  const signs = pairs.signs[slot] as number;
  if ((signs & pairSigns.lookedUp) !== 0) {
    pairs.signs[slot] = signs & ~pairSigns.lookedUp;
    agents.openLookups[agent] = Math.max(0, (agents.openLookups[agent] as number) - 1);
  }
  countOpened(memory, counting, { chunk, at, slot });
  const queue = chunk.queue[at] as number;
  if (queue !== 0 && reasonRules[row.reason]?.legitimate) memory.customers.queue[customer] = queue;
};
