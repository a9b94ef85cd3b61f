import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestName } from './nearest-name.ts';

const names = ['serve', 'demo', 'import customers', 'version'];

describe('the nearest known name', () => {
  it('is the name itself when it was written right', () => {
    for (const name of names) expect(nearestName(name, names)).toBe(name);
  });

  it('is found through one slip of the keyboard', () => {
    const slip = fc
      .tuple(fc.constantFrom(...names), fc.nat(), fc.constantFrom('x', ''))
      .map(([name, at, put]): [string, string] => {
        const place = at % name.length;
        return [name, name.slice(0, place) + put + name.slice(place + 1)];
      });
    fc.assert(
      fc.property(slip, ([name, slipped]) => {
        expect(nearestName(slipped, names)).toBe(name);
      }),
    );
  });

  it('is nobody when nothing known is near', () => {
    expect(nearestName('quux', names)).toBeUndefined();
    expect(nearestName('', names)).toBeUndefined();
    expect(nearestName('serve', [])).toBeUndefined();
  });
});
