import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf, later } from '../../model/instant.ts';
import { aheadMaxMs, holdBack } from './hold-back.ts';

const now = instantOf(Date.UTC(2026, 10, 22, 12));
const claim = fc.integer({ min: -3_600_000, max: 3_600_000 }).map((offMs) => later(now, offMs));

describe('a time of the future', () => {
  it('counts as the time of receipt, and the claim is kept', () => {
    const hourAhead = later(now, 3_600_000);
    expect(holdBack([hourAhead], now)).toEqual([{ at: now, claimedAt: hourAhead }]);
  });

  it('is left alone when the clock is a minute ahead at most', () => {
    expect(holdBack([later(now, aheadMaxMs)], now)).toEqual([{ at: now + aheadMaxMs, claimedAt: undefined }]);
    expect(holdBack([later(now, aheadMaxMs + 1)], now)[0]).toMatchObject({ at: now });
  });

  it('never counts as later than a minute from now, whatever is claimed', () => {
    fc.assert(
      fc.property(fc.array(claim, { maxLength: 50 }), (claims) => {
        for (const { at } of holdBack(claims, now)) expect(at).toBeLessThanOrEqual(now + aheadMaxMs);
      }),
    );
  });

  it('keeps the order in which one message claims its held-back changes happened', () => {
    fc.assert(
      fc.property(fc.array(claim, { maxLength: 50 }), (claims) => {
        const held = holdBack(claims, now).filter((time) => time.claimedAt !== undefined);
        for (const a of held)
          for (const b of held)
            expect(Math.sign(a.at - b.at)).toBe(Math.sign((a.claimedAt ?? 0) - (b.claimedAt ?? 0)));
      }),
    );
  });

  it('leaves the past as it was told', () => {
    fc.assert(
      fc.property(fc.array(claim, { maxLength: 50 }), (claims) => {
        const past = claims.filter((at) => at <= now);
        expect(holdBack(past, now)).toEqual(past.map((at) => ({ at, claimedAt: undefined })));
      }),
    );
  });
});
