import {
  type AccessChunk,
  type AccessColumnName,
  accessColumnNames,
  type CaseChangeChunk,
  type LogNames,
  loggedActions,
  loggedChanges,
  loggedInitiators,
  logNameLists,
} from '../../../model/access-columns.ts';

/** A small help desk for tests: a dozen lines of habit, nothing of it known to the detector. */
export interface DeskAccess {
  atMs: number;
  agent: string;
  action?: (typeof loggedActions)[number];
  customer?: string;
  case?: string;
  fields?: string;
  vendor?: string;
  site?: string;
  team?: string;
  queue?: string;
  topic?: string;
  channel?: string;
  initiatedBy?: (typeof loggedInitiators)[number];
  session?: string;
  device?: string;
  dwellMs?: number;
}

export interface DeskChange {
  atMs: number;
  case: string;
  change: (typeof loggedChanges)[number];
  agent?: string;
  customer?: string;
  queue?: string;
  topic?: string;
  channel?: string;
  initiatedBy?: (typeof loggedInitiators)[number];
}

export interface DeskLog {
  readonly accesses: DeskAccess[];
  readonly changes: DeskChange[];
}

export const deskStartMs = Date.UTC(2026, 2, 2);
export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** mulberry32: the same numbers for the same seed, everywhere. */
export const drawFrom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

export interface DeskPlan {
  readonly seed: number;
  readonly agents: number;
  readonly days: number;
  /** Cases of one agent in a day, about. */
  readonly casesDaily: number;
  /** The share of looks whose case nobody linked. */
  readonly unlinked: number;
}

const usual: DeskPlan = { seed: 1, agents: 30, days: 30, casesDaily: 14, unlinked: 0.1 };
const topics = ['card', 'transfer', 'login'];
const neededFields: Record<string, string> = { card: 'name', transfer: 'name balance', login: 'email' };

export const agentName = (place: number): string => `agent-${place}`;
export const isWeekend = (day: number): boolean => day % 7 > 4;

/** Where an agent sits: queues of fifteen, teams of ten. */
export const seatOf = (place: number) => ({
  agent: agentName(place),
  queue: `queue-${Math.floor(place / 15)}`,
  team: `team-${Math.floor(place / 10)}`,
  site: 'site-a',
  vendor: 'vendor-a',
  device: `device-${place}`,
});

/** Honest work: cases come, are given to somebody, looked at, answered, closed. */
export const honestDesk = (told: Partial<DeskPlan> = {}): DeskLog => {
  const plan = { ...usual, ...told };
  const draw = drawFrom(plan.seed * 7_919);
  const log: DeskLog = { accesses: [], changes: [] };
  for (let day = 0; day < plan.days; day += 1) {
    if (isWeekend(day)) continue;
    for (let place = 0; place < plan.agents; place += 1) {
      if (draw() < 0.06) continue;
      const count = Math.round(plan.casesDaily * (0.6 + 0.8 * draw()));
      for (let at = 0; at < count; at += 1) workCase(log, { plan, draw, day, place, at });
    }
  }
  return log;
};

interface Sitting {
  readonly plan: DeskPlan;
  readonly draw: () => number;
  readonly day: number;
  readonly place: number;
  readonly at: number;
}

const workCase = (log: DeskLog, { plan, draw, day, place, at }: Sitting): void => {
  const seat = seatOf(place);
  const customer = `customer-${Math.floor(draw() * 40_000)}`;
  const topic = topics[Math.floor(draw() * topics.length)] ?? 'card';
  const openedMs = deskStartMs + day * dayMs + 9 * hourMs + Math.floor(draw() * 8 * hourMs);
  const linked = draw() >= plan.unlinked;
  const name = `case-${day}-${place}-${at}`;
  if (linked) {
    const about = { case: name, customer, queue: seat.queue, topic, initiatedBy: 'customer' as const };
    log.changes.push(
      { ...about, change: 'opened', atMs: openedMs - 600_000 },
      { ...about, change: 'assigned', agent: seat.agent, atMs: openedMs - 60_000 },
      { ...about, change: 'replied', agent: seat.agent, atMs: openedMs + 600_000 },
      { ...about, change: 'closed', agent: seat.agent, atMs: openedMs + 1_200_000 },
    );
  }
  const look = { ...seat, customer, topic, ...(linked ? { case: name } : {}), session: `s-${place}-${day}` };
  const dwellMs = 20_000 + Math.floor(draw() * 60_000);
  log.accesses.push({ ...look, atMs: openedMs, action: 'view', dwellMs });
  if (draw() < 0.7)
    log.accesses.push({
      ...look,
      atMs: openedMs + 20_000,
      action: 'reveal',
      fields: neededFields[topic] ?? '',
    });
};

