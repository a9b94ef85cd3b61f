import type { ByteSource } from './byte-source.ts';

/** How times are written in a file. */
export interface TimePlan {
  /** `rfc3339`, `unix_s`, `unix_ms`, or a pattern of `%Y %m %d %H %M %S %f %b %p %I %y %z` and other characters. */
  readonly format: string;
  /** Where times without an offset were written down: `UTC`, `+02:00` or an IANA name. */
  readonly zone: string | undefined;
}

/** What was wrong instead of a time; both are below any time that can be meant. */
export const noTime = -1e15;
export const noZone = -2e15;

const dayMs = 86_400_000;

/** Days from 1970-01-01 to a day of the Gregorian calendar (H. Hinnant, "days_from_civil"). */
const daysFromCivil = (year: number, month: number, day: number): number => {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
};

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const isDay = (year: number, month: number, day: number): boolean => {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (monthDays[month - 1] as number) + (leap ? 1 : 0);
};

/** The offset of a zone at a local time, in milliseconds east of UTC. */
export type ZoneOffset = (localMs: number) => number;

const fixedOffset = /^([+-])(\d{2}):?(\d{2})$/;

/** @returns undefined when there is no such zone */
export const zoneOffset = (zone: string): ZoneOffset | undefined => {
  if (/^(utc|z|gmt)$/i.test(zone)) return () => 0;
  const fixed = fixedOffset.exec(zone);
  if (fixed) {
    const ms = (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3])) * 60_000;
    return () => ms;
  }
  try {
    return namedZone(zone);
  } catch {
    return undefined;
  }
};

const namedZone = (zone: string): ZoneOffset => {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const localOf = (utcMs: number): number => {
    const parts: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(utcMs)) parts[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
  const known = new Map<number, number>();
  return (localMs) => {
    // Zones change on quarters of an hour.
    const quarter = Math.floor(localMs / 900_000);
    const found = known.get(quarter);
    if (found !== undefined) return found;
    const at = quarter * 900_000;
    // Twice: the first guess may lie on the other side of a change. In a repeated hour the earlier reading is taken.
    const guess = localOf(at) - at;
    const offset = localOf(at - guess) - (at - guess);
    if (known.size > 200_000) known.clear();
    known.set(quarter, offset);
    return offset;
  };
};

/** Reads a time from bytes: its milliseconds, `noTime` or `noZone`. */
export type ReadTime = (source: ByteSource, from: number, to: number) => number;

const two = (source: Uint8Array, at: number): number => {
  const tens = (source[at] as number) - 48;
  const ones = (source[at + 1] as number) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
};

const number = (source: Uint8Array, from: number, to: number): number => {
  if (from >= to || to - from > 16) return Number.NaN;
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = (source[at] as number) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
};

/** Reads `Z`, `+02:00`, `+0200` or `+02` at the end of a time; undefined when it is none of these. */
const readOffset = (source: Uint8Array, at: number, to: number): number | undefined => {
  const sign = source[at];
  if (to - at === 1 && (sign === 90 || sign === 122)) return 0;
  if (sign !== 43 && sign !== 45) return undefined;
  const hours = two(source, at + 1);
  const colon = source[at + 3] === 58 ? 1 : 0;
  const length = to - at;
  const minutes = length === 3 ? 0 : length === 5 + colon ? two(source, at + 3 + colon) : -1;
  if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59) return undefined;
  return (sign === 45 ? -1 : 1) * (hours * 60 + minutes) * 60_000;
};

/** RFC 3339, with a space for the T, and without an offset where the zone is known. */
const rfc3339 = (zone: ZoneOffset | undefined, day: 'first' | 'last' | undefined): ReadTime => {
  const local = (ms: number): number => (zone ? ms - zone(ms) : noZone);
  // Neighbours mostly share their day: its ten bytes are compared before they are read.
  let latest = { first: 0, second: 0, third: 0, days: 0 };
  const dayOf = ({ bytes, view }: ByteSource, from: number): number => {
    const first = view.getInt32(from, true);
    const second = view.getInt32(from + 4, true);
    const third = view.getInt16(from + 8, true);
    if (first === latest.first && second === latest.second && third === latest.third) return latest.days;
    if (bytes[from + 4] !== 45 || bytes[from + 7] !== 45) return noTime;
    const [century, ofCentury] = [two(bytes, from), two(bytes, from + 2)];
    const [month, ofMonth] = [two(bytes, from + 5), two(bytes, from + 8)];
    const year = century * 100 + ofCentury;
    if (century < 0 || ofCentury < 0 || !isDay(year, month, ofMonth)) return noTime;
    latest = { first, second, third, days: daysFromCivil(year, month, ofMonth) * dayMs };
    return latest.days;
  };
  return (source, from, to) => {
    const { bytes } = source;
    const length = to - from;
    if (length < 10) return noTime;
    const days = dayOf(source, from);
    if (days === noTime) return noTime;
    if (length === 10) {
      if (day === undefined) return noTime;
      const ms = day === 'first' ? days : days + dayMs - 1;
      return zone ? ms - zone(ms) : ms;
    }
    const mark = bytes[from + 10];
    if (length < 16 || (mark !== 84 && mark !== 32 && mark !== 116) || bytes[from + 13] !== 58) return noTime;
    const [hour, minute] = [two(bytes, from + 11), two(bytes, from + 14)];
    let at = from + 16;
    let second = 0;
    let fraction = 0;
    if (bytes[at] === 58 && at + 3 <= to) {
      second = two(bytes, at + 1);
      at += 3;
      if ((bytes[at] === 46 || bytes[at] === 44) && at < to) {
        let scale = 100;
        for (at += 1; at < to; at += 1) {
          const digit = (bytes[at] as number) - 48;
          if (digit < 0 || digit > 9) break;
          fraction += digit * scale;
          scale /= 10;
        }
      }
    }
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return noTime;
    const ms = days + ((hour * 60 + minute) * 60 + second) * 1000 + Math.floor(fraction + 1e-6);
    if (at >= to) return local(ms);
    if (bytes[at] === 32 && at + 1 < to) at += 1;
    const offset = readOffset(bytes, at, to);
    return offset === undefined ? noTime : ms - offset;
  };
};

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const monthOf = (text: string): number => months.indexOf(text.slice(0, 3).toLowerCase()) + 1;

