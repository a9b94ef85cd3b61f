import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId, type SessionId } from '../../../model/id.ts';
import { instantOf } from '../../../model/instant.ts';
import { ThrottledTries, tellEveryMs } from './throttled-tries.ts';

const chance = { bytes: (count: number) => randomBytes(count) };
const ann = newId('session', chance);
const bob = newId('session', chance);
const told = () => {
  const all: [SessionId, string, number][] = [];
  return { all, tell: (...telling: [SessionId, string, number]) => void all.push(telling) };
};

describe('tries that were turned away', () => {
  it('are told once a minute a session and route, with their number', async () => {
    const { all, tell } = told();
    const tries = new ThrottledTries(tell);
    for (let i = 0; i < 500; i += 1) tries.count(ann, '/v1/lookups', instantOf(i));
    tries.count(ann, '/v1/views', instantOf(0));
    tries.count(bob, '/v1/lookups', instantOf(0));
    await tries.flush(instantOf(tellEveryMs - 1), 'due');
    expect(all).toEqual([]);
    await tries.flush(instantOf(tellEveryMs), 'due');
    expect(all).toEqual([
      [ann, '/v1/lookups', 500],
      [ann, '/v1/views', 1],
      [bob, '/v1/lookups', 1],
    ]);
    await tries.flush(instantOf(2 * tellEveryMs), 'due');
    expect(all).toHaveLength(3);
  });

  it('are told at once when the server closes', async () => {
    const { all, tell } = told();
    const tries = new ThrottledTries(tell);
    tries.count(ann, '/v1/lookups', instantOf(0));
    await tries.flush(instantOf(1), 'all');
    expect(all).toEqual([[ann, '/v1/lookups', 1]]);
  });

  it('are none lost, however telling them fails in between', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('count', 'flush', 'fail', 'heal'), { maxLength: 60 }),
        async (steps) => {
          let counted = 0;
          let toldCount = 0;
          let failing = false;
          const tries = new ThrottledTries(async (_session, _route, count) => {
            if (failing) throw new Error('the ledger does not answer');
            toldCount += count;
          });
          for (const [at, step] of steps.entries()) {
            if (step === 'count') {
              counted += 1;
              tries.count(ann, '/v1/lookups', instantOf(at));
            } else if (step === 'flush') await tries.flush(instantOf(at), 'all');
            else failing = step === 'fail';
          }
          failing = false;
          await tries.flush(instantOf(steps.length), 'all');
          expect(toldCount).toBe(counted);
        },
      ),
    );
  });
});
