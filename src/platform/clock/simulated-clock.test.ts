import { describe, expect, it } from 'vitest';
import { instantOf } from '../../model/instant.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { systemClock } from './system-clock.ts';

describe('a simulated clock', () => {
  it('stands still until it is advanced', () => {
    const clock = new SimulatedClock(instantOf(1_000));
    expect([clock.now(), clock.now(), clock.advance(250), clock.now()]).toEqual([1_000, 1_000, 1_250, 1_250]);
  });
  it('refuses to advance backwards, and is set back only by name', () => {
    const clock = new SimulatedClock(instantOf(1_000));
    expect(() => clock.advance(-1)).toThrow('forward only');
    clock.setTo(instantOf(400));
    expect(clock.now()).toBe(400);
  });
});

describe('the system clock', () => {
  it('tells whole milliseconds between two readings of the machine', () => {
    const before = Date.now();
    const told = systemClock.now();
    expect(told).toBeGreaterThanOrEqual(before);
    expect(told).toBeLessThanOrEqual(Date.now());
  });
});
