import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogNames } from '../../model/access-columns.ts';
import { exposeViews } from './expose-views.ts';
import { type ExposureChunk, ExposureCollector } from './exposure-collector.ts';
import { exposureCsvLine } from './exposure-csv.ts';
import { type ExposureScope, shareOfWindow, sharpWindow } from './exposure-scope.ts';
import { ExposureTable } from './exposure-table.ts';

const day = 86_400_000;
const monday = Date.UTC(2026, 2, 2);
const names = {
  agents: ['', 'ann', 'bob', 'cyd'],
  customers: ['', 'c1', 'c2', 'c3', 'c4'],
  fieldSets: ['', 'phone', 'email phone', 'iban'],
  vendors: ['', 'north', 'south'],
} as unknown as LogNames;
const columns = new Set(['at', 'agent', 'customer', 'action', 'fields', 'vendor']);

interface Look {
  readonly day: number;
  readonly agent: number;
  readonly customer: number;
  readonly action: number;
  readonly fieldSet: number;
}
const view = (at: number, agent: number, customer: number, fieldSet = 1): Look => ({
  day: at,
  agent,
  customer,
  action: 2,
  fieldSet,
});
const chunkOf = (looks: readonly Look[]): ExposureChunk => ({
  rows: looks.length,
  atMs: Float64Array.from(looks, (look) => monday + look.day * day),
  agent: Int32Array.from(looks, (look) => look.agent),
  action: Uint8Array.from(looks, (look) => look.action),
  customer: Int32Array.from(looks, (look) => look.customer),
  fieldSet: Int32Array.from(looks, (look) => look.fieldSet),
  vendor: Int32Array.from(looks, (look) => (look.agent === 3 ? 2 : 1)),
});
const scope = (agent: string, posterior: number, from: number, to: number): ExposureScope => ({
  who: { agent },
  posterior,
  window: sharpWindow(monday + from * day, monday + to * day),
});
const exposed = (scopes: readonly ExposureScope[], looks: readonly Look[], taken?: ReadonlySet<string>) => {
  const collector = new ExposureCollector({ scopes, columns, ...(taken ? { taken } : {}) }, names);
  collector.take(chunkOf(looks));
  return collector.result();
};

