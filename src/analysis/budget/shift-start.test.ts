import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatInstant, type Instant, instantOf, parseInstant } from '../../model/instant.ts';
import { shiftStart } from './shift-start.ts';

const at = (text: string): Instant => parseInstant(text) ?? instantOf(0);
const started = (now: string, startsAt: string, timeZone: string, endsAt = '17:00') =>
  formatInstant(shiftStart(at(now), { startsAt, endsAt, timeZone }));

describe('the start of a shift', () => {
  it('is this morning’s for someone at work', () => {
    expect(started('2026-11-23T10:00:00+05:30', '09:00', 'Asia/Kolkata')).toBe('2026-11-23T03:30:00.000Z');
  });

  it('is exactly now at the start, and yesterday’s a millisecond before', () => {
    expect(started('2026-11-23T09:00:00+05:30', '09:00', 'Asia/Kolkata')).toBe('2026-11-23T03:30:00.000Z');
    const before = instantOf(at('2026-11-23T09:00:00+05:30') - 1);
    expect(
      formatInstant(shiftStart(before, { startsAt: '09:00', endsAt: '17:00', timeZone: 'Asia/Kolkata' })),
    ).toBe('2026-11-22T03:30:00.000Z');
  });

  it('is last evening’s for a shift over midnight', () => {
    expect(started('2026-11-23T03:00:00Z', '22:00', 'UTC', '06:00')).toBe('2026-11-22T22:00:00.000Z');
  });

  it('stays this morning’s for someone who works late', () => {
    expect(started('2026-11-23T23:30:00Z', '09:00', 'UTC')).toBe('2026-11-23T09:00:00.000Z');
  });

  it('is the local morning on the days the clocks change', () => {
    expect(started('2026-03-29T12:00:00Z', '08:00', 'Europe/Berlin')).toBe('2026-03-29T06:00:00.000Z');
    expect(started('2026-10-25T12:00:00Z', '08:00', 'Europe/Berlin')).toBe('2026-10-25T07:00:00.000Z');
    expect(started('2026-03-28T12:00:00Z', '08:00', 'Europe/Berlin')).toBe('2026-03-28T07:00:00.000Z');
  });

  it('is an hour later by the wall when the clocks skip it', () => {
    expect(started('2026-03-29T05:00:00Z', '02:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
    expect(started('2026-03-29T01:15:00Z', '02:30', 'Europe/Berlin')).toBe('2026-03-28T01:30:00.000Z');
  });

  it('is the first of two when the clocks repeat it', () => {
    expect(started('2026-10-25T00:45:00Z', '02:30', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z');
    expect(started('2026-10-25T05:00:00Z', '02:30', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z');
  });

  it('is over 24 hours ago at most on the day that has 25 hours', () => {
    expect(started('2026-10-26T06:59:00Z', '08:00', 'Europe/Berlin')).toBe('2026-10-25T07:00:00.000Z');
    expect(started('2026-10-25T06:59:00Z', '08:00', 'Europe/Berlin')).toBe('2026-10-24T06:00:00.000Z');
  });

  it('survives the day that Samoa left out', () => {
    expect(started('2011-12-30T20:00:00Z', '09:00', 'Pacific/Apia')).toBe('2011-12-30T19:00:00.000Z');
    const before = at(started('2011-12-30T18:00:00Z', '09:00', 'Pacific/Apia'));
    expect(before).toBeLessThanOrEqual(at('2011-12-30T18:00:00Z'));
  });

  it('rolls twelve hours back for who has no shift', () => {
    expect(formatInstant(shiftStart(at('2026-11-23T12:00:00Z'), undefined))).toBe('2026-11-23T00:00:00.000Z');
  });

  it('is never in the future, never over 26 hours ago, and shows the shift’s own wall clock', () => {
    const zones = [
      'UTC',
      'Asia/Kolkata',
      'Europe/Berlin',
      'America/New_York',
      'Asia/Manila',
      'Australia/Lord_Howe',
    ];
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2030, 0) }),
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        (now, timeZone, hour, minute) => {
          const startsAt = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
          const start = shiftStart(instantOf(now), { startsAt, endsAt: '00:00', timeZone });
          expect(start).toBeLessThanOrEqual(now);
          expect(start).toBeGreaterThan(now - 26 * 3_600_000);
          const shown = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'short' }).format(start);
          // Only a start inside the skipped hour shows another time.
          if (hour > 3) expect(shown).toBe(startsAt);
        },
      ),
    );
  });

  it('refuses a start that is no time of day', () => {
    expect(() => started('2026-11-23T12:00:00Z', '25:00', 'UTC')).toThrow(RangeError);
  });
});
