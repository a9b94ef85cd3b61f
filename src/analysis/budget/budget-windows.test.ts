import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Access } from '../../model/access.ts';
import type { FieldName } from '../../model/field.ts';
import type { AgentId, CustomerId, SessionId, TeamId, VendorId } from '../../model/id.ts';
import { instantOf } from '../../model/instant.ts';
import { type BudgetUse, BudgetWindows } from './budget-windows.ts';
import type { Limits } from './limits.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const noon = Date.UTC(2026, 10, 23, 12, 0, 30);

const limits: Limits = {
  agent: {
    revealsPerHourMax: 4,
    revealsPerShiftMax: 9,
    customersPerShiftMax: 3,
    lookupsPerHourMax: 2,
  },
  team: { revealsPerHourMax: 6, revealsPerShiftMax: 14, customersPerShiftMax: 5 },
  vendor: { revealsPerHourMax: 8, revealsPerShiftMax: 20, customersPerShiftMax: 6 },
  quietAfterMs: 1,
  viewMaxMs: 1,
  approvalMs: 1,
  breakGlassMaxMs: 1,
  replayMs: 1,
  reasonMemoryMs: 1,
  sessionIdleMs: 1,
  sessionMaxMs: 1,
};

const ann = 'agt_ann' as AgentId;
const bob = 'agt_bob' as AgentId;
const night = 'tea_night' as TeamId;
const acme = 'ven_acme' as VendorId;
const customer = (n: number) => `cus_${n}` as CustomerId;
const fields = (count: number) => Array.from({ length: count }, (_, n) => `f${n}` as FieldName);

let nextSeq = 0;
const access = (over: Partial<Access> = {}): Access => {
  nextSeq += 1;
  return {
    seq: nextSeq,
    at: instantOf(noon),
    action: 'reveal',
    outcome: 'permitted',
    refusal: undefined,
    agentId: ann,
    sessionId: 'ses_a' as SessionId,
    teamId: night,
    siteId: undefined,
    vendorId: acme,
    customerId: customer(1),
    caseId: undefined,
    viewId: undefined,
    fields: fields(1),
    queueRef: undefined,
    topic: undefined,
    channel: undefined,
    initiatedBy: undefined,
    reasonMark: undefined,
    ...over,
  };
};
const use = (over: Partial<BudgetUse> = {}): BudgetUse => ({
  agentId: ann,
  teamId: night,
  vendorId: acme,
  customerId: customer(1),
  action: 'reveal',
  fieldsCount: 1,
  now: instantOf(noon),
  shiftStartedAt: instantOf(noon - 4 * hourMs),
  ...over,
});
const having = (...accesses: Access[]): BudgetWindows => {
  const windows = new BudgetWindows(limits);
  for (const each of accesses) windows.apply(each);
  return windows;
};

