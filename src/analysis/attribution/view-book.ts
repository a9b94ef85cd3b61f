import { type AccessChunk, type LogNames, loggedActions } from '../../model/access-columns.ts';
import { type BookedViews, dayMs } from './booked-views.ts';
import { createCellList } from './cell-list.ts';
import { createDayCounts } from './day-counts.ts';
import { growingFloat64, growingInt32, growingUint16 } from './growing-column.ts';
import { createNumbering, createPlaceMap } from './numbering.ts';
import { createSeenToday } from './seen-today.ts';

/**
 * Takes accesses in ascending order of time, in as many chunks as it pleases, and keeps counts. One view is one
 * customer met by one agent on one UTC day, however often the record was opened; lookups, refused tries and
 * accesses without a customer or an agent are no views.
 */
export interface ViewBook {
  /** `names` may leave out the names of customers that nobody reported: a place past its end is nobody's. */
  take(chunk: AccessChunk, names: LogNames): void;
  /**
   * A customer who was reported after their accesses had been taken: `chunk` holds those accesses (others in it are
   * passed over). They are not counted again.
   */
  takeNewlyReported(customer: string, chunk: AccessChunk, names: LogNames): void;
  booked(): BookedViews;
}

export interface ViewBookOptions {
  readonly reportedCustomers: Iterable<string>;
}

const isView = new Uint8Array(
  loggedActions.map((action) => (action === 'lookup' || action === 'refused' ? 0 : 1)),
);

/** The views of reported customers, one a row. */
const createKeptViews = () => {
  const customer = growingInt32();
  const cell = growingInt32();
  const topic = growingUint16();
  const atMs = growingFloat64();
  return {
    keep: (view: { customer: number; cell: number; topic: number; atMs: number }): void => {
      customer.push(view.customer);
      cell.push(view.cell);
      topic.push(view.topic);
      atMs.push(view.atMs);
    },
    columns: () => ({
      customer: customer.filled(),
      cell: cell.filled(),
      topic: topic.filled(),
      atMs: atMs.filled(),
    }),
  };
};

export const createViewBook = ({ reportedCustomers }: ViewBookOptions): ViewBook => {
  const customers = createNumbering();
  const reported = new Map<string, number>();
  for (const customer of reportedCustomers)
    if (customer !== '') reported.set(customer, customers.numberOf(customer));
  const mapReported = () => createPlaceMap((name) => reported.get(name) ?? -1);
  let reportedAt = mapReported();
  const list = createCellList();
  const counts = createDayCounts();
  const kept = createKeptViews();
  const seen = createSeenToday();

  return {
    take: (chunk, names) => {
      for (let row = 0; row < chunk.rows; row += 1) {
        const place = chunk.customer[row] ?? 0;
        if (place === 0 || isView[chunk.action[row] ?? 0] !== 1) continue;
        const agent = list.agentOf(chunk, row, names);
        const atMs = chunk.atMs[row] ?? 0;
        const day = Math.floor(atMs / dayMs);
        if (agent < 0 || !seen.isNew(agent, place, day)) continue;
        const cell = list.cellOf(agent, { chunk, row, names });
        const topic = list.topicOf(chunk, row, names);
        counts.add(cell, day, topic);
        const customer = reportedAt(place, names.customers);
        if (customer >= 0) kept.keep({ customer, cell, topic, atMs });
      }
    },
    takeNewlyReported: (name, chunk, names) => {
      if (name === '' || reported.has(name)) return;
      const customer = customers.numberOf(name);
      reported.set(name, customer);
      reportedAt = mapReported();
      const met = createSeenToday();
      for (let row = 0; row < chunk.rows; row += 1) {
        if (names.customers[chunk.customer[row] ?? 0] !== name || isView[chunk.action[row] ?? 0] !== 1)
          continue;
        const agent = list.agentOf(chunk, row, names);
        const atMs = chunk.atMs[row] ?? 0;
        if (agent < 0 || !met.isNew(agent, customer, Math.floor(atMs / dayMs))) continue;
        const cell = list.cellOf(agent, { chunk, row, names });
        kept.keep({ customer, cell, topic: list.topicOf(chunk, row, names), atMs });
      }
    },
    booked: (): BookedViews => {
      counts.endDay();
      const { firstDay, lastDay } = counts;
      return {
        firstDay,
        days: firstDay === -1 ? 0 : lastDay - firstDay + 1,
        agents: list.agents,
        customers: customers.names,
        queues: list.queues,
        cells: list.cells,
        counts: counts.columns(),
        topicViews: counts.topicViews,
        reported: kept.columns(),
        views: counts.views,
        hasQueues: list.hasQueues,
      };
    },
  };
};
