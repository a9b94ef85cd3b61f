import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessChunk, LogNames } from '../../model/access-columns.ts';
import { loggedActions } from '../../model/access-columns.ts';
import { type BookedViews, dayMs } from './booked-views.ts';
import { createViewBook, type ViewBook } from './view-book.ts';

interface Look {
  readonly atMs: number;
  readonly agent: number;
  readonly customer: number;
  readonly queue?: number;
  readonly action?: (typeof loggedActions)[number];
}

const names: LogNames = {
  agents: ['', 'Asha', 'Bo', 'Cem', 'Dana'],
  customers: ['', 'c1', 'c2', 'c3', 'c4', 'c5'],
  queues: ['', 'cards', 'loans', 'fraud desk'],
  cases: [''],
  fieldSets: [''],
  vendors: [''],
  sites: [''],
  teams: ['', 'north'],
  topics: [''],
  channels: [''],
  sessions: [''],
  devices: [''],
};

const chunkOf = (looks: readonly Look[]): AccessChunk => {
  const zeros = new Int32Array(looks.length);
  return {
    rows: looks.length,
    atMs: Float64Array.from(looks, ({ atMs }) => atMs),
    agent: Int32Array.from(looks, ({ agent }) => agent),
    action: Uint8Array.from(looks, ({ action }) => loggedActions.indexOf(action ?? 'view')),
    customer: Int32Array.from(looks, ({ customer }) => customer),
    case: zeros,
    fieldSet: zeros,
    vendor: zeros,
    site: zeros,
    team: zeros,
    queue: Int32Array.from(looks, ({ queue }) => queue ?? 1),
    topic: zeros,
    channel: zeros,
    initiatedBy: new Uint8Array(looks.length),
    session: zeros,
    device: zeros,
    dwellMs: zeros,
  };
};

const bookOf = (chunks: readonly (readonly Look[])[], reportedCustomers = ['c1', 'c2']): ViewBook => {
  const book = createViewBook({ reportedCustomers });
  for (const looks of chunks) book.take(chunkOf(looks), names);
  return book;
};

/** Views by agent and day, whatever cells they came in. */
const viewsOf = ({ counts, cells, agents }: BookedViews): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const [entry, cell] of counts.cell.entries()) {
    const key = `${agents[cells[cell]?.agent ?? -1]} ${counts.day[entry]}`;
    sums[key] = (sums[key] ?? 0) + (counts.views[entry] ?? 0);
  }
  return sums;
};
const rowsOf = ({ reported, customers, cells, agents }: BookedViews): string[] =>
  [...reported.atMs.keys()]
    .map(
      (row) =>
        `${customers[reported.customer[row] ?? -1]} ${agents[cells[reported.cell[row] ?? -1]?.agent ?? -1]} ${reported.atMs[row]}`,
    )
    .toSorted();

const day = 20_000 * dayMs;

describe('the view book', () => {
  it('counts one view a day however often an agent opens the same customer', () => {
    const looks = [0, 1, 2, 3].map((minute) => ({ atMs: day + minute * 60_000, agent: 1, customer: 1 }));
    const next = { atMs: day + dayMs, agent: 1, customer: 1 };
    const booked = bookOf([[...looks, next]]).booked();
    expect(viewsOf(booked)).toEqual({ 'Asha 20000': 1, 'Asha 20001': 1 });
    expect(rowsOf(booked)).toHaveLength(2);
  });

  it('passes over lookups, refused tries and accesses without a customer or an agent', () => {
    const booked = bookOf([
      [
        { atMs: day, agent: 1, customer: 1, action: 'lookup' },
        { atMs: day, agent: 1, customer: 1, action: 'refused' },
        { atMs: day, agent: 1, customer: 0 },
        { atMs: day, agent: 0, customer: 1 },
        { atMs: day, agent: 2, customer: 1, action: 'reveal' },
        { atMs: day, agent: 3, customer: 1, action: '' },
      ],
    ]).booked();
    expect(viewsOf(booked)).toEqual({ 'Bo 20000': 1, 'Cem 20000': 1 });
  });

  it('keeps rows of reported customers only, and needs no names of others', () => {
    const book = createViewBook({ reportedCustomers: ['c1'] });
    const few = { ...names, customers: ['', 'c1'] };
    book.take(
      chunkOf([
        { atMs: day, agent: 1, customer: 1 },
        { atMs: day + 1, agent: 2, customer: 9 },
      ]),
      few,
    );
    expect(rowsOf(book.booked())).toEqual([`c1 Asha ${day}`]);
    expect(viewsOf(book.booked())).toEqual({ 'Asha 20000': 1, 'Bo 20000': 1 });
  });

  it('holds incident work apart from other work of the same agent', () => {
    const { cells } = bookOf([
      [
        { atMs: day, agent: 1, customer: 1, queue: 1 },
        { atMs: day, agent: 1, customer: 2, queue: 3 },
      ],
    ]).booked();
    expect(cells.map(({ isIncidentWork }) => isIncidentWork)).toEqual([false, true]);
  });

  const look = fc.record({
    atMs: fc.integer({ min: day, max: day + 40 * dayMs }),
    agent: fc.integer({ min: 0, max: 4 }),
    customer: fc.integer({ min: 0, max: 5 }),
    queue: fc.integer({ min: 0, max: 3 }),
  });
  const inOrder = fc
    .array(look, { maxLength: 120 })
    .map((looks) => looks.toSorted((one, other) => one.atMs - other.atMs));

  it('does not depend on how the accesses are cut into chunks', () => {
    fc.assert(
      fc.property(inOrder, fc.integer({ min: 1, max: 40 }), (looks, length) => {
        const pieces = Array.from({ length: Math.ceil(looks.length / length) }, (_, at) =>
          looks.slice(at * length, (at + 1) * length),
        );
        const [one, many] = [bookOf([looks]).booked(), bookOf(pieces).booked()];
        expect(viewsOf(many)).toEqual(viewsOf(one));
        expect(rowsOf(many)).toEqual(rowsOf(one));
        expect(many.topicViews).toEqual(one.topicViews);
      }),
      { numRuns: 40 },
    );
  });

  it('knows a customer reported later as if they had been reported from the start', () => {
    fc.assert(
      fc.property(inOrder, (looks) => {
        const late = bookOf([looks], ['c1']);
        late.takeNewlyReported('c2', chunkOf(looks), names);
        const early = bookOf([looks], ['c1', 'c2']).booked();
        expect(rowsOf(late.booked())).toEqual(rowsOf(early));
        expect(viewsOf(late.booked())).toEqual(viewsOf(early));
      }),
      { numRuns: 40 },
    );
  });

  it('counts a row that comes after a later day all the same', () => {
    const booked = bookOf([
      [
        { atMs: day + 2 * dayMs, agent: 1, customer: 1 },
        { atMs: day, agent: 1, customer: 2 },
      ],
    ]).booked();
    expect(viewsOf(booked)).toEqual({ 'Asha 20000': 1, 'Asha 20002': 1 });
    expect([booked.firstDay, booked.days]).toEqual([20_000, 3]);
  });
});
