import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteSource } from './byte-source.ts';
import { noTime, noZone, type TimePlan, timeReader } from './time-text.ts';

const read = (text: string, plan: Partial<TimePlan> = {}, day?: 'first' | 'last'): number | undefined => {
  const bytes = new TextEncoder().encode(text);
  const reader = timeReader({ format: 'rfc3339', zone: undefined, ...plan }, day);
  return reader?.(new ByteSource(bytes), 0, bytes.length);
};

const time = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2100, 11, 31) });

describe('a time', () => {
  it('in RFC 3339 is read as everybody reads it, with any offset and any fraction', () => {
    const reader = timeReader({ format: 'rfc3339', zone: undefined });
    fc.assert(
      fc.property(
        time,
        fc.integer({ min: -720, max: 840 }),
        fc.constantFrom('T', 't', ' '),
        (ms, offset, mark) => {
          const local = new Date(ms + offset * 60_000).toISOString().slice(0, -1).replace('T', mark);
          const sign = offset < 0 ? '-' : '+';
          const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
          const zone = `${sign}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
          for (const text of [`${local}${zone}`, `${local}999${zone}`, `${local}${zone.replace(':', '')}`]) {
            const bytes = new TextEncoder().encode(text);
            expect(reader?.(new ByteSource(bytes), 0, bytes.length)).toBe(ms);
          }
        },
      ),
    );
  });

  it.each([
    ['2026-02-30T10:00:00Z', noTime],
    ['2026-13-01T10:00:00Z', noTime],
    ['2026-01-01T24:00:00Z', noTime],
    ['2026-01-01T10:60:00Z', noTime],
    ['2026-01-01T10:00:00+2', noTime],
    ['2026-01-01T10:00:00 CET', noTime],
    ['2026-01-01', noTime],
    ['yesterday', noTime],
    ['2026-01-01T10:00:00', noZone],
    ['2026-01-01 10:00', noZone],
  ])('%s is none', (text, answer) => {
    expect(read(text)).toBe(answer);
  });

  it('without an offset is one of the zone that the map names, on both sides of a change of clocks', () => {
    const lisbon = { format: '%d/%m/%Y %H:%M', zone: 'Europe/Lisbon' };
    expect(read('15/1/2016 10:00', lisbon)).toBe(Date.parse('2016-01-15T10:00:00Z'));
    expect(read('15/7/2016 10:00', lisbon)).toBe(Date.parse('2016-07-15T09:00:00Z'));
    expect(read('27/3/2016 00:59', lisbon)).toBe(Date.parse('2016-03-27T00:59:00Z'));
    expect(read('27/3/2016 02:01', lisbon)).toBe(Date.parse('2016-03-27T01:01:00Z'));
    expect(read('2016-07-15 10:00', { zone: 'America/New_York' })).toBe(Date.parse('2016-07-15T14:00:00Z'));
    expect(read('2016-07-15T10:00:00Z', { zone: '+05:30' })).toBe(Date.parse('2016-07-15T10:00:00Z'));
  });

  it('is read by other patterns and as seconds since 1970', () => {
    const ms = Date.parse('2026-03-04T15:06:07.250Z');
    expect(read(String(ms), { format: 'unix_ms' })).toBe(ms);
    expect(read(String(ms / 1000), { format: 'unix_s' })).toBe(ms);
    expect(read('20260304150607.250', { format: '%Y%m%d%H%M%S.%f', zone: 'UTC' })).toBe(ms);
    expect(read('Mar 04 2026 03:06:07 PM', { format: '%b %d %Y %I:%M:%S %p', zone: 'UTC' })).toBe(ms - 250);
    expect(read('04.03.2026 16:06:07 +0100', { format: '%d.%m.%Y %H:%M:%S %z' })).toBe(ms - 250);
    expect(timeReader({ format: '%Q', zone: undefined })).toBeUndefined();
    expect(timeReader({ format: '%H:%M', zone: undefined })).toBeUndefined();
  });

  it('may be a day where a span of days is meant: its first or its last millisecond', () => {
    expect(read('2026-03-04', {}, 'first')).toBe(Date.parse('2026-03-04T00:00:00Z'));
    expect(read('2026-03-04', {}, 'last')).toBe(Date.parse('2026-03-04T23:59:59.999Z'));
  });
});
