import { type Instant, instantOf } from '../../model/instant.ts';

/** A daily shift in wall-clock times of its time zone. An end before the start runs over midnight. */
export interface DailyShift {
  /** `HH:MM` or `HH:MM:SS`. */
  readonly startsAt: string;
  readonly endsAt: string;
  /** IANA name, `Asia/Kolkata`. */
  readonly timeZone: string;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const withoutShiftMs = 12 * 60 * minuteMs;

/**
 * When the shift that counts at `now` began: the latest start of the shift at or before now. Work before the start
 * or after the end still belongs to the shift that began last, so that staying late opens no fresh budget; the end
 * therefore does not matter here. Without a shift: 12 hours ago, a rolling window.
 *
 * A start that the clocks skip (02:30 on the night they go forward) is that moment of the old time (03:30 of the
 * new one); a start that they repeat is the first of the two.
 */
export const shiftStart = (now: Instant, shift: DailyShift | undefined): Instant => {
  if (shift === undefined) return instantOf(now - withoutShiftMs);
  const name = `${shift.startsAt} ${shift.timeZone}`;
  const known = spans.get(name);
  if (known && known.from <= now && now < known.until) return known.from;
  const span = spanAround(now, shift);
  if (spans.size >= spansMax) spans.clear();
  spans.set(name, span);
  return span.from;
};

/** From one start of a shift to the next. */
interface ShiftSpan {
  readonly from: Instant;
  readonly until: Instant;
}

const spansMax = 10_000;
/** The last span of each shift: working one out costs a hundred times more than remembering it. */
const spans = new Map<string, ShiftSpan>();

const spanAround = (now: Instant, { startsAt, timeZone }: DailyShift): ShiftSpan => {
  const startMs = wallClockMs(startsAt);
  const today = Math.floor(localMs(now, timeZone) / dayMs) * dayMs;
  // A calendar day may be missing altogether (Samoa skipped one), so two days each way are looked at.
  const starts = [-2, -1, 0, 1, 2].map((days) => instantAt(today + days * dayMs + startMs, timeZone));
  return {
    from: instantOf(Math.max(...starts.filter((start) => start <= now))),
    until: instantOf(Math.min(...starts.filter((start) => start > now))),
  };
};

/** Milliseconds since midnight. @throws RangeError when the text is no time of day. */
const wallClockMs = (text: string): number => {
  const parts = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text);
  if (!parts) throw new RangeError('a shift starts at HH:MM or HH:MM:SS');
  return ((Number(parts[1]) * 60 + Number(parts[2])) * 60 + Number(parts[3] ?? 0)) * 1_000;
};

/** A wall-clock time, counted as if it were UTC, as an instant. */
const instantAt = (wallMs: number, timeZone: string): number => {
  const before = offsetMs(wallMs - dayMs, timeZone);
  const after = offsetMs(wallMs + dayMs, timeZone);
  const fits = [wallMs - before, wallMs - after].filter((at) => localMs(at, timeZone) === wallMs);
  // In a gap neither fits; the offset from before it points just past it.
  return fits.length > 0 ? Math.min(...fits) : wallMs - before;
};

const offsetMs = (at: number, timeZone: string): number => localMs(at, timeZone) - at;

/** What the wall clock shows at an instant, counted as if it were UTC. */
const localMs = (at: number, timeZone: string): number => {
  const wholeSeconds = Math.floor(at / 1_000) * 1_000;
  const shown: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(wholeSeconds)) shown[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (at - wholeSeconds);
};

const formatsMax = 600;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format costs a thousand times more than using it; there are about 600 zones in the world. */
const formatOf = (timeZone: string): Intl.DateTimeFormat => {
  const known = formats.get(timeZone);
  if (known) return known;
  if (formats.size >= formatsMax) formats.clear();
  const made = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, made);
  return made;
};
