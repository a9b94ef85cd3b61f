import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GroupedWork } from './grouped-work.ts';

/** A commit that waits until it is told how to end. */
const heldCommits = () => {
  const batches: { drafts: readonly number[]; succeed: () => void; fail: (cause: Error) => void }[] = [];
  const commit = (drafts: readonly number[]): Promise<readonly string[]> =>
    new Promise((resolve, reject) => {
      batches.push({ drafts, succeed: () => resolve(drafts.map((n) => `kept ${n}`)), fail: reject });
    });
  return { batches, commit };
};

const nextTurn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('work in groups', () => {
  it('answers nobody before the commit that carries their draft', async () => {
    const { batches, commit } = heldCommits();
    const group = new GroupedWork(commit, { waitingMax: 10, batchMax: 10 });
    let answered = false;
    const answer = group.add(1).then((text) => {
      answered = true;
      return text;
    });
    await nextTurn();
    expect(answered).toBe(false);
    batches[0]?.succeed();
    expect(await answer).toBe('kept 1');
  });

  it('carries together what arrives while a commit is under way, in the order of arrival', async () => {
    const { batches, commit } = heldCommits();
    const group = new GroupedWork(commit, { waitingMax: 10, batchMax: 3 });
    const answers = [group.add(1)];
    await nextTurn();
    answers.push(group.add(2), group.add(3), group.add(4), group.add(5));
    batches[0]?.succeed();
    await nextTurn();
    batches[1]?.succeed();
    await nextTurn();
    batches[2]?.succeed();
    expect(await Promise.all(answers)).toEqual(['kept 1', 'kept 2', 'kept 3', 'kept 4', 'kept 5']);
    expect(batches.map((batch) => batch.drafts)).toEqual([[1], [2, 3, 4], [5]]);
  });

  it('refuses with busy when too many wait, and takes drafts again once there is room', async () => {
    const { batches, commit } = heldCommits();
    const group = new GroupedWork(commit, { waitingMax: 2, batchMax: 10 });
    const first = group.add(1);
    await nextTurn();
    const waiting = [group.add(2), group.add(3)];
    await expect(group.add(4)).rejects.toMatchObject({ code: 'busy' });
    batches[0]?.succeed();
    await nextTurn();
    const later = group.add(5);
    batches[1]?.succeed();
    await nextTurn();
    batches[2]?.succeed();
    expect(await Promise.all([first, ...waiting, later])).toEqual(['kept 1', 'kept 2', 'kept 3', 'kept 5']);
  });

  it('tells all drafts of a failed commit, and commits the next ones', async () => {
    const { batches, commit } = heldCommits();
    const group = new GroupedWork(commit, { waitingMax: 10, batchMax: 10 });
    const lost = Promise.allSettled([group.add(1), group.add(2)]);
    await nextTurn();
    const kept = group.add(3);
    batches[0]?.fail(new Error('disk'));
    expect((await lost).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
    await nextTurn();
    batches[1]?.succeed();
    expect(await kept).toBe('kept 3');
  });

  it('commits every draft exactly once, whatever the sizes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 9 }),
        async (count, batchMax) => {
          const committed: number[] = [];
          const group = new GroupedWork(
            async (drafts: readonly number[]) => {
              await nextTurn();
              committed.push(...drafts);
              return drafts;
            },
            { waitingMax: 100, batchMax },
          );
          const drafts = Array.from({ length: count }, (_, n) => n);
          expect(await Promise.all(drafts.map((n) => group.add(n)))).toEqual(drafts);
          expect(committed).toEqual(drafts);
          await group.drained();
          expect(group.waitingCount).toBe(0);
        },
      ),
      { numRuns: 30 },
    );
  });
});