describe('exposure', () => {
  it('of an account and dates holds the customers it saw then, with the fields it saw then, and nobody else', () => {
    const { customers, fieldsNotExposed } = exposed(
      [scope('ann', 1, 1, 3)],
      [view(0, 1, 1), view(1, 1, 2), view(3, 1, 2, 2), view(2, 2, 3), view(4, 1, 4, 3), view(2, 1, 0)],
    );
    expect(customers).toEqual([
      {
        customer: 'c2',
        certainty: 'certain',
        probability: 1,
        isKnownTaken: false,
        fields: ['email', 'phone'],
        firstAtMs: monday + day,
        lastAtMs: monday + 3 * day,
        agents: ['ann'],
      },
    ]);
    expect(fieldsNotExposed).toEqual(['iban']);
  });

  it('leaves out refused tries, and calls a lookup that showed nothing possible at most', () => {
    const { customers, warnings } = exposed(
      [scope('ann', 1, 0, 9)],
      [
        { ...view(1, 1, 1), action: 6 },
        { ...view(1, 1, 2, 0), action: 1 },
      ],
    );
    expect(customers.map(({ customer, certainty }) => [customer, certainty])).toEqual([['c2', 'possible']]);
    expect(warnings).toEqual(['1 refused try showed nothing and were left out.']);
  });

  it('is as sure as the suspects are: two of them make it surer, a doubtful start less sure', () => {
    const window = {
      startLowMs: monday,
      startMs: monday + 4 * day,
      startHighMs: monday + 8 * day,
      endMs: monday + 20 * day,
      afterEndMs: 3 * day,
    };
    const sure = (looks: readonly Look[]) =>
      exposed(
        [{ who: { agent: 'ann' }, posterior: 0.9, window }, scope('bob', 0.5, 0, 30)],
        looks,
      ).customers.map(({ customer, certainty, probability }) => [
        customer,
        certainty,
        Number(probability.toFixed(3)),
      ]);
    expect(sure([view(10, 1, 1), view(10, 2, 1)])).toEqual([['c1', 'likely', 0.95]]);
    expect(sure([view(4, 1, 1)])).toEqual([['c1', 'possible', 0.45]]);
    expect(sure([view(-1, 1, 1)])).toEqual([]);
    expect(sure([view(22, 1, 1)])).toEqual([['c1', 'possible', 0.27]]);
    expect(sure([view(24, 1, 1)])).toEqual([]);
  });

  it('of a vendor holds what all its accounts saw', () => {
    const asked = { who: { vendor: 'north' }, posterior: 1, window: sharpWindow(monday, monday + 9 * day) };
    const { customers } = exposed([asked], [view(1, 1, 1), view(2, 2, 1), view(1, 3, 2)]);
    expect(customers.map(({ customer, agents }) => [customer, agents])).toEqual([['c1', ['ann', 'bob']]]);
  });

  it('keeps what could be seen apart from what is known to be taken', () => {
    const { couldSee, taken, customers } = exposed(
      [scope('ann', 0.8, 0, 9)],
      [view(1, 1, 1), view(1, 1, 2), view(1, 1, 3), view(1, 2, 4)],
      new Set(['c2', 'c4']),
    );
    expect(couldSee).toMatchObject({ customers: 3, certain: 1, likely: 2, possible: 0 });
    expect(taken).toEqual({ known: 1, knownElsewhere: 1, shareAtLeast: 1 / 3 });
    expect(customers[0]).toMatchObject({ customer: 'c2', certainty: 'certain', isKnownTaken: true });
  });

  it('warns of what the log cannot tell', () => {
    const collector = new ExposureCollector(
      { scopes: [scope('zoe', 1, 0, 1)], columns: new Set(['at']) },
      names,
    );
    collector.take(chunkOf([view(0, 1, 1)]));
    const { warnings, customers } = collector.result();
    expect(customers).toEqual([]);
    expect(warnings.join(' ')).toMatch(/no column "fields".*no column "action".*Not in this log at all: zoe/);
  });

  it('is the same from a table in memory as from a stream, in any order and any parts', () => {
    const look = fc.record({
      day: fc.integer({ min: 0, max: 20 }),
      agent: fc.integer({ min: 1, max: 3 }),
      customer: fc.integer({ min: 0, max: 4 }),
      action: fc.constantFrom(0, 1, 2, 6),
      fieldSet: fc.integer({ min: 0, max: 3 }),
    });
    const who = fc.constantFrom({ agent: 'ann' }, { agent: 'cyd' }, { vendor: 'north' });
    const asked = fc.array(
      fc.tuple(who, fc.double({ min: 0.1, max: 1, noNaN: true }), fc.integer({ min: 0, max: 9 })),
      {
        minLength: 1,
        maxLength: 3,
      },
    );
    fc.assert(
      fc.property(
        fc.array(look, { maxLength: 40 }),
        asked,
        fc.integer({ min: 0, max: 40 }),
        (looks, asks, cut) => {
          const scopes = asks.map(([whose, posterior, from]) => ({
            who: whose,
            posterior,
            window: sharpWindow(monday + from * day, monday + (from + 8) * day),
          }));
          const table = new ExposureTable(names, columns);
          for (const part of [looks.slice(cut), looks.slice(0, cut)]) table.take(chunkOf(part));
          const sortable = (found: ReturnType<typeof exposed>) => ({
            ...found,
            customers: found.customers.toSorted((a, b) => (a.customer < b.customer ? -1 : 1)),
          });
          expect(sortable(table.expose({ scopes }))).toEqual(sortable(exposed(scopes, looks)));
        },
      ),
    );
  });

  it('of a photo holds its views and nothing else', () => {
    const found = exposeViews(
      [
        { customer: 'c1', agent: 'ann', atMs: monday, fields: ['phone'] },
        { customer: 'c1', agent: 'bob', atMs: monday - day, fields: ['email'] },
      ],
      ['email', 'iban', 'phone'],
    );
    expect(found.customers).toMatchObject([
      { customer: 'c1', certainty: 'certain', firstAtMs: monday - day, agents: ['ann', 'bob'] },
    ]);
    expect(found.fieldsNotExposed).toEqual(['iban']);
  });

  it('is written as CSV that gives names with commas and quotes back', () => {
    const [customer] = exposed([scope('ann', 1, 0, 9)], [view(1, 1, 1, 2)]).customers;
    expect(customer && exposureCsvLine({ ...customer, customer: 'a,"b"' })).toBe(
      '"a,""b""",certain,email phone,2026-03-03T00:00:00.000Z,2026-03-03T00:00:00.000Z,ann\n',
    );
  });
});

describe('the share of a window', () => {
  it('grows towards its start, is whole within, and is nothing outside', () => {
    fc.assert(
      fc.property(fc.tuple(fc.nat(50), fc.nat(50), fc.nat(50), fc.nat(50)), ([low, mid, high, end]) => {
        const window = {
          startLowMs: low,
          startMs: low + mid,
          startHighMs: low + mid + high,
          endMs: low + mid + high + end,
          afterEndMs: 0,
        };
        let before = 0;
        for (let at = 0; at <= window.endMs; at += 1) {
          const share = shareOfWindow(window, at);
          expect(share).toBeGreaterThanOrEqual(before);
          before = share;
        }
        expect(shareOfWindow(window, window.endMs)).toBe(1);
        expect([shareOfWindow(window, low - 1), shareOfWindow(window, window.endMs + 1)]).toEqual([0, 0]);
      }),
    );
  });
});