describe('the budget windows', () => {
  it('permit the last reveal of the hour and refuse the one after it', () => {
    const windows = having(access(), access(), access());
    expect(windows.spent(use())).toEqual([]);
    windows.apply(access());
    expect(windows.spent(use())).toEqual(['budget-agent-hour']);
  });

  it('count every field of one reveal', () => {
    const windows = having(access({ fields: fields(3) }));
    expect(windows.spent(use({ fieldsCount: 1 }))).toEqual([]);
    expect(windows.spent(use({ fieldsCount: 2 }))).toEqual(['budget-agent-hour']);
  });

  it('give reveals back as the hour passes, not before', () => {
    const windows = having(access({ fields: fields(4) }));
    expect(windows.spent(use({ now: instantOf(noon + hourMs) }))).toEqual(['budget-agent-hour']);
    expect(windows.spent(use({ now: instantOf(noon + hourMs + minuteMs) }))).toEqual([]);
  });

  it('count a team’s and a vendor’s reveals over all their agents', () => {
    const windows = having(access({ fields: fields(4), agentId: bob }), access({ fields: fields(2) }));
    expect(windows.spent(use())).toEqual(['budget-team-hour']);
    expect(windows.spent(use({ teamId: undefined, fieldsCount: 2 }))).toEqual([]);
    expect(windows.spent(use({ teamId: undefined, fieldsCount: 3 }))).toEqual([
      'budget-agent-hour',
      'budget-vendor-hour',
    ]);
  });

  it('do not count a customer again who was already opened in this shift', () => {
    const windows = having(...[1, 2, 3].map((n) => access({ action: 'view', customerId: customer(n) })));
    expect(windows.spent(use({ action: 'view', customerId: customer(3) }))).toEqual([]);
    expect(windows.spent(use({ action: 'view', customerId: customer(4) }))).toEqual([
      'budget-agent-customers',
    ]);
  });

  it('begin a new count of customers with the new shift', () => {
    const windows = having(...[1, 2, 3].map((n) => access({ action: 'view', customerId: customer(n) })));
    const tomorrow = { now: instantOf(noon + 20 * hourMs), shiftStartedAt: instantOf(noon + 19 * hourMs) };
    expect(windows.spent(use({ action: 'view', customerId: customer(4), ...tomorrow }))).toEqual([]);
  });

  it('count look-ups that found nobody, but not those that were refused for another reason', () => {
    const windows = having(
      access({ action: 'lookup', outcome: 'refused', refusal: 'no-match' }),
      access({ action: 'lookup', outcome: 'refused', refusal: 'budget-agent-lookups' }),
    );
    expect(windows.spent(use({ action: 'lookup' }))).toEqual([]);
    windows.apply(access({ action: 'lookup' }));
    expect(windows.spent(use({ action: 'lookup' }))).toEqual(['budget-agent-lookups']);
  });

  it('leave masked views free when the reveals are used up', () => {
    const windows = having(access({ fields: fields(9) }));
    expect(windows.spent(use())).toContain('budget-agent-shift');
    expect(windows.spent(use({ action: 'view' }))).toEqual([]);
  });

  it('never free a budget when the clock goes back', () => {
    const windows = having(access({ fields: fields(4) }));
    const before = { now: instantOf(noon - 3 * hourMs), shiftStartedAt: instantOf(noon) };
    expect(windows.spent(use(before))).toContain('budget-agent-hour');
  });

  it('never begin a shift that lies ahead of the clock', () => {
    const windows = having(access({ fields: fields(9), at: instantOf(noon - hourMs / 2) }));
    const ahead = use({ now: instantOf(noon - hourMs), shiftStartedAt: instantOf(noon) });
    expect(windows.spent(ahead)).toContain('budget-agent-shift');
  });

  it('take each access of the sequence once, however often it is told', () => {
    const once = access({ fields: fields(2) });
    expect(having(once, once, once).left(use()).revealsThisHour).toBe(2);
  });

  it('tell as left the smallest rest over agent, team and vendor', () => {
    const windows = having(access({ agentId: bob, fields: fields(4), customerId: customer(8) }));
    expect(windows.left(use())).toEqual({
      revealsThisHour: 2,
      revealsThisShift: 9,
      customersThisShift: 3,
      lookupsThisHour: 2,
    });
  });

  it('let at most the free reveals through when 64 are asked for at once', () => {
    const windows = new BudgetWindows(limits);
    const releases = Array.from({ length: 64 }, () =>
      windows.spent(use()).length === 0 ? windows.reserve(use()) : undefined,
    ).filter((release) => release !== undefined);
    expect(releases).toHaveLength(4);
    for (const release of releases) release();
    expect(windows.left(use()).revealsThisHour).toBe(4);
  });

  it('keep a reservation until the entry that recorded it has been applied', () => {
    const windows = new BudgetWindows(limits);
    const release = windows.reserve(use({ fieldsCount: 3 }));
    const recorded = access({ fields: fields(3) });
    release(recorded.seq);
    expect(windows.left(use()).revealsThisHour).toBe(1);
    windows.apply(recorded);
    expect(windows.left(use()).revealsThisHour).toBe(1);
    release();
    expect(windows.left(use()).revealsThisHour).toBe(1);
  });

  it('give a reservation back at once when its access was applied before', () => {
    const windows = new BudgetWindows(limits);
    const release = windows.reserve(use());
    const recorded = access();
    windows.apply(recorded);
    expect(windows.left(use()).revealsThisHour).toBe(2);
    release(recorded.seq);
    expect(windows.left(use()).revealsThisHour).toBe(3);
  });
});

const anyAccess = fc.record({
  at: fc.integer({ min: noon - 30 * hourMs, max: noon + hourMs }).map(instantOf),
  action: fc.constantFrom('lookup' as const, 'view' as const, 'reveal' as const, 'contact' as const),
  refusal: fc.constantFrom(undefined, undefined, undefined, 'no-match' as const, 'not-yours' as const),
  agentId: fc.constantFrom(ann, bob, 'agt_cem' as AgentId),
  teamId: fc.constantFrom(night, 'tea_day' as TeamId, undefined),
  vendorId: fc.constantFrom(acme, undefined),
  customerId: fc.integer({ min: 1, max: 7 }).map(customer),
  fieldsCount: fc.integer({ min: 0, max: 3 }),
});

/** So wide that what is left tells exactly what was used. */
const wideMax = 1_000;
const wideScope = { revealsPerHourMax: wideMax, revealsPerShiftMax: wideMax, customersPerShiftMax: wideMax };
const wide: Limits = {
  ...limits,
  agent: { ...wideScope, lookupsPerHourMax: wideMax },
  team: wideScope,
  vendor: wideScope,
};
const alone = (ask: BudgetUse): BudgetUse => ({ ...ask, teamId: undefined, vendorId: undefined });

