import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CaseChangeChunk, loggedChanges } from '../../model/access-columns.ts';
import { type CaseChangeKind, foldCase } from '../../model/case.ts';
import { instantOf } from '../../model/instant.ts';
import { CaseDesk } from './case-desk.ts';

interface Told {
  readonly kind: CaseChangeKind;
  readonly agent: number;
  readonly customer: number;
}

const file = 1;
const chunkOf = (told: readonly Told[]): CaseChangeChunk => ({
  rows: told.length,
  atMs: Float64Array.from(told, (_, at) => at * 1_000),
  case: Int32Array.from(told, () => file),
  change: Uint8Array.from(told, ({ kind }) => loggedChanges.indexOf(kind)),
  agent: Int32Array.from(told, ({ agent }) => agent),
  customer: Int32Array.from(told, ({ customer }) => customer),
  queue: new Int32Array(told.length),
  topic: new Int32Array(told.length),
  channel: new Int32Array(told.length),
  initiatedBy: Uint8Array.from(told, () => 1),
});

const kinds = loggedChanges.filter((kind) => kind !== '');
const change = fc.record({
  kind: fc.constantFrom(...kinds),
  agent: fc.integer({ min: 0, max: 3 }),
  customer: fc.integer({ min: 0, max: 2 }),
});
const opening = change.map((told): Told => ({ ...told, kind: 'opened' }));

describe('the case desk of a drill', () => {
  it('folds changes into the same case as the live help desk does', () => {
    fc.assert(
      fc.property(opening, fc.array(change, { maxLength: 12 }), (first, rest) => {
        const told = [first, ...rest.filter(({ kind }) => kind !== 'opened')];
        const live = foldCase(
          told.map(({ kind, agent, customer }, at) => ({
            messageId: String(at).padStart(4, '0'),
            caseRef: 'case',
            kind,
            at: instantOf(at * 1_000),
            agentRef: agent === 0 ? undefined : String(agent),
            customerRefHash: customer === 0 ? undefined : String(customer),
            queueRef: undefined,
            topic: undefined,
            channel: undefined,
            initiatedBy: 'customer' as const,
          })),
        );
        const desk = new CaseDesk(chunkOf(told), 2, 5_000);
        const nowMs = told.length * 1_000;
        desk.upTo(nowMs);
        for (const agent of [1, 2, 3]) {
          const { state, hands, quiet } = desk.factsFor(agent, file, nowMs);
          if (state !== 'none') expect(state === 'open').toBe(live?.open);
          expect(hands === 'holder').toBe(live?.holderRef === String(agent));
          if (hands === 'helper') expect(live?.helperRefs).toContain(String(agent));
          else if (hands !== 'holder') expect(live?.helperRefs).not.toContain(String(agent));
          if (state !== 'none') expect(quiet).toBe(nowMs - (live?.lastChangeAt ?? 0) > 5_000);
        }
        expect(String(desk.customerOf(file))).toBe(live?.customerRefHash ?? '0');
      }),
    );
  });

  it('knows nothing that the help desk tells later', () => {
    const desk = new CaseDesk(
      chunkOf([
        { kind: 'opened', agent: 0, customer: 2 },
        { kind: 'assigned', agent: 1, customer: 2 },
        { kind: 'closed', agent: 1, customer: 2 },
      ]),
      2,
      1e9,
    );
    desk.upTo(500);
    expect(desk.factsFor(1, file, 500)).toMatchObject({ state: 'none', hands: 'none' });
    desk.upTo(1_000);
    expect(desk.factsFor(1, file, 1_000)).toMatchObject({
      state: 'open',
      hands: 'holder',
      startedBy: 'customer',
    });
    expect(desk.caseFor(1, 2)).toBe(file);
    expect(desk.caseFor(2, 2)).toBe(0);
    desk.upTo(2_000);
    expect(desk.factsFor(1, file, 2_000)).toMatchObject({ state: 'closed', hands: 'holder' });
    expect(desk.caseFor(1, 2)).toBe(0);
  });
});
