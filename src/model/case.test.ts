import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CaseChange, caseChangeKinds, compareChanges, foldCase } from './case.ts';
import { instantOf } from './instant.ts';

const change = (over: Partial<CaseChange> & Pick<CaseChange, 'kind' | 'messageId'>): CaseChange => ({
  caseRef: 'c1',
  at: instantOf(1_000),
  agentRef: undefined,
  customerRefHash: undefined,
  queueRef: undefined,
  topic: undefined,
  channel: undefined,
  initiatedBy: undefined,
  ...over,
});

const anyChange = fc.record({
  messageId: fc.uuid(),
  caseRef: fc.constant('c1'),
  kind: fc.constantFrom(...caseChangeKinds),
  at: fc.integer({ min: 0, max: 50 }).map(instantOf),
  agentRef: fc.option(fc.constantFrom('ann', 'bob', 'cem'), { nil: undefined }),
  customerRefHash: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
  queueRef: fc.constant(undefined),
  topic: fc.constant(undefined),
  channel: fc.constant(undefined),
  initiatedBy: fc.option(fc.constantFrom('customer' as const, 'agent' as const), { nil: undefined }),
});

describe('the state of a case', () => {
  it('does not depend on the order in which its changes arrived', () => {
    fc.assert(
      fc.property(
        fc
          .uniqueArray(anyChange, { selector: (c) => c.messageId, maxLength: 12 })
          .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect(foldCase(shuffled)).toEqual(foldCase(all));
        },
      ),
    );
  });

  it('is closed until its opening has arrived, however many other changes did', () => {
    const state = foldCase([change({ kind: 'assigned', messageId: 'm1', agentRef: 'ann' })]);
    expect(state).toMatchObject({ open: false, holderRef: 'ann' });
  });

  it('has one holder: an assignment takes it from the last one and from all helpers', () => {
    const state = foldCase([
      change({ kind: 'opened', messageId: 'm1', agentRef: 'ann' }),
      change({ kind: 'helper-joined', messageId: 'm2', agentRef: 'bob', at: instantOf(1_001) }),
      change({ kind: 'assigned', messageId: 'm3', agentRef: 'cem', at: instantOf(1_002) }),
    ]);
    expect(state).toMatchObject({ open: true, holderRef: 'cem', helperRefs: [], heldSince: 1_002 });
  });

  it('closes when closing and replying carry the same time', () => {
    const state = foldCase([
      change({ kind: 'closed', messageId: 'm2', at: instantOf(1_005) }),
      change({ kind: 'opened', messageId: 'm1' }),
      change({ kind: 'replied', messageId: 'm3', at: instantOf(1_005) }),
    ]);
    expect(state?.open).toBe(false);
  });

  it('keeps who started it from the first change that says so', () => {
    const state = foldCase([
      change({ kind: 'opened', messageId: 'm1', initiatedBy: 'agent' }),
      change({ kind: 'replied', messageId: 'm2', at: instantOf(2_000), initiatedBy: 'customer' }),
    ]);
    expect(state?.initiatedBy).toBe('agent');
  });

  it('orders any two different changes one way only', () => {
    fc.assert(
      fc.property(anyChange, anyChange, (a, b) => {
        expect(Math.sign(compareChanges(a, b))).toBe(-Math.sign(compareChanges(b, a)) + 0);
      }),
    );
  });
});
