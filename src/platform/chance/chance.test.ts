import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededChance } from './seeded-chance.ts';
import { systemChance } from './system-chance.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('the system chance', () => {
  it('gives exactly as many bytes as asked, also across the end of its pool', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 40 }), (counts) => {
        for (const count of counts) expect(systemChance.bytes(count)).toHaveLength(count);
      }),
    );
  });
  it('never gives the same twelve bytes twice in 20,000 draws', () => {
    const drawn = new Set<string>();
    for (let n = 0; n < 20_000; n += 1) drawn.add(hex(systemChance.bytes(12)));
    expect(drawn.size).toBe(20_000);
  });
  it('uses every value of a byte about equally often', () => {
    const counts = new Uint32Array(256);
    for (let n = 0; n < 8_000; n += 1)
      for (const byte of systemChance.bytes(32)) counts[byte] = (counts[byte] ?? 0) + 1;
    // 1,000 expected each; a standard deviation is 32, so ten of them never happen by chance
    expect(Math.min(...counts)).toBeGreaterThan(680);
    expect(Math.max(...counts)).toBeLessThan(1_320);
  });
  it('hands out memory of its own: writing into one draw changes no other', () => {
    const first = systemChance.bytes(16);
    const second = systemChance.bytes(16);
    const before = hex(second);
    first.fill(0xff);
    expect(hex(second)).toBe(before);
    expect(first.buffer.byteLength).toBe(16);
  });
});

describe('a seeded chance', () => {
  it('gives the same bytes for the same seed, however they are asked for', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 20 }),
        (seed, counts) => {
          const whole = seededChance(seed).bytes(counts.reduce((sum, count) => sum + count, 0));
          const inParts = seededChance(seed);
          expect(Buffer.concat(counts.map((count) => inParts.bytes(count)))).toEqual(Buffer.from(whole));
        },
      ),
    );
  });
  it('gives other bytes for another seed', () => {
    expect(hex(seededChance(1).bytes(16))).not.toBe(hex(seededChance(2).bytes(16)));
  });
});
