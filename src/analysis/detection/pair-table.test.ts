import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPairTable, findPair, takePair } from './pair-table.ts';

describe('the table of pairs', () => {
  it('remembers every pair as a map would, while it grows', () => {
    const meeting = fc.record({
      agent: fc.integer({ min: 1, max: 40 }),
      customer: fc.integer({ min: 1, max: 400 }),
    });
    fc.assert(
      fc.property(fc.array(meeting, { maxLength: 6_000, minLength: 3_000 }), (meetings) => {
        const table = createPairTable();
        const days = new Map<string, Set<number>>();
        meetings.forEach(({ agent, customer }, at) => {
          const day = Math.floor(at / 300);
          const key = `${agent}/${customer}`;
          const met = days.get(key) ?? new Set();
          met.add(day);
          days.set(key, met);
          const slot = takePair(table, { agent, customer, day });
          expect(table.days[slot]).toBe(met.size);
          table.signs[slot] = 7;
        });
        for (const [key, met] of days) {
          const [agent = 0, customer = 0] = key.split('/').map(Number);
          expect(table.days[findPair(table, agent, customer)]).toBe(met.size);
        }
        expect(findPair(table, 41, 1)).toBe(-1);
      }),
      { numRuns: 15 },
    );
  });

  it('starts every day anew: what was counted yesterday is not today’s', () => {
    const table = createPairTable();
    const slot = takePair(table, { agent: 3, customer: 5, day: 10 });
    table.signs[slot] = 3;
    table.fields[slot] = 9;
    expect(takePair(table, { agent: 3, customer: 5, day: 10 })).toBe(slot);
    expect(table.signs[slot]).toBe(3);
    takePair(table, { agent: 3, customer: 5, day: 11 });
    expect([table.signs[slot], table.fields[slot], table.days[slot]]).toEqual([0, 0, 2]);
  });

  it('forgets pairs that have not met for four months when it needs their room', () => {
    const table = createPairTable();
    takePair(table, { agent: 1, customer: 1, day: 0 });
    for (let customer = 2; customer < 20_000; customer += 1)
      takePair(table, { agent: 1, customer, day: 200 });
    expect(findPair(table, 1, 1)).toBe(-1);
    expect(findPair(table, 1, 2)).not.toBe(-1);
  });
});
