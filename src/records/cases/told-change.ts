import {
  type CaseChange,
  type CaseChangeKind,
  type Channel,
  caseChangeKinds,
  channels,
  type Initiator,
  initiators,
} from '../../model/case.ts';
import { type Instant, instantOf, parseInstant } from '../../model/instant.ts';

/**
 * One change of a case in the words of a webhook or of a row of the case file, not yet trusted. Null, empty and
 * absent all mean: this change says nothing about it.
 */
export interface ToldChange {
  readonly at: string;
  readonly case: string;
  readonly change: string;
  readonly agent?: string | null | undefined;
  readonly customer?: string | null | undefined;
  readonly queue?: string | null | undefined;
  readonly topic?: string | null | undefined;
  readonly channel?: string | null | undefined;
  readonly initiated_by?: string | null | undefined;
}

export type ToldFieldName = keyof ToldChange;

/** What is wrong with one field, and the fix. Holds no value: a value may name a customer. */
export interface FieldProblem {
  readonly field: ToldFieldName;
  readonly problem: string;
}

/** A change that has been understood. `at` is what the sender's clock said; the message has no id yet. */
export type UnderstoodChange = Omit<CaseChange, 'messageId'>;

/** Turns the help desk's reference of a customer, trimmed, into a keyed hash in hexadecimal. */
export type HashCustomerRef = (trimmedRef: string) => string;

/** Longest reference, queue or topic that is taken, in characters. */
export const refCharsMax = 200;

const earliest = instantOf(Date.UTC(1970, 0, 1));
const latest = instantOf(Date.UTC(2100, 0, 1));
// PostgreSQL holds no U+0000 in text; the other control characters have no place in a reference either.
const unprintable = /\p{Cc}/u;
const needAgent: readonly CaseChangeKind[] = ['helper-joined', 'helper-left'];

class Unreadable extends Error {
  readonly found: FieldProblem;
  constructor(field: ToldFieldName, problem: string) {
    super(problem);
    this.found = { field, problem };
  }
}

const readText = (field: ToldFieldName, told: unknown): string | undefined => {
  if (told === undefined || told === null) return undefined;
  if (typeof told !== 'string') throw new Unreadable(field, 'is not text; put it in quotes');
  const text = told.trim();
  if (text === '') return undefined;
  if (text.length > refCharsMax) throw new Unreadable(field, `is longer than ${refCharsMax} characters`);
  if (unprintable.test(text) || !text.isWellFormed())
    throw new Unreadable(field, 'holds characters that cannot be printed; remove them');
  return text;
};

const readWord = <Word extends string>(
  field: ToldFieldName,
  told: unknown,
  words: readonly Word[],
): Word | undefined => {
  const text = readText(field, told);
  if (text === undefined) return undefined;
  const word = words.find((known) => known === text);
  if (!word) throw new Unreadable(field, `is none of ${words.join(', ')}`);
  return word;
};

const needed = <T>(field: ToldFieldName, value: T | undefined): T => {
  if (value === undefined) throw new Unreadable(field, 'is missing');
  return value;
};

const readAt = (told: unknown): Instant => {
  const at = parseInstant(needed('at', readText('at', told)));
  if (at === undefined)
    throw new Unreadable('at', 'is not an RFC 3339 time with its offset, such as 2026-11-22T12:45:06Z');
  if (at < earliest || at >= latest) throw new Unreadable('at', 'is not between the years 1970 and 2100');
  return at;
};

const read = (told: ToldChange, hashCustomerRef: HashCustomerRef): UnderstoodChange => {
  const at = readAt(told.at);
  const caseRef = needed('case', readText('case', told.case));
  const kind: CaseChangeKind = needed('change', readWord('change', told.change, caseChangeKinds));
  const agentRef = readText('agent', told.agent);
  if (needAgent.includes(kind)) needed('agent', agentRef);
  const customerRef = readText('customer', told.customer);
  const channel: Channel | undefined = readWord('channel', told.channel, channels);
  const initiatedBy: Initiator | undefined = readWord('initiated_by', told.initiated_by, initiators);
  return {
    caseRef,
    kind,
    at,
    agentRef,
    customerRefHash: customerRef === undefined ? undefined : hashCustomerRef(customerRef),
    queueRef: readText('queue', told.queue),
    topic: readText('topic', told.topic),
    channel,
    initiatedBy,
  };
};

/**
 * Reads one told change, or says which field is wrong and how to put it right. Whether the agent, the customer
 * or the queue exists is not asked: they may arrive later.
 */
export const readToldChange = (
  told: ToldChange,
  hashCustomerRef: HashCustomerRef,
): UnderstoodChange | FieldProblem => {
  try {
    return read(told, hashCustomerRef);
  } catch (thrown) {
    if (thrown instanceof Unreadable) return thrown.found;
    throw thrown;
  }
};

export const isFieldProblem = (answer: UnderstoodChange | FieldProblem): answer is FieldProblem =>
  'problem' in answer;
