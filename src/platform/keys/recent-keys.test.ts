import { describe, expect, it } from 'vitest';
import { instantOf } from '../../model/instant.ts';
import { systemChance } from '../chance/system-chance.ts';
import { generateRing, KeyRing } from './key-ring.ts';
import { recentKeys } from './recent-keys.ts';
import { SubjectKey } from './subject-key.ts';

const limits = { keptMax: 2, keptMs: 1_000 };

const setUp = () => {
  const ring = new KeyRing(generateRing(systemChance), systemChance);
  const time = { ms: 0, asked: 0 };
  const counted = {
    wrap: ring.wrap.bind(ring),
    hash: ring.hash.bind(ring),
    unwrap: (...told: Parameters<KeyRing['unwrap']>) => {
      time.asked += 1;
      return ring.unwrap(...told);
    },
  };
  const keys = recentKeys(counted, { now: () => instantOf(time.ms) }, limits);
  return { keys, time };
};

describe('keys remembered for a while', () => {
  it('unwraps the same wrapped bytes once', async () => {
    const { keys, time } = setUp();
    const wrapped = await keys.wrap(SubjectKey.generate(systemChance), 'cus_a');
    const first = await keys.unwrap(wrapped, 'cus_a');
    expect(await keys.unwrap({ ...wrapped, wrapped: Buffer.from(wrapped.wrapped) }, 'cus_a')).toBe(first);
    expect(time.asked).toBe(1);
  });
  it('never gives a remembered key for other wrapped bytes of the same customer', async () => {
    const { keys } = setUp();
    const [old, renewed] = [SubjectKey.generate(systemChance), SubjectKey.generate(systemChance)];
    await keys.unwrap(await keys.wrap(old, 'cus_a'), 'cus_a');
    const again = await keys.unwrap(await keys.wrap(renewed, 'cus_a'), 'cus_a');
    expect(again.exposeForWrapping()).toEqual(renewed.exposeForWrapping());
  });
  it('never gives one customer’s key for another', async () => {
    const { keys } = setUp();
    const wrapped = await keys.wrap(SubjectKey.generate(systemChance), 'cus_a');
    await keys.unwrap(wrapped, 'cus_a');
    await expect(keys.unwrap(wrapped, 'cus_b')).rejects.toMatchObject({ code: 'vault-closed' });
  });
  it('forgets a key when its time is over, and the oldest when too many are kept', async () => {
    const { keys, time } = setUp();
    const wrapped = await keys.wrap(SubjectKey.generate(systemChance), 'cus_a');
    await keys.unwrap(wrapped, 'cus_a');
    time.ms = limits.keptMs;
    await keys.unwrap(wrapped, 'cus_a');
    expect(time.asked).toBe(2);
    for (const id of ['cus_b', 'cus_c'])
      await keys.unwrap(await keys.wrap(SubjectKey.generate(systemChance), id), id);
    await keys.unwrap(wrapped, 'cus_a');
    expect(time.asked).toBe(5);
  });
});
