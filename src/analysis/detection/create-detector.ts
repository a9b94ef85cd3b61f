import {
  type AccessChunk,
  type CaseChangeChunk,
  type LogNames,
  loggedChanges,
} from '../../model/access-columns.ts';
import { applyChange } from './case-book.ts';
import { channelAt, channelCount, channels, isChannelOn } from './channel.ts';
import { type Counting, countAccess, explainLater } from './count-access.ts';
import { type Deciding, decideDay, falseShareOfBudget } from './decide-day.ts';
import { decideNow } from './decide-now.ts';
import type {
  AgentScore,
  CheckOff,
  CreateDetector,
  DetectorKept,
  DetectorOptions,
  Feedback,
} from './detection.ts';
import { takeFeedback } from './feedback.ts';
import { learnDay } from './learn-day.ts';
import { createMemory, fitMemory, type Memory, shiftCount } from './memory.ts';
import { keepHistory } from './month.ts';
import { findPair } from './pair-table.ts';
import { roleOf } from './role.ts';
import { closeTopics, openTopics } from './topic-cells.ts';
import { weighDay } from './weigh-day.ts';

const dayMs = 86_400_000;
const keptVersion = 1;

const opened = loggedChanges.indexOf('opened');
const closed = loggedChanges.indexOf('closed');

const takeChange = (memory: Memory, chunk: CaseChangeChunk, at: number): void => {
  applyChange(memory.cases, chunk, at);
  const caseAt = chunk.case[at] as number;
  const agent = chunk.agent[at] as number;
  const customer = memory.cases.customer[caseAt] as number;
  const queue = memory.cases.queue[caseAt] as number;
  if (customer !== 0 && queue !== 0) memory.customers.queue[customer] = queue;
  if (agent === 0 || customer === 0) return;
  const change = chunk.change[at] as number;
  // A case that the agent opened itself, or only closed, gives no reason for an earlier look.
  if (change === closed || (change === opened && memory.cases.initiatedBy[caseAt] === 2)) return;
  if (queue !== 0) memory.servedQueues.add(agent * 65536 + queue);
  const slot = findPair(memory.pairs, agent, customer);
  if (slot >= 0 && memory.pairs.lastDay[slot] === memory.day) explainLater(memory, agent, slot);
};

const clearDay = (memory: Memory): void => {
  const { agents, active, activeCount, peers } = memory;
  for (let place = 0; place < activeCount; place += 1) {
    const agent = active[place] as number;
    agents.counts.fill(0, agent * channelCount, (agent + 1) * channelCount);
    agents.expected.fill(0, agent * channelCount, (agent + 1) * channelCount);
    agents.visits.fill(0, agent * shiftCount, (agent + 1) * shiftCount);
    agents.hourMask[agent] = 0;
    agents.rows[agent] = 0;
    agents.openLookups[agent] = 0;
    agents.notableToday[agent] = 0;
    agents.notableCheck[agent] = 0;
    agents.lastDay[agent] = memory.day;
  }
  peers.today.fill(0);
  peers.visitsToday.fill(0);
  memory.activeCount = 0;
};

/** The meetings that only the busiest twentieth of the customers has. */
const closeMeetings = (memory: Memory): void => {
  const histogram = memory.meetingsHistogram;
  const all = histogram.reduce((sum, count) => sum + count, 0);
  let over = 0;
  let limit = 256;
  while (limit > 1 && over + (histogram[limit - 1] as number) <= 0.05 * all) {
    limit -= 1;
    over += histogram[limit] as number;
  }
  memory.meetingsBusy = limit;
  for (let at = 0; at < 256; at += 1) histogram[at] = (histogram[at] as number) * 0.9;
};

const closeDay = (memory: Memory, deciding: Deciding): void => {
  const { agents, active, activeCount } = memory;
  if (activeCount === 0) return;
  for (let place = 0; place < activeCount; place += 1) {
    const agent = active[place] as number;
    agents.counts[agent * channelCount + channelAt['empty-lookup']] = agents.openLookups[agent] as number;
  }
  memory.agentDays += activeCount;
  const work = weighDay(memory);
  keepHistory(memory, work);
  learnDay(memory, work);
  decideDay(memory, work, deciding);
  closeTopics(memory.topics);
  closeMeetings(memory);
  clearDay(memory);
  memory.daysClosed += 1;
};

const checksOff = (options: DetectorOptions): readonly CheckOff[] =>
  channels
    .filter((channel) => channel.name !== 'joint' && !isChannelOn(channel, options))
    .map((channel) => {
      const missing = channel.needs
        .filter((need) =>
          typeof need === 'string'
            ? !options.accessColumns.has(need)
            : !need.some((column) => options.accessColumns.has(column)),
        )
        .map((need) => `column ${typeof need === 'string' ? need : need.join(' or ')}`);
      const lacks = [
        ...(channel.needsCases && !options.caseChanges ? ['a case file'] : []),
        ...(channel.needsPurpose && !options.caseChanges && !options.accessColumns.has('case')
          ? ['a case file or the column case']
          : []),
        ...missing,
      ];
      return { check: channel.counted, because: `needs ${lacks.join(' and ')}` };
    });

const dealStakes = (memory: Memory, options: DetectorOptions): void => {
  const on = channels.map((channel) => (isChannelOn(channel, options) ? channel.stake : 0));
  const all = on.reduce((sum, stake) => sum + stake, 0);
  on.forEach((stake, channel) => {
    memory.spread.stakes[channel] = stake / all;
  });
};

