import type { CaseChangeChunk } from '../../model/access-columns.ts';
import { loggedChanges } from '../../model/access-columns.ts';
import { grownBytes, grownFloats, grownInts } from './growing-column.ts';

/** How a case stands. `unseen`: named somewhere, but no change of it has been read. */
export const caseStatus = { unseen: 0, open: 1, closed: 2 } as const;

/** Who works a case with its holder, at most; the oldest makes room. */
export const workersMax = 4;

/** Every case as the changes read so far make it: one place a case, counted from 1; place 0 is no case. */
export interface CaseBook {
  status: Uint8Array;
  holder: Int32Array;
  /** Who held it before the present holder. */
  heldBefore: Int32Array;
  customer: Int32Array;
  queue: Int32Array;
  topic: Int32Array;
  openedBy: Int32Array;
  initiatedBy: Uint8Array;
  closedMs: Float64Array;
  /** `workersMax` places a case: agents who helped, replied or held it. */
  workers: Int32Array;
  /** The next older case of the same customer. */
  older: Int32Array;
  /** By customer: the newest case. */
  newest: Int32Array;
}

export const createCaseBook = (): CaseBook => ({
  status: new Uint8Array(64),
  holder: new Int32Array(64),
  heldBefore: new Int32Array(64),
  customer: new Int32Array(64),
  queue: new Int32Array(64),
  topic: new Int32Array(64),
  openedBy: new Int32Array(64),
  initiatedBy: new Uint8Array(64),
  closedMs: new Float64Array(64),
  workers: new Int32Array(64 * workersMax),
  older: new Int32Array(64),
  newest: new Int32Array(64),
});

/** Makes room for this many cases and customers. */
export const fitCaseBook = (book: CaseBook, cases: number, customers: number): void => {
  if (cases > book.status.length) {
    book.status = grownBytes(book.status, cases);
    book.initiatedBy = grownBytes(book.initiatedBy, cases);
    book.closedMs = grownFloats(book.closedMs, cases);
    for (const column of ['holder', 'heldBefore', 'customer', 'queue', 'topic', 'openedBy', 'older'] as const)
      book[column] = grownInts(book[column], cases);
    book.workers = grownInts(book.workers, book.status.length * workersMax);
  }
  if (customers > book.newest.length) book.newest = grownInts(book.newest, customers);
};

/** Has this agent held, helped with or answered the case? */
export const hasWorked = (book: CaseBook, caseAt: number, agent: number): boolean => {
  const from = caseAt * workersMax;
  for (let at = from; at < from + workersMax; at += 1) if (book.workers[at] === agent) return true;
  return false;
};

const addWorker = (book: CaseBook, caseAt: number, agent: number): void => {
  if (agent === 0 || hasWorked(book, caseAt, agent)) return;
  const from = caseAt * workersMax;
  book.workers.copyWithin(from + 1, from, from + workersMax - 1);
  book.workers[from] = agent;
};

const removeWorker = (book: CaseBook, caseAt: number, agent: number): void => {
  const from = caseAt * workersMax;
  for (let at = from; at < from + workersMax; at += 1) if (book.workers[at] === agent) book.workers[at] = 0;
};

const setHolder = (book: CaseBook, caseAt: number, agent: number): void => {
  const held = book.holder[caseAt] as number;
  if (held === agent) return;
  if (held !== 0) book.heldBefore[caseAt] = held;
  book.holder[caseAt] = agent;
  addWorker(book, caseAt, agent);
};

const learnFacts = (book: CaseBook, chunk: CaseChangeChunk, row: number): void => {
  const caseAt = chunk.case[row] as number;
  const customer = chunk.customer[row] as number;
  if (customer !== 0 && book.customer[caseAt] === 0) {
    book.customer[caseAt] = customer;
    book.older[caseAt] = book.newest[customer] as number;
    book.newest[customer] = caseAt;
  }
  if (chunk.queue[row] !== 0) book.queue[caseAt] = chunk.queue[row] as number;
  if (chunk.topic[row] !== 0) book.topic[caseAt] = chunk.topic[row] as number;
  if (book.initiatedBy[caseAt] === 0) book.initiatedBy[caseAt] = chunk.initiatedBy[row] as number;
};

/** Takes one change in. Changes come in order of time; whatever they say is believed, as the help desk says it. */
export const applyChange = (book: CaseBook, chunk: CaseChangeChunk, row: number): void => {
  const caseAt = chunk.case[row] as number;
  if (caseAt === 0) return;
  learnFacts(book, chunk, row);
  const agent = chunk.agent[row] as number;
  switch (loggedChanges[chunk.change[row] as number]) {
    case 'opened':
      book.openedBy[caseAt] = agent;
      book.status[caseAt] = caseStatus.open;
      // Whoever opens a case while the customer is on the line holds it until it is given to somebody.
      if (agent !== 0 && book.holder[caseAt] === 0) setHolder(book, caseAt, agent);
      break;
    case 'reopened':
      book.status[caseAt] = caseStatus.open;
      if (agent !== 0) setHolder(book, caseAt, agent);
      break;
    case 'assigned':
      book.status[caseAt] = caseStatus.open;
      setHolder(book, caseAt, agent);
      break;
    case 'helper-left':
      removeWorker(book, caseAt, agent);
      break;
    case 'closed':
      book.status[caseAt] = caseStatus.closed;
      book.closedMs[caseAt] = chunk.atMs[row] as number;
      addWorker(book, caseAt, agent);
      break;
    default:
      if (book.status[caseAt] === caseStatus.unseen) book.status[caseAt] = caseStatus.open;
      addWorker(book, caseAt, agent);
  }
};
