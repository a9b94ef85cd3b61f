import type { CustomerReport } from '../../src/analysis/attribution/attribution-result.ts';
import { type BookedViews, dayMs, topicPlaces } from '../../src/analysis/attribution/booked-views.ts';

export interface Thief {
  readonly agent: number;
  readonly startDay: number;
  readonly endDay: number;
  /** Reports that this theft caused and that are on file. */
  reports: number;
}

export interface World {
  readonly booked: BookedViews;
  readonly reports: readonly CustomerReport[];
  readonly thieves: readonly Thief[];
  readonly days: number;
  /** Innocent accounts that the world's confounder puts in danger. */
  readonly endangered: readonly number[];
}

/** Where day 0 of every world lies. */
export const dayZero = 20_000;
export const atOf = (day: number): number => Math.round((dayZero + day) * dayMs);

/** The views of a world as they are made: columns without order. Days are real numbers from 0. */
export interface ViewRows {
  count: number;
  agent: Int32Array;
  customer: Int32Array;
  queue: Int16Array;
  topic: Uint8Array;
  at: Float64Array;
}

export const viewRows = (): ViewRows => ({
  count: 0,
  agent: new Int32Array(1 << 20),
  customer: new Int32Array(1 << 20),
  queue: new Int16Array(1 << 20),
  topic: new Uint8Array(1 << 20),
  at: new Float64Array(1 << 20),
});

export const addView = (rows: ViewRows, view: readonly [number, number, number, number, number]): void => {
  const place = rows.count;
  if (place === rows.agent.length) {
    const wider = <T extends Int32Array | Int16Array | Uint8Array | Float64Array>(from: T): T => {
      const to = new (from.constructor as new (places: number) => T)(from.length * 2);
      to.set(from);
      return to;
    };
    rows.agent = wider(rows.agent);
    rows.customer = wider(rows.customer);
    rows.queue = wider(rows.queue);
    rows.topic = wider(rows.topic);
    rows.at = wider(rows.at);
  }
  rows.agent[place] = view[0];
  rows.customer[place] = view[1];
  rows.queue[place] = view[2];
  rows.topic[place] = view[3];
  rows.at[place] = view[4];
  rows.count += 1;
};

/** What the view book would hold after all these rows, without sorting millions of them by time first. */
export const bookRows = (
  rows: ViewRows,
  named: { readonly agents: number; readonly queues: readonly string[]; readonly days: number },
  reported: ReadonlyMap<number, number>,
): BookedViews => {
  const queueCount = named.queues.length;
  const perAgent = queueCount * 3;
  const cellOf = new Int32Array(named.agents * perAgent).fill(-1);
  const cells: { agent: number; queue: number; shift: number; isIncidentWork: boolean }[] = [];
  const counts: Int32Array[] = [];
  const topicCounts: Uint32Array[] = [];
  const blocks = Math.ceil(named.days / 30);
  const keptRows: number[] = [];
  const rowCell = new Int32Array(rows.count);
  const met = new Set<number>();
  const reportedPlace = new Int32Array(
    rows.customer.reduce((most, customer) => Math.max(most, customer), 0) + 1,
  ).fill(-1);
  for (const [customer, place] of reported) reportedPlace[customer] = place;
  let views = 0;
  for (let row = 0; row < rows.count; row += 1) {
    const at = rows.at[row] ?? 0;
    const day = Math.floor(at);
    const [agent, queue, topic] = [rows.agent[row] ?? 0, rows.queue[row] ?? 0, rows.topic[row] ?? 0];
    const key = agent * perAgent + queue * 3 + Math.floor((at - day) * 3);
    const customer = reportedPlace[rows.customer[row] ?? 0] ?? -1;
    if (customer >= 0) {
      const meeting = (customer * named.agents + agent) * 512 + day;
      if (met.has(meeting)) continue;
      met.add(meeting);
      keptRows.push(row);
    }
    let cell = cellOf[key] ?? -1;
    if (cell === -1) {
      cell = cells.length;
      cellOf[key] = cell;
      cells.push({ agent, queue, shift: Math.floor((at - day) * 3), isIncidentWork: false });
      counts.push(new Int32Array(named.days));
      topicCounts.push(new Uint32Array(blocks * topicPlaces));
    }
    rowCell[row] = cell;
    views += 1;
    const daily = counts[cell];
    if (daily) daily[day] = (daily[day] ?? 0) + 1;
    const topics = topicCounts[cell];
    const place = Math.floor(day / 30) * topicPlaces + topic;
    if (topics) topics[place] = (topics[place] ?? 0) + 1;
  }
  const flat: { cell: number; day: number; count: number }[] = [];
  for (const [cell, daily] of counts.entries())
    for (const [day, count] of daily.entries()) if (count > 0) flat.push({ cell, day: day + dayZero, count });
  return {
    firstDay: dayZero,
    days: named.days,
    agents: Array.from({ length: named.agents }, (_, agent) => `agent-${agent}`),
    customers: Array.from(reported.keys(), (customer) => `customer-${customer}`),
    queues: named.queues,
    cells,
    counts: {
      cell: Int32Array.from(flat, ({ cell }) => cell),
      day: Uint16Array.from(flat, ({ day }) => day),
      views: Uint16Array.from(flat, ({ count }) => count),
    },
    topicViews: topicCounts,
    reported: {
      customer: Int32Array.from(keptRows, (row) => reported.get(rows.customer[row] ?? 0) ?? 0),
      cell: Int32Array.from(keptRows, (row) => rowCell[row] ?? 0),
      topic: Uint16Array.from(keptRows, (row) => rows.topic[row] ?? 0),
      atMs: Float64Array.from(keptRows, (row) => atOf(rows.at[row] ?? 0)),
    },
    views,
    hasQueues: true,
  };
};

/** The earliest report of each customer, as a report file tells it. */
export interface MadeReport {
  readonly customer: number;
  readonly day: number;
  readonly byThief: number;
  readonly authenticated?: CustomerReport['authenticated'];
}

export const fileReports = (
  made: readonly MadeReport[],
  thieves: readonly Thief[],
  days: number,
): { readonly reports: CustomerReport[]; readonly places: Map<number, number> } => {
  const first = new Map<number, MadeReport>();
  for (const report of made) {
    if (report.day >= days) continue;
    const before = first.get(report.customer);
    if (!before || report.day < before.day) first.set(report.customer, report);
  }
  const places = new Map<number, number>();
  const reports = [...first.values()].map((report): CustomerReport => {
    places.set(report.customer, places.size);
    const thief = thieves[report.byThief];
    if (thief) thief.reports += 1;
    return {
      customer: `customer-${report.customer}`,
      atMs: atOf(report.day),
      kind: 'impersonation',
      authenticated: report.authenticated,
    };
  });
  return { reports, places };
};