/** What was used in each scope of an ask, counted anew from the whole sequence. */
const recount = (told: readonly Access[], ask: BudgetUse) => {
  const minute = (at: number) => Math.floor(at / minuteMs);
  const hourFrom = minute(ask.now - hourMs);
  const shiftFrom = minute(ask.shiftStartedAt);
  const usedBy = (name: 'agent' | 'team' | 'vendor', mine: (a: Access) => boolean) => {
    const ours = told.filter(mine);
    const shown = ours.filter((a) => a.outcome === 'permitted' && a.action !== 'lookup');
    const reveals = (from: number) =>
      shown
        .filter((a) => a.action === 'reveal' && minute(a.at) >= from)
        .reduce((sum, a) => sum + a.fields.length, 0);
    return {
      name,
      hour: reveals(hourFrom),
      shift: reveals(shiftFrom),
      customers: new Set(shown.filter((a) => minute(a.at) >= shiftFrom).map((a) => a.customerId)),
      lookups: ours.filter(
        (a) => a.action === 'lookup' && a.refusal !== 'not-yours' && minute(a.at) >= hourFrom,
      ).length,
    };
  };
  return [
    usedBy('agent', (a) => a.agentId === ask.agentId),
    ...(ask.teamId ? [usedBy('team', (a) => a.teamId === ask.teamId)] : []),
    ...(ask.vendorId ? [usedBy('vendor', (a) => a.vendorId === ask.vendorId)] : []),
  ];
};

const recountSpent = (told: readonly Access[], ask: BudgetUse): string[] =>
  recount(told, ask).flatMap(({ name, hour, shift, customers, lookups }) => {
    const most = limits[name];
    const count = ask.action === 'reveal' ? ask.fieldsCount : 0;
    const opens = ask.action !== 'lookup' && ask.customerId !== undefined && !customers.has(ask.customerId);
    const spent: [boolean, string][] = [
      [
        name === 'agent' && ask.action === 'lookup' && lookups + 1 > limits.agent.lookupsPerHourMax,
        'lookups',
      ],
      [count > 0 && hour + count > most.revealsPerHourMax, 'hour'],
      [count > 0 && shift + count > most.revealsPerShiftMax, 'shift'],
      [opens && customers.size + 1 > most.customersPerShiftMax, 'customers'],
    ];
    return spent.flatMap(([over, what]) => (over ? [`budget-${name}-${what}`] : []));
  });

const recountLeft = (told: readonly Access[], ask: BudgetUse) => {
  const used = recount(told, ask);
  const left = (of: (scope: (typeof used)[number]) => number) => wideMax - Math.max(...used.map(of));
  return {
    revealsThisHour: left(({ hour }) => hour),
    revealsThisShift: left(({ shift }) => shift),
    customersThisShift: left(({ customers }) => customers.size),
    lookupsThisHour: left(({ name, lookups }) => (name === 'agent' ? lookups : 0)),
  };
};

describe('the budget windows, against a recount of everything', () => {
  it('agree for any sequence of accesses in any order of time, with asks whose clock jumps about', () => {
    fc.assert(
      fc.property(
        fc.array(anyAccess, { maxLength: 60 }),
        fc.array(anyAccess, { maxLength: 8 }),
        (past, asks) => {
          const tight = new BudgetWindows(limits);
          const generous = new BudgetWindows(wide);
          const told = past.map(({ fieldsCount, refusal, ...rest }) =>
            access({
              ...rest,
              fields: fields(fieldsCount),
              refusal,
              outcome: refusal ? 'refused' : 'permitted',
            }),
          );
          for (const each of told) {
            tight.apply(each);
            generous.apply(each);
          }
          for (const { at, refusal: _, ...rest } of asks) {
            const ask: BudgetUse = {
              ...rest,
              now: at,
              shiftStartedAt: instantOf(at - ((at * 7) % (26 * hourMs))),
            };
            expect(tight.spent(ask)).toEqual(recountSpent(told, ask));
            expect(generous.left(ask)).toEqual(recountLeft(told, ask));
            expect(generous.left(alone(ask))).toEqual(recountLeft(told, alone(ask)));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('agree when reservations stand in for the accesses that are not yet recorded', () => {
    fc.assert(
      fc.property(
        fc.array(anyAccess, { maxLength: 20 }),
        fc.integer({ min: 0, max: 20 }),
        (asks, recordedCount) => {
          const shiftStartedAt = instantOf(noon - 26 * hourMs);
          const windows = new BudgetWindows(wide);
          const told: Access[] = [];
          const releases = asks
            .filter((ask) => ask.refusal === undefined)
            .flatMap(({ fieldsCount, refusal: _, ...rest }, index) => {
              // A reservation counts as of now, so the comparison keeps to accesses inside every window.
              const recorded = access({ ...rest, at: instantOf(noon), fields: fields(fieldsCount) });
              told.push(recorded);
              if (index >= recordedCount)
                return [windows.reserve({ ...rest, fieldsCount, now: recorded.at, shiftStartedAt })];
              windows.apply(recorded);
              return [];
            });
          for (const { at, refusal: _, ...rest } of asks) {
            const ask: BudgetUse = { ...rest, now: instantOf(noon), shiftStartedAt };
            expect(windows.left(ask)).toEqual(recountLeft(told, ask));
            expect(windows.left(alone(ask))).toEqual(recountLeft(told, alone(ask)));
          }
          for (const release of releases) release();
          const recorded = told.slice(0, recordedCount);
          for (const { at, refusal: _, ...rest } of asks) {
            const ask: BudgetUse = { ...rest, now: instantOf(noon), shiftStartedAt };
            expect(windows.left(alone(ask))).toEqual(recountLeft(recorded, alone(ask)));
          }
        },
      ),
    );
  });
});