const agentScores = (memory: Memory, names: LogNames): readonly AgentScore[] => {
  const { agents } = memory;
  const scores: AgentScore[] = [];
  const texts = names.agents;
  for (const agent of memory.known) {
    scores.push({
      agent: texts[agent] ?? '',
      score: agents.scoreMax[agent] as number,
      accesses: agents.accesses[agent] as number,
      customers: agents.customers[agent] as number,
      unexplained: agents.unexplained[agent] as number,
      alerts: agents.alertsRaised[agent] as number,
      role: roleOf(agents.role[agent] as number),
      notes: memory.notes.get(agent) ?? [],
    });
  }
  return scores;
};

const restore = (kept: DetectorKept): Memory => {
  if (kept.version !== keptVersion)
    throw new RangeError('the kept memory is of another version: read the log from its start');
  return kept.memory as Memory;
};

/** Changes wait here until an access, or the clock, reaches them. */
interface ChangeQueue {
  readonly chunks: CaseChangeChunk[];
  row: number;
}

/** Closes the days before that of `atMs`. */
const turnTo = (memory: Memory, deciding: Deciding, atMs: number): void => {
  const day = Math.floor((atMs + deciding.dayOffsetMs) / dayMs);
  if (day <= memory.day) return;
  closeDay(memory, deciding);
  memory.day = day;
};

const takeChangesUntil = (
  memory: Memory,
  deciding: Deciding,
  { queue, atMs }: { readonly queue: ChangeQueue; readonly atMs: number },
): void => {
  for (let chunk = queue.chunks[0]; chunk; chunk = queue.chunks[0]) {
    while (queue.row < chunk.rows && (chunk.atMs[queue.row] as number) <= atMs) {
      turnTo(memory, deciding, chunk.atMs[queue.row] as number);
      takeChange(memory, chunk, queue.row);
      queue.row += 1;
      memory.changesRead += 1;
    }
    if (queue.row < chunk.rows) return;
    queue.chunks.shift();
    queue.row = 0;
  }
};

const countingOf = (options: DetectorOptions): Counting => ({
  hasCaseFile: options.caseChanges,
  hasPurpose: options.caseChanges || options.accessColumns.has('case'),
  byQueue: options.accessColumns.has('queue') || options.caseChanges,
  dayOffsetMs: (options.dayOffsetMinutes ?? 0) * 60_000,
  names: options.names,
});

const highest = (column: Int32Array, rows: number): number => {
  let most = 0;
  for (let row = 0; row < rows; row += 1) if ((column[row] as number) > most) most = column[row] as number;
  return most;
};

const fitAccesses = (memory: Memory, chunk: AccessChunk): void =>
  fitMemory(memory, {
    agents: highest(chunk.agent, chunk.rows) + 1,
    cases: highest(chunk.case, chunk.rows) + 1,
    customers: highest(chunk.customer, chunk.rows) + 1,
    queues: Math.max(highest(chunk.queue, chunk.rows), highest(chunk.team, chunk.rows)) + 1,
  });

const fitChanges = (memory: Memory, chunk: CaseChangeChunk): void =>
  fitMemory(memory, {
    agents: highest(chunk.agent, chunk.rows) + 1,
    cases: highest(chunk.case, chunk.rows) + 1,
    customers: highest(chunk.customer, chunk.rows) + 1,
    queues: highest(chunk.queue, chunk.rows) + 1,
  });

/** @see Detector */
export const createDetector: CreateDetector = (options) => {
  const { names } = options;
  const memory = options.resumeFrom ? restore(options.resumeFrom) : createMemory();
  const counting = countingOf(options);
  const alertShareMax = options.alertShareMax ?? 0.005;
  const deciding: Deciding = {
    names,
    bar: 1 / (alertShareMax * falseShareOfBudget),
    alertShareMax,
    dayOffsetMs: counting.dayOffsetMs,
    hasPurpose: counting.hasPurpose,
  };
  if (!options.resumeFrom) dealStakes(memory, options);
  openTopics(memory.topics);
  const queue: ChangeQueue = { chunks: [], row: 0 };

  return {
    feedChanges(chunk) {
      if (chunk.rows === 0) return;
      fitChanges(memory, chunk);
      queue.chunks.push(chunk);
    },
    feedAccesses(chunk) {
      fitAccesses(memory, chunk);
      const { notableToday, notableCheck } = memory.agents;
      for (let at = 0; at < chunk.rows; at += 1) {
        const atMs = chunk.atMs[at] as number;
        if (queue.chunks.length > 0) takeChangesUntil(memory, deciding, { queue, atMs });
        turnTo(memory, deciding, atMs);
        countAccess(memory, counting, { chunk, at });
        memory.accessesRead += 1;
        const agent = chunk.agent[at] as number;
        if ((notableToday[agent] as number) > (notableCheck[agent] as number))
          decideNow(memory, deciding, { agent, atMs });
      }
    },
    advance(at) {
      takeChangesUntil(memory, deciding, { queue, atMs: at });
      turnTo(memory, deciding, at);
    },
    finish() {
      takeChangesUntil(memory, deciding, { queue, atMs: Number.POSITIVE_INFINITY });
      closeDay(memory, deciding);
    },
    alerts: () => memory.alerts,
    agents: () => agentScores(memory, names),
    checksOff: () => checksOff(options),
    totals: () => ({
      accesses: memory.accessesRead,
      changes: memory.changesRead,
      agentDays: memory.agentDays,
    }),
    tell: (feedback: Feedback) => takeFeedback(memory, names, feedback),
    keep: (): DetectorKept => ({
      version: keptVersion,
      accessesRead: memory.accessesRead,
      changesRead: memory.changesRead,
      memory,
    }),
  };
};
