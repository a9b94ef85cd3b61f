import { createHash } from 'node:crypto';
import { isFault } from '../../model/fault.ts';
import type { ExitStatus } from './command.ts';
import { WrongUse } from './wrong-use.ts';

export interface ThrownTold {
  readonly line: string;
  readonly status: ExitStatus;
}

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ');

/** The frames of a stack without the message above them: an unforeseen message may hold anything. */
const framesOf = (error: Error): readonly string[] =>
  (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));

const placeOf = (frames: readonly string[]): string =>
  frames.map((frame) => /\/(src\/[^)\s]+?):\d+\)?$/.exec(frame)?.[1]).find((place) => place !== undefined) ??
  'an unknown place';

/**
 * A bug as its finder can report it: what broke and where, and a reference that is the same each time the same thing
 * breaks. The message stays out, since nobody has checked what it holds.
 */
const tellBug = (thrown: unknown): ThrownTold => {
  const error = thrown instanceof Error ? thrown : new Error('thrown without being an error');
  const frames = framesOf(error);
  const reference = createHash('sha256')
    .update([error.name, ...frames].join('\n'))
    .digest('hex')
    .slice(0, 8);
  const line = `a bug: ${error.name} at ${placeOf(frames)}, reference ${reference}. Please report this line; CASEBOUND_TRACE=1 shows more`;
  return { line, status: 70 };
};

/** What the operator reads of whatever a command threw. A fault's inward text is a line for the operator. */
export const presentThrown = (thrown: unknown): ThrownTold => {
  if (thrown instanceof WrongUse) return { line: oneLine(thrown.message), status: 2 };
  if (!isFault(thrown) || thrown.code === 'bug') return tellBug(thrown);
  return { line: oneLine(thrown.message), status: thrown.status < 500 ? 2 : 69 };
};