interface PatternTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  ms: number;
  afternoon: boolean | undefined;
  offsetMs: number | undefined;
}

/** What each `%` letter matches, and what its text sets. */
const letters: Readonly<Record<string, readonly [string, (text: string) => Partial<PatternTime>]>> = {
  Y: ['\\d{4}', (text) => ({ year: Number(text) })],
  y: ['\\d{2}', (text) => ({ year: 2000 + Number(text) })],
  m: ['\\d{1,2}', (text) => ({ month: Number(text) })],
  d: ['\\d{1,2}', (text) => ({ day: Number(text) })],
  H: ['\\d{1,2}', (text) => ({ hour: Number(text) })],
  I: ['\\d{1,2}', (text) => ({ hour: Number(text) })],
  M: ['\\d{1,2}', (text) => ({ minute: Number(text) })],
  S: ['\\d{1,2}', (text) => ({ second: Number(text) })],
  f: ['\\d{1,9}', (text) => ({ ms: Math.floor(Number(`0.${text}`) * 1000 + 1e-6) })],
  b: ['[A-Za-z]{3,9}', (text) => ({ month: monthOf(text) })],
  p: ['[AaPp]\\.?[Mm]\\.?', (text) => ({ afternoon: /^p/i.test(text) })],
  z: ['Z|[+-]\\d{2}:?\\d{2}', (text) => ({ offsetMs: text === 'Z' ? 0 : zoneOffset(text)?.(0) })],
};

const utf8 = new TextDecoder();

/** @returns undefined when the pattern has a letter that nobody knows, or no day */
const pattern = (format: string, zone: ZoneOffset | undefined): ReadTime | undefined => {
  const setters: ((text: string) => Partial<PatternTime>)[] = [];
  let source = '';
  for (const part of format.matchAll(/%(.)|([^%]+)/gs)) {
    const [, letter, text] = part;
    const known = letter === undefined ? undefined : letters[letter];
    if (letter !== undefined && !known) return undefined;
    if (known) {
      source += `(${known[0]})`;
      setters.push(known[1]);
    } else source += (text ?? '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  }
  if (!/%[Yy]/.test(format) || !/%[mb]/.test(format) || !format.includes('%d')) return undefined;
  const whole = new RegExp(`^${source}$`);
  return ({ bytes }, from, to) => {
    if (to - from > 64) return noTime;
    const found = whole.exec(utf8.decode(bytes.subarray(from, to)));
    if (!found) return noTime;
    const time: PatternTime = {
      year: 0,
      month: 0,
      day: 0,
      hour: 0,
      minute: 0,
      second: 0,
      ms: 0,
      afternoon: undefined,
      offsetMs: undefined,
    };
    for (const [at, set] of setters.entries()) Object.assign(time, set(found[at + 1] ?? ''));
    if (time.afternoon !== undefined) time.hour = (time.hour % 12) + (time.afternoon ? 12 : 0);
    if (!isDay(time.year, time.month, time.day)) return noTime;
    if (time.hour > 23 || time.minute > 59 || time.second > 60) return noTime;
    const clock = ((time.hour * 60 + time.minute) * 60 + time.second) * 1000 + time.ms;
    const ms = daysFromCivil(time.year, time.month, time.day) * dayMs + clock;
    if (time.offsetMs !== undefined) return ms - time.offsetMs;
    return zone ? ms - zone(ms) : noZone;
  };
};

/** @returns undefined when the plan's format is none (its zone was checked when the map was read) */
export const timeReader = (plan: TimePlan, day?: 'first' | 'last'): ReadTime | undefined => {
  const zone = plan.zone === undefined ? undefined : zoneOffset(plan.zone);
  if (plan.format === 'rfc3339') return rfc3339(zone, day);
  if (plan.format === 'unix_s' || plan.format === 'unix_ms') {
    const scale = plan.format === 'unix_s' ? 1000 : 1;
    return ({ bytes: source }, from, to) => {
      const dot = source.subarray(from, to).indexOf(46);
      const end = dot < 0 ? to : from + dot;
      const whole = number(source, from, end) * scale;
      if (Number.isNaN(whole)) return noTime;
      if (dot < 0 || scale === 1) return whole;
      const rest = number(source, end + 1, Math.min(to, end + 4));
      return Number.isNaN(rest) ? noTime : whole + rest * 10 ** (3 - (Math.min(to, end + 4) - end - 1));
    };
  }
  return pattern(plan.format, zone);
};