/** Adds so many looks a day without any case, from a day on. */
export const addLooks = (
  log: DeskLog,
  told: { place: number; fromDay: number; toDay: number; daily: number; more?: Partial<DeskAccess> },
): void => {
  const draw = drawFrom(told.place + 31);
  for (let day = told.fromDay; day < told.toDay; day += 1) {
    if (isWeekend(day)) continue;
    for (let at = 0; at < told.daily; at += 1)
      log.accesses.push({
        ...seatOf(told.place),
        atMs: deskStartMs + day * dayMs + 9 * hourMs + Math.floor(draw() * 8 * hourMs),
        action: 'view',
        customer: `customer-${Math.floor(draw() * 40_000)}`,
        session: `s-${told.place}-${day}`,
        ...told.more,
      });
  }
};

export interface ChunkedLog {
  readonly names: LogNames;
  readonly accesses: AccessChunk;
  readonly changes: CaseChangeChunk;
  readonly columns: ReadonlySet<AccessColumnName>;
}

class Names {
  readonly texts: string[] = [''];
  readonly #places = new Map([['', 0]]);
  place(text: string | undefined): number {
    const name = text ?? '';
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    this.#places.set(name, this.texts.length);
    return this.texts.push(name) - 1;
  }
}

const ints = (count: number, of: (at: number) => number): Int32Array =>
  Int32Array.from({ length: count }, (_, at) => of(at));

/** The log as chunks. `reversed` numbers the names from the end of the log, as another file's order would. */
export const chunked = (log: DeskLog, reversed = false): ChunkedLog => {
  const byTime = (a: { atMs: number }, b: { atMs: number }): number => a.atMs - b.atMs;
  const accesses = log.accesses.toSorted(byTime);
  const changes = log.changes.toSorted(byTime);
  const lists: Record<string, Names> = Object.fromEntries(logNameLists.map((name) => [name, new Names()]));
  const list = (name: string): Names => lists[name] ?? new Names();
  const text = { agents: 'agent', customers: 'customer', queues: 'queue', topics: 'topic' } as const;
  if (reversed)
    for (const row of accesses.toReversed())
      for (const [name, key] of Object.entries(text)) list(name).place(row[key]);
  const column = <Row>(
    rows: readonly Row[],
    name: string,
    of: (row: Row) => string | undefined,
  ): Int32Array => ints(rows.length, (at) => list(name).place(of(rows[at] as Row)));
  const chunk: AccessChunk = {
    rows: accesses.length,
    atMs: Float64Array.from(accesses, ({ atMs }) => atMs),
    agent: column(accesses, 'agents', (row) => row.agent),
    action: Uint8Array.from(accesses, ({ action }) => loggedActions.indexOf(action ?? '')),
    customer: column(accesses, 'customers', (row) => row.customer),
    case: column(accesses, 'cases', (row) => row.case),
    fieldSet: column(accesses, 'fieldSets', (row) => row.fields),
    vendor: column(accesses, 'vendors', (row) => row.vendor),
    site: column(accesses, 'sites', (row) => row.site),
    team: column(accesses, 'teams', (row) => row.team),
    queue: column(accesses, 'queues', (row) => row.queue),
    topic: column(accesses, 'topics', (row) => row.topic),
    channel: column(accesses, 'channels', (row) => row.channel),
    initiatedBy: Uint8Array.from(accesses, ({ initiatedBy }) => loggedInitiators.indexOf(initiatedBy ?? '')),
    session: column(accesses, 'sessions', (row) => row.session),
    device: column(accesses, 'devices', (row) => row.device),
    dwellMs: ints(accesses.length, (at) => accesses[at]?.dwellMs ?? -1),
  };
  const changeChunk: CaseChangeChunk = {
    rows: changes.length,
    atMs: Float64Array.from(changes, ({ atMs }) => atMs),
    case: column(changes, 'cases', (row) => row.case),
    change: Uint8Array.from(changes, ({ change }) => loggedChanges.indexOf(change)),
    agent: column(changes, 'agents', (row) => row.agent),
    customer: column(changes, 'customers', (row) => row.customer),
    queue: column(changes, 'queues', (row) => row.queue),
    topic: column(changes, 'topics', (row) => row.topic),
    channel: column(changes, 'channels', (row) => row.channel),
    initiatedBy: Uint8Array.from(changes, ({ initiatedBy }) => loggedInitiators.indexOf(initiatedBy ?? '')),
  };
  const names = Object.fromEntries(Object.entries(lists).map(([name, held]) => [name, held.texts]));
  return {
    names: names as unknown as LogNames,
    accesses: chunk,
    changes: changeChunk,
    columns: new Set(accessColumnNames),
  };
};

const slice = <Chunk extends { readonly rows: number }>(chunk: Chunk, from: number, to: number): Chunk =>
  Object.fromEntries(
    Object.entries(chunk).map(([name, column]) => [
      name,
      name === 'rows' ? to - from : (column as unknown as Int32Array).slice(from, to),
    ]),
  ) as unknown as Chunk;

/** The chunk in pieces of so many rows. */
export const pieces = <Chunk extends { readonly rows: number }>(chunk: Chunk, rows: number): Chunk[] =>
  Array.from({ length: Math.ceil(chunk.rows / rows) }, (_, at) =>
    slice(chunk, at * rows, Math.min(chunk.rows, (at + 1) * rows)),
  );
