import type { Brand } from './brand.ts';

/** A point in time: milliseconds since 1970-01-01T00:00:00Z, a whole number. */
export type Instant = Brand<number, 'Instant'>;

export const instantOf = (epochMs: number): Instant => {
  if (!Number.isSafeInteger(epochMs)) throw new RangeError('an instant is a whole number of milliseconds');
  return epochMs as Instant;
};

export const later = (from: Instant, byMs: number): Instant => instantOf(from + byMs);

let lastWritten: { readonly at: number; readonly text: string } = { at: 0, text: '1970-01-01T00:00:00.000Z' };

/** RFC 3339 in UTC with milliseconds, `2026-11-22T12:45:06.123Z`: the one form in which we write times. */
export const formatInstant = (at: Instant): string => {
  // One instant is written several times on its way: into the entry, its row, its access.
  if (lastWritten.at !== at) lastWritten = { at, text: new Date(at).toISOString() };
  return lastWritten.text;
};

const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/** Reads an RFC 3339 time with its offset; undefined when it is none or the day does not exist (30 February). */
export const parseInstant = (text: string): Instant | undefined => {
  const parts = rfc3339.exec(text);
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth || hour > 23 || minute > 59 || second > 59)
    return undefined;
  const epochMs = Date.parse(text.replace(' ', 'T'));
  return Number.isNaN(epochMs) ? undefined : (Math.floor(epochMs) as Instant);
};
